"""The conformance suite: data that is what it says, a runner that counts right, and a README that quotes a run."""

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conformance import run
from tools import make_conformance

FOLDER = Path(run.__file__).parent
SUITE: dict[str, Any] = json.loads((FOLDER / "suite.json").read_text(encoding="utf-8"))
README = (FOLDER / "README.md").read_text(encoding="utf-8")
OURS = [sys.executable, str(FOLDER / "adapters" / "s3_encryption_guard.py")]


def test_what_is_not_made_anew_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`make lint` asks whether suite and README are what the case files give; here whether that question can fail."""
    (tmp_path / "suite.json").write_text("{}", encoding="utf-8")
    (tmp_path / "README.md").write_text(README.replace("| all | 4", "| all | 5"), encoding="utf-8")
    monkeypatch.setattr(make_conformance, "FOLDER_OF_SUITE", tmp_path)
    assert make_conformance.main(["--check"]) == 1
    assert "suite.json and README.md are not what the case files give: run tools/make_conformance.py" in capsys.readouterr().err
    assert make_conformance.main([]) == 0
    assert [(tmp_path / name).read_bytes() == (FOLDER / name).read_bytes() for name in ("suite.json", "README.md")] == [True, True]


def test_the_suite_has_its_form() -> None:
    """By its schema; no id occurs twice, and exactly what is not denied has a request."""
    schema = json.loads((FOLDER / "suite.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(SUITE, schema, cls=jsonschema.Draft202012Validator)
    names = Counter(case["id"] for case in SUITE["cases"])
    assert max(names.values()) == 1
    answers = [(asked, answer) for case in SUITE["cases"] for asked, answer in case["answers"].items()]
    assert all(asked in SUITE["questions"] for asked, _ in answers)
    assert all(("request" in answer) == (answer["answer"] == "not-denied") for _, answer in answers)


def test_this_project_answers_as_its_readme_says(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is wrong, and the table is the one that is printed."""
    assert run.main(OURS) == 0
    quoted = re.search("<!-- own run -->\n(.*?)\n<!-- end -->", README, re.DOTALL)
    assert quoted is not None
    assert capsys.readouterr().out.strip() == quoted[1]


ANSWERING = "import json, sys\nfor line in sys.stdin: print(json.dumps({'id': json.loads(line)['id'], 'answer': ANSWER}))"


@pytest.mark.parametrize(
    ("answer", "status", "row"),
    [
        ("denied", 1, ["30", "98", "30", "0", "0"]),
        ("not-denied", 0, ["128", "0", "0", "30", "0"]),
        ("no idea", 0, ["30", "0", "0", "0", "128"]),
    ],
)
def test_answers_are_counted(answer: str, status: int, row: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """By what they should be; what passed falsely is named."""
    script = ANSWERING.replace("ANSWER", repr(answer))
    assert run.main(["--only", "uploads-without-tls", sys.executable, "-c", script]) == status
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == f"| uploads-without-tls | {' | '.join(row)} |"
    assert lines[3] == f"| all | {' | '.join(row)} |"
    assert len(lines) == 4 + int(row[1]) + int(row[2])


def test_every_answer_can_be_had_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """With the question, the answer and what it counts as; other lines of the program are left alone."""
    script = f"print('hello', flush=True); print('[]'); {ANSWERING.replace('ANSWER', repr('denied'))}".replace("; import", "\nimport")
    assert run.main(["--json", sys.executable, "-c", script]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {one["kind"] for one in found} == {"right", "false pass", "claims too much"}
    assert set(found[0]) == {"id", "question", "bucket", "partition", "policy", "expected", "answer", "kind"}


@pytest.mark.parametrize("command", [[], ["/nowhere/at-all"], [sys.executable, "-c", "pass"]])
def test_a_program_that_does_not_answer_is_not_measured(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Status 2, and a line."""
    assert run.main(command) == 2
    assert "has answered nothing" in capsys.readouterr().err
