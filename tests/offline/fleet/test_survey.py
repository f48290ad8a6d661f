"""Many states give one report: each judged once, each unreadable one told, the same by whatever processes."""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import zstandard

from offline import analyze
from offline import state as state_module
from offline.configuration import Configuration, interpret
from offline.fleet import survey as module
from offline.fleet.jobs import Done
from offline.fleet.merge import merge
from offline.fleet.options import SurveyOptions
from offline.fleet.ratchet import Terms, add_exemptions
from offline.fleet.shards import Shard
from offline.fleet.sources import Item, read_item
from offline.fleet.survey import Survey, complete, find_status, render, survey
from offline.report.content import Report
from offline.report.parse import read_bucket, read_header, read_stack
from offline.report.record import write_bucket, write_header, write_stack
from offline.report.text import Screen
from offline.run import Failure
from tests.offline.fleet.states import HAS_POLICY, TRANSPORT, UPLOADS, good, state, tls

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=timezone.utc)
SCREEN = Screen(100, colour=False, quiet=False)


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    """Three stacks, each stored in another way: one is compliant, one lacks the header, one has a bucket without a policy."""
    stacks = tmp_path / "back end" / ".pulumi" / "stacks"
    (stacks / "shop").mkdir(parents=True)
    (stacks / "web").mkdir()
    (stacks / "shop" / "prod.json").write_text(state("shop", "prod", good("shop-a"), good("shop-b")))
    (stacks / "shop" / "dev.json.gz").write_bytes(gzip.compress(state("shop", "dev", ("shop-dev", [tls("shop-dev")])).encode()))
    (stacks / "web" / "prod.json.zst").write_bytes(zstandard.compress(state("web", "prod", ("web-logs", None)).encode()))
    return tmp_path / "back end"


def configure(written: dict[str, Any]) -> Configuration:
    """The configuration that this object means."""
    found = interpret(json.loads(json.dumps(written), parse_int=float), "test")
    assert isinstance(found, Configuration), found
    return found


def run(*sources: Path | str, written: dict[str, Any] | None = None, **options: Any) -> Report:
    """The whole report on these sources."""
    chosen = SurveyOptions(tuple(map(str, sources)), **{"jobs": 1, **options})
    with survey(chosen, configure(written or {}), NOW, lambda _: None) as found:
        assert isinstance(found, Survey), found
        return complete(found)


def write_ndjson(*sources: Path | str, written: dict[str, Any] | None = None, **options: Any) -> str:
    """The report as NDJSON."""
    chosen = SurveyOptions(tuple(map(str, sources)), **{"jobs": 1, **options})
    with survey(chosen, configure(written or {}), NOW, lambda _: None) as found:
        assert isinstance(found, Survey), found
        return "".join(render(found, "ndjson", SCREEN))


def list_outcomes(report: Report) -> dict[str, dict[str, str]]:
    """Bucket and policy to outcome, of the mandatory policies."""
    return {
        f"{stack.name}:{bucket.label}": {result.policy: result.outcome for result in bucket.results if result.level == "mandatory"}
        for stack in report.stacks
        for bucket in stack.buckets
    }


def test_every_stack_of_a_back_end_is_judged(backend: Path) -> None:
    """However it is stored, in the order of the names."""
    report = run(backend)
    assert [(stack.name, stack.source) for stack in report.stacks] == [
        ("shop/dev", f"{backend}/.pulumi/stacks/shop/dev.json.gz"),
        ("shop/prod", f"{backend}/.pulumi/stacks/shop/prod.json"),
        ("web/prod", f"{backend}/.pulumi/stacks/web/prod.json.zst"),
    ]
    fine = {UPLOADS: "compliant", TRANSPORT: "compliant", HAS_POLICY: "compliant"}
    found = list_outcomes(report)
    assert (found["shop/prod:shop-a"], found["shop/prod:shop-b"]) == (fine, fine)
    assert found["shop/dev:shop-dev"] == {**fine, UPLOADS: "violation"}
    assert found["web/prod:web-logs"][HAS_POLICY] == "violation"


@pytest.mark.usefixtures("whole_pack")
def test_processes_give_the_same_report(backend: Path) -> None:
    """To the letter, also in NDJSON."""
    assert write_ndjson(backend, jobs=2) == write_ndjson(backend, jobs=1)


def test_a_state_that_cannot_be_read_hides_no_other(backend: Path) -> None:
    """It has its line, and so has a source that is not there; the others are judged, and the status is 2."""
    broken = backend / ".pulumi" / "stacks" / "web" / "broken.json"
    broken.write_text("{")
    chosen = SurveyOptions((str(backend), f"{backend}/absent", "none://x"), jobs=1)
    with survey(chosen, configure({}), NOW, lambda _: None) as found:
        assert isinstance(found, Survey)
        assert (len(found.report.stacks), find_status(found)) == (3, 2)
        unread = found.report.unread
    assert [line.partition(":")[0] for line in unread] == ["none", str(broken), f"{backend}/absent"]


