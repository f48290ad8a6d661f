"""
Every form of docs/forms.md through the real engine: what the pack is sent, and what it says of it.

The embedded engine is held against it field by field. What stays different is named here and in the docs, with the reason.
"""

import json
from pathlib import Path

import pytest

from tests.e2e.cli import ROOT, Outcome
from tests.e2e.conftest import MakeProject
from tests.e2e.recording import RECORD, compare, record, record_offline
from tests.forms.table import FORMS, HAS_POLICY, NOTE, Levels

pytestmark = pytest.mark.e2e

PROGRAM = ROOT / "tests" / "forms" / "program"
DOCS = ROOT / "docs" / "forms.md"

#: Where the two engines differ, by resource and field, and why.
REASONS = {
    ("aws:s3/bucketPolicy:BucketPolicy", "properties.bucket"): (
        "on a bucket that is only read: CLI 3.259 does not hand on its id, so in a preview newer SDKs take it for unknown; "
        "newer CLIs do, and so does the embedded engine"
    ),
}
#: What comes of it. The pack cannot tell on which bucket that policy hangs: it says so of the policy, and of the stack in
#: place of the buckets that have none.
BARE = ("no-policy", "in-apply")
READ: dict[str, Levels] = {"read-bucket": NOTE, "forms-dev": {HAS_POLICY: "advisory"}}


def group(outcome: Outcome) -> dict[str, dict[str, str]]:
    """Policy and level by the name of the form, which its resources carry, without the number of a second one."""
    said: dict[str, dict[str, str]] = {}
    for policy, level, name in outcome.found:
        said.setdefault(name.removesuffix("-2"), {})[policy] = level
    return said


def test_the_pack_says_of_each_form_in_a_preview_what_the_table_says(project: MakeProject, pack: str) -> None:
    """One preview of all forms."""
    outcome = project(PROGRAM).run("preview", "--policy-pack", pack)
    expected = {form.name: form.preview for form in FORMS if form.preview and form.name not in BARE}
    assert outcome.status == 1
    assert group(outcome) == {**expected, **READ}


def test_the_pack_says_of_each_form_in_an_update_what_the_table_says(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """One update of all forms; every policy advises, since a mandatory one would stop at the first violation."""
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"all": "advisory"}), "utf-8")
    outcome = project(PROGRAM).run("up", "--skip-preview", "--policy-pack", pack, "--policy-pack-config", str(config))
    assert outcome.status == 0
    assert group(outcome) == {form.name: dict.fromkeys(form.update, "advisory") for form in FORMS if form.update}


def test_the_embedded_engine_sends_what_the_real_one_sends(project: MakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every field of every call, in a preview and in the update after it, but those whose difference is explained."""
    real = project(PROGRAM)
    found = set()
    for operation in ("preview", "up"):
        log = tmp_path / f"{operation}.jsonl"
        monkeypatch.setenv(RECORD, str(log))
        found |= compare(record(real, operation), record_offline(PROGRAM, log, operation))
    assert {each for each in found if (each.type, each.field) not in REASONS} == set()
    assert {(each.type, each.field) for each in found} == set(REASONS)


def test_the_docs_name_each_difference() -> None:
    """Resource, field and reason."""
    lines = DOCS.read_text("utf-8").splitlines()
    rows = [f"| `{kind}` | `{field}` | {reason} |" for (kind, field), reason in REASONS.items()]
    assert [row for row in rows if row not in lines] == []


def test_a_preview_sends_each_resource_and_then_the_stack(project: MakeProject) -> None:
    """ConfigureStack, Configure, Remediate and Analyze for each resource, AnalyzeStack last; the pack builds on this order."""
    calls = record(project(ROOT / "examples" / "compliant"), "preview")
    assert [method for method, _ in calls] == ["ConfigureStack", "Configure", *["Remediate", "Analyze"] * 4, "AnalyzeStack"]
    assert calls[0][1]["dryRun"] is True
