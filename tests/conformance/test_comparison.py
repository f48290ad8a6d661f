"""The page that compares: what it says of its documents is what this project answers, and adapters ask other tools what they should."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conformance import run
from conformance.adapters import s3_encryption_guard, templates

ROOT = Path(run.__file__).parents[1]
ADAPTERS = ROOT / "conformance" / "adapters"
PAGE = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
_DOCUMENT = re.compile(r"<!-- (a request gets through|every request is denied): (\S+) -->\n```json\n(.*?)```", re.DOTALL)
GOOD = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Resource": "arn:aws:s3:::b/${aws:username}%{x}"}]}


def ask(monkeypatch: pytest.MonkeyPatch, *policies: str) -> list[templates.Asked]:
    """What `read_asked` makes of one question about each of these texts."""
    lines = [{"id": f"q{number}", "question": templates.HEADER, "bucket": "b", "policy": policy} for number, policy in enumerate(policies)]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(map(json.dumps, lines))))
    return templates.read_asked(templates.HEADER)


@pytest.mark.parametrize(("claim", "question", "policy"), _DOCUMENT.findall(PAGE))
def test_the_page_says_of_its_documents_what_is_so(claim: str, question: str, policy: str) -> None:
    """By this project's own answer."""
    expected = "denied" if claim == "every request is denied" else "not-denied"

    assert s3_encryption_guard.answer(question, "example-bucket", "aws", policy) == expected


def test_the_page_shows_documents() -> None:
    """Every block of JSON has a claim; none is lost by a slip of the pen."""
    assert len(_DOCUMENT.findall(PAGE)) == PAGE.count("```json") == 8


def test_a_question_is_read_where_a_template_can_hold_its_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what is not JSON, nor another value than an object, nor `NaN`, nor half of a character; and no other question."""
    texts = [json.dumps(GOOD), "{", "[]", '{"a": NaN}', '{"a": "\\ud800"}', "[" * 200_000]

    assert [asked.id for asked in ask(monkeypatch, *texts)] == ["q0"]
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({"question": templates.ALL_REQUESTS})))
    assert templates.read_asked(templates.HEADER) == []


def test_templates_hold_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """CloudFormation as it is; Terraform with policy variables escaped, so that they reach S3 as they were."""
    (asked,) = ask(monkeypatch, json.dumps(GOOD))

    assert json.loads(templates.as_cloudformation(asked))["Resources"]["ExamplePolicy"]["Properties"]["PolicyDocument"] == GOOD
    document = re.search("<<EOF\n(.*?)\nEOF", templates.as_terraform(asked), re.DOTALL)
    assert document is not None
    assert "b/$${aws:username}%%{x}" in document[1]
    assert json.loads(document[1].replace("$${", "${").replace("%%{", "%{")) == GOOD


#: Commands that stand in for the tools: each answers in its tool's form, content with the first document and not with the second.
STAND_INS = {
    "checkov.py": (
        ["checkov"],
        """
        passed, failed = ([{"file_path": f"/case{one}/main.tf"}] for one in (0, 1))
        print(json.dumps({"results": {"passed_checks": passed, "failed_checks": failed}}))
        """,
    ),
    "guard_registry.py": (
        ["guard", "rule", "--booleans"],
        """
        folder = sys.argv[sys.argv.index("--data") + 1]
        assert '"aws:SecureTransport": false' in pathlib.Path(folder, "case0.json").read_text()
        found = {"case0.json": "PASS", "case1.json": "FAIL", "case2.json": "SKIP"}
        print(json.dumps([{"name": f"{folder}/{name}", "status": status} for name, status in found.items()]))
        """,
    ),
    "prowler.py": (["python"], "print('a banner'); print(json.dumps([True, False, None]))"),
    "cdk_nag.py": (["FOLDER"], "print(json.dumps([True, False, None]))"),
    "cloudsploit.py": (["FOLDER", "bucketEncryptionInTransit"], "print(json.dumps([True, False, None]))"),
}


@pytest.mark.parametrize("adapter", STAND_INS)
def test_an_adapter_says_what_its_tool_says(adapter: str, tmp_path: Path) -> None:
    """Content is `denied`, a finding `not-denied`, and where the tool says nothing there is no answer."""
    (first, *others), program = STAND_INS[adapter]
    lines = "\n".join(line.strip() for line in program.strip().splitlines())
    for name in ("node", first):
        (tmp_path / name).write_text(f"#!{sys.executable}\nimport json, pathlib, sys\n{lines}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    policy = json.dumps({"Statement": [{"Condition": {"Bool": {"aws:SecureTransport": "false"}}}]})
    questions = [{"id": f"q{one}", "question": "requests-without-tls", "bucket": "b", "policy": policy} for one in range(3)]
    where = tmp_path if first == "FOLDER" else tmp_path / first
    ended = subprocess.run(
        [sys.executable, str(ADAPTERS / adapter), str(where), *others],
        input="\n".join(map(json.dumps, questions)),
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
    )
    found = {one["id"]: one["answer"] for one in map(json.loads, ended.stdout.splitlines())}

    assert found == {"q0": "denied", "q1": "not-denied"}