def test_nothing_to_read_is_a_failure(tmp_path: Path) -> None:
    """There is no report on nothing."""
    with survey(SurveyOptions((str(tmp_path),)), configure({}), NOW, lambda _: None) as found:
        assert isinstance(found, Failure)


def test_a_stack_that_is_given_twice_counts_once(backend: Path, tmp_path: Path) -> None:
    """The same state silently; of states that differ the newer, with a note, whichever comes first."""
    same = tmp_path / "copy.json"
    same.write_text((backend / ".pulumi" / "stacks" / "shop" / "prod.json").read_text())
    report = run(backend, same)
    assert (len(report.stacks), report.notes) == (3, ())
    newer = tmp_path / "newer.json"
    newer.write_text(state("shop", "prod", ("shop-c", None), time="2026-11-02T00:00:00.123456789+01:00"))
    for sources in ((newer, backend), (backend, newer)):
        report = run(*sources)
        (stack,) = [stack for stack in report.stacks if stack.name == "shop/prod"]
        assert (stack.source, [bucket.name for bucket in stack.buckets]) == (str(newer), ["shop-c"])
        assert report.notes == (f"shop/prod: given twice; {newer} counts, which is not older than {backend}/.pulumi/stacks/shop/prod.json",)
    older = tmp_path / "older.json"
    older.write_text(state("shop", "prod", ("shop-d", None), time="not a time"))
    assert [stack.source for stack in run(older, backend).stacks if stack.name == "shop/prod"] == [
        f"{backend}/.pulumi/stacks/shop/prod.json"
    ]


