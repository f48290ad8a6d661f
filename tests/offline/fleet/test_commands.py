"""`analyze` of many states, `merge` and the ratchet, from the command line."""

import json
from pathlib import Path

import pytest

from tests.offline.cli import run
from tests.offline.fleet.states import HAS_POLICY, UPLOADS, good, state, tls


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    """Two stacks: one is compliant, one has a bucket without the header and one without a policy."""
    stacks = tmp_path / "backend" / ".pulumi" / "stacks"
    for stack, buckets in (("prod", (good("shop-a"),)), ("dev", (("shop-b", [tls("shop-b")]), ("shop-c", None)))):
        path = stacks / "shop" / f"{stack}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(state("shop", stack, *buckets))
    return tmp_path / "backend"


@pytest.mark.usefixtures("whole_pack")
def test_a_back_end_is_one_report(backend: Path) -> None:
    """Totals, stacks and findings on standard output; the status is that of the worst."""
    ended = run("analyze", str(backend))
    assert (ended.status, ended.err) == (1, "")
    assert "shop/dev" in ended.out
    here, beside = (run("analyze", str(backend), "--format", "ndjson", *jobs).out.splitlines()[1:] for jobs in ((), ("--jobs", "2")))
    assert here == beside


def test_shards_and_merge_give_the_same_buckets(backend: Path, tmp_path: Path) -> None:
    """Whatever came of each part, also an empty one."""
    parts = [str(tmp_path / f"{number}.ndjson") for number in (1, 2, 3)]
    for number, part in enumerate(parts, start=1):
        run("analyze", str(backend), "--shard", f"{number}/3", "--format", "ndjson", "--output", part)
    joined = run("merge", *parts, "--format", "json")
    whole = run("analyze", str(backend), "--format", "json")
    assert joined.status == 1
    assert json.loads(joined.out)["stacks"] == json.loads(whole.out)["stacks"]


def test_a_merged_report_says_what_its_parts_were_judged_with(backend: Path, tmp_path: Path) -> None:
    """The hash of their configuration, not of one that `merge` was not given; where they differ it says so, and gives none."""
    level = tmp_path / "level.json"
    level.write_text(json.dumps({UPLOADS: {"algorithms": ["aws:kms"]}}))
    origins = {}
    for number, options in ((1, []), (2, ["--policy-config", str(level)]), (3, ["--policy-config", str(level)])):
        part = str(tmp_path / f"{number}.ndjson")
        run("analyze", str(backend), "--shard", f"{number}/3", "--format", "ndjson", "--output", part, *options)
        origins[part] = json.loads(Path(part).read_text("utf-8").partition("\n")[0])["report"]["origin"]
    plain, *others = origins
    same = json.loads(run("merge", *others, "--format", "json").out)
    assert same["report"]["origin"] == origins[others[0]] != origins[plain]
    assert not any("configurations" in note for note in same["summary"]["notes"])
    mixed = json.loads(run("merge", *origins, "--format", "json").out)
    assert "configuration" not in mixed["report"]["origin"]
    assert "The reports were made with different configurations." in mixed["summary"]["notes"]


def test_an_unreadable_state_hides_no_other(backend: Path) -> None:
    """It has a line of its own on standard error; the others are reported, and the status is 2."""
    broken = backend / ".pulumi" / "stacks" / "shop" / "broken.json"
    broken.write_text("{")
    ended = run("analyze", str(backend), "--format", "json")
    assert (ended.status, ended.err.count("\n"), ended.err.partition(";")[0]) == (2, 1, f"{broken}: not JSON")
    report = json.loads(ended.out)
    assert (report["summary"]["status"], report["summary"]["unread"], len(report["stacks"])) == (2, [ended.err.strip()], 2)


def test_nothing_is_printed_where_nothing_could_be_judged(tmp_path: Path) -> None:
    """Neither a report nor an empty one."""
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text("[]")
    ended = run("analyze", str(tmp_path))
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 2)
    ended = run("merge", str(tmp_path / "a.json"))
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)


def test_the_ratchet(backend: Path, tmp_path: Path) -> None:
    """What is there passes with what was written, to which a second run adds nothing; a changed document and a new bucket do not."""
    config = tmp_path / "config.json"
    config.write_text(json.dumps({UPLOADS: "mandatory"}))
    options = ("--policy-config", str(config), "--write-exemptions", str(config), "--reason", "debt")
    ended = run("analyze", str(backend), *options)
    assert (ended.status, ended.err.partition(";")[0]) == (0, f"{config}: 2 exemptions added")
    written = json.loads(config.read_text())
    assert {policy: len(own["exemptions"]) for policy, own in written.items()} == {UPLOADS: 1, HAS_POLICY: 1}
    # A bucket without a policy has no document that could change.
    assert ended.err.endswith("; the debt remains, and those with a `document` end when it changes\n")
    assert ["document" in written[policy]["exemptions"][0] for policy in (UPLOADS, HAS_POLICY)] == [True, False]
    assert run("analyze", str(backend), *options).err.startswith(f"{config}: 0 exemptions added;")
    assert json.loads(config.read_text()) == written
    assert run("analyze", str(backend), "--policy-config", str(config)).status == 0
    path = backend / ".pulumi" / "stacks" / "shop" / "dev.json"
    for changed in (("shop-b", [tls("shop-b"), tls("shop-b")]), ("shop-d", None)):
        path.write_text(state("shop", "dev", changed, ("shop-c", None)))
        assert run("analyze", str(backend), "--policy-config", str(config)).status == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--write-exemptions", "x.json"), "--write-exemptions needs --reason"),
        (("--reason", "r"), "--reason goes with --write-exemptions"),
        (("--write-exemptions", "x.json", "--reason", " "), "empty; every exemption says why"),
        (("--write-exemptions", "x.json", "--reason", "r", "--expires", "2026-02-30"), "not a day such as"),
        (("--write-exemptions", "x.json", "--reason", "r", "--expires", "tomorrow"), "not a day such as"),
        (("--jobs", "0"), "not a number of processes"),
        (("--shard", "3/2"), "not a part such as 2/5"),
        (("--shard", "0/2"), "not a part such as 2/5"),
    ],
)
def test_wrong_options_are_one_line(backend: Path, options: tuple[str, ...], says: str) -> None:
    """Nothing is judged or written."""
    ended = run("analyze", str(backend), *options)
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert says in ended.err


def test_a_file_that_cannot_be_written_or_read_is_told(backend: Path, tmp_path: Path) -> None:
    """After the report, in one line."""
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    for target in (tmp_path / "absent" / "x.json", broken):
        ended = run("analyze", str(backend), "--write-exemptions", str(target), "--reason", "r")
        assert (ended.status, ended.err.count("\n")) == (2, 1)
    assert broken.read_text() == "{"
