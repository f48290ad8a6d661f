"""What may hold a bucket and could not be looked into: it is named in every format, and nothing passes silently because of it."""

import json
from pathlib import Path

import pytest

from offline.command_line import FORMATS
from offline.report import text
from offline.report.content import find_status
from offline.report.formats import render
from offline.run import BlindSpot
from tests.offline.cli import HAS_POLICY, run
from tests.offline.test_preview_reports import LOGS, make_run, report_on, see
from tests.offline.test_reports import report_on as make_report
from tests.offline.test_reports import say

TRAIL = BlindSpot("trail is a component made inside its provider")
FAILED = BlindSpot("the run with resolved outputs was left out", weighs=True)


@pytest.mark.parametrize("quiet", [False, True])
@pytest.mark.parametrize("chosen", FORMATS)
def test_every_format_names_it(chosen: str, quiet: bool) -> None:  # noqa: FBT001  a parameter of the test
    """Whatever it weighs."""
    found = next(each for each in FORMATS if each == chosen)
    for report in (make_report(blind_spots=(TRAIL,)), make_report(say("compliant"), blind_spots=(TRAIL,))):
        assert TRAIL.text in render(report, found, text.Screen(quiet=quiet))


@pytest.mark.parametrize(
    ("spots", "strict", "status"),
    [((), False, 0), ((), True, 0), ((TRAIL,), False, 0), ((TRAIL,), True, 3), ((FAILED,), False, 3), ((TRAIL, FAILED), False, 3)],
)
def test_its_status(spots: tuple[BlindSpot, ...], strict: bool, status: int) -> None:  # noqa: FBT001  a parameter of the test
    """3 where it weighs, or where all of them are asked for; a mandatory violation comes first."""
    report = make_report(say("compliant"), blind_spots=spots, strict=strict)
    assert find_status(report) == status
    assert find_status(make_report(say("violation"), blind_spots=spots, strict=strict)) == 1
    assert json.loads(render(report, "json", text.Screen()))["summary"]["status"] == status
    assert json.loads(render(report, "sarif", text.Screen()))["runs"][0]["invocations"][0]["exitCode"] == status
    assert ("<error" in render(report, "junit", text.Screen())) == (status == 3)


def test_where_no_bucket_was_seen_it_weighs() -> None:
    """A policy alone is no bucket: its bucket is another stack's."""
    elsewhere = see("aws:s3/bucketPolicy:BucketPolicy", "theirs", {"bucket": "theirs", "policy": "{}"})
    assert [spot.weighs for spot in report_on(make_run(LOGS, blind_spots=(TRAIL,))).stacks[0].blind_spots] == [False]
    assert [spot.weighs for spot in report_on(make_run(blind_spots=(TRAIL,))).stacks[0].blind_spots] == [True]
    assert [spot.weighs for spot in report_on(make_run(elsewhere, blind_spots=(TRAIL,))).stacks[0].blind_spots] == [True]


APPLY = """
import pulumi
import pulumi_aws as aws
names = pulumi.StackReference("org/net/prod").get_output("buckets")
names.apply(lambda names: [aws.s3.Bucket(name) for name in names])
"""


def test_the_statuses_of_a_program(tmp_path: Path) -> None:
    """Buckets made of what nobody answers are no clean pass; answered, they are judged."""
    (tmp_path / "Pulumi.yaml").write_text("name: tried\nruntime: python\n", "utf-8")
    (tmp_path / "__main__.py").write_text(APPLY, "utf-8")
    unanswered = run("preview", str(tmp_path), "--quiet")
    assert (unanswered.status, "org/net/prod" in unanswered.out) == (3, True)

    mocks = tmp_path / "mocks.json"
    mocks.write_text('{"resources": {"org/net/prod": {"buckets": ["logs"]}}}', "utf-8")
    answered = run("preview", str(tmp_path), "--mocks", str(mocks), "--strict", "--format", "json")
    assert answered.status == 1
    assert [bucket["outcome"] for bucket in json.loads(answered.out)["stacks"][0]["buckets"]] == ["violation"]
    assert HAS_POLICY in answered.out


def test_a_mistyped_stack_is_refused(tmp_path: Path) -> None:
    """With the stacks that are there."""
    (tmp_path / "Pulumi.yaml").write_text("name: tried\nruntime: python\n", "utf-8")
    (tmp_path / "Pulumi.prod.yaml").write_text("config: {aws:region: cn-north-1}\n", "utf-8")
    ended = run("preview", str(tmp_path), "--stack", "prd")
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert "expected: --stack with one of prod" in ended.err