def test_a_cache_changes_nothing_and_saves_the_work(backend: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run judges only what has changed; a damaged entry is judged anew."""
    first = write_ndjson(backend, cache=tmp_path / "cache")
    judged: list[str] = []
    judge = analyze.judge_state

    def note(found: state_module.State, *rest: Any, **more: Any) -> Any:
        judged.append(found.stack)
        return judge(found, *rest, **more)

    monkeypatch.setattr(analyze, "judge_state", note)
    assert (write_ndjson(backend, cache=tmp_path / "cache"), judged) == (first, [])
    (backend / ".pulumi" / "stacks" / "shop" / "prod.json").write_text(state("shop", "prod", good("shop-a")))
    write_ndjson(backend, cache=tmp_path / "cache")
    assert judged == ["prod"]
    for entry in (path for path in (tmp_path / "cache").rglob("*") if path.is_file()):
        entry.write_bytes(entry.read_bytes()[:20])
    write_ndjson(backend, cache=tmp_path / "cache")
    assert len(judged) == 4
    run(backend, cache=tmp_path / "cache", written={"all": "advisory"})
    assert len(judged) == 7


def test_shards_joined_are_the_whole(backend: Path, tmp_path: Path) -> None:
    """The merged report has every stack once, and tells of exemptions that match nothing, which no shard can."""
    written = {UPLOADS: {"exemptions": [{"bucket": name, "reason": "r"} for name in ("shop-dev", "gone-*")]}}
    files = []
    for number in (1, 2):
        files.append(tmp_path / f"{number}.ndjson")
        files[-1].write_text(write_ndjson(backend, shard=Shard(number, 2), written=written))
        assert "matches nothing" not in files[-1].read_text()
    with merge(tuple(map(str, files)), NOW) as found:
        assert isinstance(found, Survey)
        joined = complete(found)
    whole = run(backend, written=written)
    assert joined.stacks == whole.stacks
    assert joined.notes == whole.notes == (f"The exemption of `gone-*` from {UPLOADS} matches nothing; it can go.",)
    assert (joined.command, joined.exemptions, joined.policies) == ("merge", whole.exemptions, whole.policies)


def test_records_are_read_back_as_they_were(backend: Path) -> None:
    """Nothing of a report is lost in JSON."""
    written = {UPLOADS: {"exemptions": [{"bucket": "shop-dev", "reason": "r", "owner": "o", "expires": "2026-12-01"}]}}
    report = run(backend, written=written)
    for stack in report.stacks:
        buckets = tuple(read_bucket(json.loads(json.dumps(write_bucket(stack, bucket)))) for bucket in stack.buckets)
        assert read_stack(json.loads(json.dumps(write_stack(stack))), buckets) == stack
    empty = report._replace(stacks=(), notes=(), unread=(), exemptions=())
    assert read_header(json.loads(json.dumps(write_header(report)))) == empty
    assert report.notes == (f"The exemption of `shop-dev` from {UPLOADS} ends after 2026-12-01.",)


MALFORMED = {
    "empty": ("", "is empty"),
    "not a report": ("{}\n", "line 1 is not a line of a report"),
    "another version": ('{"report":{"version":1}}\n', "is of another version"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_not_a_report_is_refused(tmp_path: Path, name: str) -> None:
    """One line says what is wrong with it."""
    text, why = MALFORMED[name]
    path = tmp_path / "report.ndjson"
    path.write_text(text)
    with merge((str(path),), NOW) as found:
        assert found == Failure(f"{path}: {why}; expected: the NDJSON of a whole run of `analyze`, version 2")


def test_a_report_that_was_cut_short_is_refused(backend: Path, tmp_path: Path) -> None:
    """Without its last line, without one of its buckets, or with the buckets of a stack apart; beside it the others are joined."""
    lines = write_ndjson(backend).splitlines(keepends=True)
    whole = tmp_path / "whole.ndjson"
    whole.write_text("".join(lines))
    damaged = {
        "is cut short": lines[:-1],
        "has other buckets than its summary says": [lines[0], *lines[2:]],
        "has the buckets of one stack in several places": [lines[0], lines[2], lines[1], *lines[3:]],
    }
    assert len(lines) == 6
    for why, kept in damaged.items():
        path = tmp_path / "report.ndjson"
        path.write_text("".join(kept))
        with merge((str(path), str(whole), "absent.ndjson"), NOW) as found:
            assert isinstance(found, Survey)
            assert (len(found.report.stacks), find_status(found)) == (3, 2)
            assert [line.partition("; ")[0] for line in found.report.unread] == [
                f"{path}: {why}",
                "absent.ndjson: no such file or directory",
            ]


def test_reports_of_different_packs_are_told(backend: Path, tmp_path: Path) -> None:
    """They are joined all the same."""
    text = write_ndjson(backend)
    others = (text, text.replace('"version":"0', '"version":"9', 1), write_ndjson(backend, written={"all": "advisory"}))
    for number, changed in enumerate(others):
        (tmp_path / f"{number}.ndjson").write_text(changed)
    with merge(tuple(str(tmp_path / f"{number}.ndjson") for number in range(3)), NOW) as found:
        assert isinstance(found, Survey)
        assert found.report.notes[:2] == (
            "The reports were made by different versions of the pack.",
            "The reports were made with different levels of the policies.",
        )


def test_the_ratchet_exempts_what_is_there_and_nothing_new(backend: Path) -> None:
    """The next run passes with what was written; a second time nothing is added; an exemption that has ended is renewed."""
    terms = Terms("debt of 2026", "storage team", date(2027, 1, 31))
    buckets = [bucket for stack in run(backend).stacks for bucket in stack.buckets]
    written, added = add_exemptions({UPLOADS: "mandatory"}, buckets, terms, NOW.date())
    (entry,) = written[UPLOADS]["exemptions"]
    assert entry == {
        "bucket": "shop-dev",
        "reason": "debt of 2026",
        "owner": "storage team",
        "expires": "2027-01-31",
        "document": entry["document"],
    }
    assert (added, written[UPLOADS]["enforcementLevel"]) == (2, "mandatory")
    assert written[HAS_POLICY]["exemptions"] == [
        {"bucket": "web-logs", "reason": "debt of 2026", "owner": "storage team", "expires": "2027-01-31"}
    ]
    assert add_exemptions(written, buckets, Terms("again", None, None), NOW.date()).added == 0
    assert add_exemptions(written, buckets, Terms("again", None, None), date(2027, 2, 1)).added == 2


@pytest.mark.parametrize("name", ["*", "?ogs", "name:*", "urn:*"])
def test_an_exemption_never_names_more_than_was_found(tmp_path: Path, name: str) -> None:
    """A state may hold anything as the name of a bucket: what would be read as a glob is exempted by its URN."""
    (tmp_path / "odd.json").write_text(state("shop", "odd", (name, None)))
    (tmp_path / "bare.json").write_text(state("shop", "bare", ("logs", None)))
    odd = next(stack for stack in run(tmp_path).stacks if stack.name == "shop/odd")
    written, added = add_exemptions({}, odd.buckets, Terms("debt", None, None), NOW.date())
    (entry,) = written[HAS_POLICY]["exemptions"]
    assert (entry["bucket"], added) == (f"urn:pulumi:odd::shop::aws:s3/bucket:Bucket::{name}", 1)
    found = [(stack.name, result) for stack in run(tmp_path, written=written).stacks for result in stack.buckets[0].results]
    outcomes = {name: result.outcome for name, result in found if result.policy == HAS_POLICY}
    assert outcomes == {"shop/odd": "exempt", "shop/bare": "violation"}


def test_a_task_is_written_when_it_is_its_turn(backend: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """States for a cluster are read one after another: all of them at once do not fit into memory."""
    read: list[str] = []
    taken: list[int] = []

    def work_here(_address: str, work: Callable[[str], str], tasks: Iterable[str]) -> Iterator[Done[str]]:
        for number, task in enumerate(tasks):
            taken.append(len(read))
            yield Done(number, work(task))

    def note(item: Item) -> bytes | Failure:
        read.append(item.place)
        return read_item(item)

    monkeypatch.setattr(module, "read_item", note)
    monkeypatch.setattr(module, "run_on_cluster", work_here)
    assert run(backend, cluster="tcp://elsewhere").stacks == run(backend).stacks
    assert taken == [1, 2, 3]


def test_one_large_state_tells_how_far_it_is(backend: Path) -> None:
    """Its bucket policies, not only the states."""
    lines: list[str] = []
    with survey(SurveyOptions((str(backend),), jobs=1), configure({}), NOW, lines.append) as found:
        assert isinstance(found, Survey)
    assert "judging bucket policies: 0 of 2" in lines
