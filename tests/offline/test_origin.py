"""Where a report says that it came from."""

import json
import subprocess
from pathlib import Path

import pytest

from offline.configuration import Configuration, interpret
from offline.origin import describe_origin
from tests.offline import states
from tests.offline.cli import HAS_POLICY, deny_headerless, deny_http, run, write_compliant, write_document


def configure(**written: object) -> Configuration:
    """A configuration of these policies."""
    found = interpret(written, "config.json")
    assert isinstance(found, Configuration)
    return found


def commit(folder: Path) -> str:
    """Everything in the folder, as a commit; its name."""
    git = ("git", "-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false", "-C", str(folder))
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "All")):
        subprocess.run([*git, *arguments], check=True, capture_output=True)
    return subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()


def test_the_commit_is_told(tmp_path: Path) -> None:
    """And that files were changed since."""
    (tmp_path / "file").write_text("one", "utf-8")
    name = commit(tmp_path)
    assert describe_origin(configure(), tmp_path)["commit"] == name

    (tmp_path / "file").write_text("two", "utf-8")
    assert describe_origin(configure(), tmp_path)["commit"] == f"{name} and changes that are not committed"


def test_without_a_repository_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor without git."""
    assert set(describe_origin(configure(), tmp_path)) == {"configuration"}
    monkeypatch.setenv("PATH", "")
    assert set(describe_origin(configure(), Path.cwd())) == {"configuration"}


def test_the_configuration_is_told_by_its_hash(tmp_path: Path) -> None:
    """That of what it says: the order of its keys does not count."""
    one, two = ({"aws-s3-bucket-has-policy": "advisory", "all": "mandatory"}, {"all": "mandatory", "aws-s3-bucket-has-policy": "advisory"})
    hashes = [describe_origin(configure(**written), tmp_path)["configuration"] for written in (one, two, {})]

    assert hashes[0] == hashes[1] != hashes[2]


def test_a_report_says_it(tmp_path: Path) -> None:
    """In JSON, with the hash of each state's file and the Sids of the statements that deny."""
    path = tmp_path / "prod.json"
    document = write_document(deny_headerless("logs"), deny_http("logs") | {"Sid": "Tls"})
    path.write_text(states.export(states.bucket("logs"), states.policy("logs", "logs", document)), "utf-8")
    report = json.loads(run("analyze", str(path), "--format", "json").out)
    stack = report["stacks"][0]
    results = {result["policy"]: result for result in stack["buckets"][0]["results"]}

    assert report["report"]["origin"]["configuration"].startswith("sha256:")
    assert len(stack["sha256"]) == 64
    assert results["aws-s3-bucket-policy-denies-insecure-transport"]["statements"] == [2]
    assert results["aws-s3-bucket-policy-denies-insecure-transport"]["sids"] == ["Tls"]
    assert results["aws-s3-bucket-policy-denies-unencrypted-uploads"]["sids"] == [None]
    assert results[HAS_POLICY]["sids"] == []


def test_people_read_number_and_sid() -> None:
    """As in every message."""
    document = write_document(deny_headerless("logs"), deny_http("logs") | {"Sid": "Tls"})
    shown = run("check", "-", stdin=document.encode()).out

    assert "denied by statement 2 (`Tls`)" in shown
    assert "denied by statement 1\n" in shown
    assert "denied by statement 1\n" in run("check", "-", stdin=write_compliant().encode()).out
