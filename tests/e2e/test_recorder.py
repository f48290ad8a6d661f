"""What the real engine sends to a policy pack, which the packs and the embedded engine rely on."""

import json
import shutil
from pathlib import Path

import pytest

from tests.e2e.cli import Project, link_environment
from tests.e2e.conftest import MakeProject

pytestmark = pytest.mark.e2e

PROGRAM = """
import pulumi_aws as aws

bucket = aws.s3.Bucket("data")
aws.s3.BucketPolicy("data-policy", bucket=bucket.bucket, policy=bucket.arn.apply(lambda arn: arn))
"""
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def record(project: Project, folder: Path, operation: str) -> list[tuple[str, dict[str, object]]]:
    """Method and request of every call to a pack during one operation."""
    pack = link_environment(shutil.copytree(Path(__file__).parent / "recorder", folder / f"recorder-{operation}"))
    log = folder / f"{operation}.jsonl"
    skip = ["--skip-preview"] if operation == "up" else []
    assert project.run(operation, *skip, "--policy-pack", str(pack), S3_GUARD_TEST_RECORD=str(log)).status == 0
    return [(line["method"], line["request"]) for line in map(json.loads, log.read_text("utf-8").splitlines())]


def test_a_preview_sends_each_resource_and_then_the_stack(project: MakeProject, tmp_path: Path) -> None:
    """ConfigureStack, Configure, Remediate and Analyze for each of four resources, AnalyzeStack last."""
    calls = record(project(PROGRAM), tmp_path, "preview")
    assert [method for method, _ in calls] == ["ConfigureStack", "Configure", *["Remediate", "Analyze"] * 4, "AnalyzeStack"]
    assert calls[0][1]["dryRun"] is True


def test_an_arn_is_unknown_in_a_preview_and_known_in_an_update(project: MakeProject, tmp_path: Path) -> None:
    """The document built from it follows."""
    program = project(PROGRAM)
    documents = [find_policy(record(program, tmp_path, operation)) for operation in ("preview", "up")]
    assert documents[0] == UNKNOWN
    assert documents[1].startswith("arn:aws:s3:::data-")


def find_policy(calls: list[tuple[str, dict[str, object]]]) -> str:
    """The document that Analyze got."""
    requests = [request for method, request in calls if method == "Analyze" and request["type"] == "aws:s3/bucketPolicy:BucketPolicy"]
    properties = requests[0]["properties"]
    assert isinstance(properties, dict)
    return str(properties["policy"])
