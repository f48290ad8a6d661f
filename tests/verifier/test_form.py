"""What the verifier is, and what the pages say of it."""

import ast
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.verifier.making import Bench, certify, deny
from verifier import verify

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "certificate-1.schema.json").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "certificate.md").read_text(encoding="utf-8")


def count_lines(source: str) -> int:
    """Lines that are not blank, not a comment alone, and not of a docstring."""
    documented: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            documented |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    lines = enumerate(source.split("\n"), 1)
    return sum(bool(line.strip()) and not line.strip().startswith("#") and number not in documented for number, line in lines)


def test_the_verifier_is_short_enough_to_be_read() -> None:
    """500 lines of code at most, and the counting counts."""
    assert count_lines('"""Doc."""\n\n# why\nx = 1\n\n\ndef f():\n    """Two\n    lines."""\n    return 1  # one\n') == 3
    assert count_lines(Path(verify.__file__).read_text(encoding="utf-8")) <= 500


def test_the_verifier_imports_the_standard_library_only() -> None:
    """Nothing else is needed where it is copied to."""
    nodes = ast.walk(ast.parse(Path(verify.__file__).read_text(encoding="utf-8")))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    nodes = ast.walk(ast.parse(Path(verify.__file__).read_text(encoding="utf-8")))
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= set(sys.stdlib_module_names)


def test_the_hash_of_the_tables_is_pinned(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tables are not read: one byte is enough."""
    raw = Path(verify.__file__).with_name("tables.json").read_bytes()
    assert hashlib.sha256(raw).hexdigest() == verify.TABLES_SHA256
    (tmp_path / "tables.json").write_bytes(raw + b"\n")
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(certify([deny()])), encoding="utf-8")
    monkeypatch.setattr(verify, "__file__", str(tmp_path / "verify.py"))
    verify.tables.cache_clear()
    try:
        assert verify.main([str(path)]) == 2
    finally:
        verify.tables.cache_clear()
    assert capsys.readouterr().out == "not a certificate: tables.json is not the file that belongs to this verifier\n"


def test_the_example_of_the_page_is_accepted_as_the_page_says(tmp_path: Path) -> None:
    """Run as an auditor runs it: a program and two files, copied elsewhere."""
    example, output = re.findall(r"```(?:json|text)\n(.*?)\n```", PAGE, re.DOTALL)
    for name in ("verify.py", "tables.json"):
        (tmp_path / name).write_bytes((ROOT / "verifier" / name).read_bytes())
    (tmp_path / "certificate.json").write_text(example, encoding="utf-8")
    (tmp_path / "policy.json").write_text(json.loads(example)["document"].replace(" ", "\n"), encoding="utf-8")
    program = [sys.executable, "-I", str(tmp_path / "verify.py"), str(tmp_path / "certificate.json")]
    for more in ([], [str(tmp_path / "policy.json")]):
        run = subprocess.run([*program, *more], capture_output=True, text=True, check=True)
        assert (run.stdout, run.stderr) == (output + "\n", "")
    jsonschema.validate(json.loads(example), SCHEMA)


def test_the_schema_is_a_schema_and_is_what_the_verifier_reads_by() -> None:
    """The form of a certificate is written once."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    forms = verify.tables()["forms"]
    assert {**forms["certificate"], "$defs": {name: forms[name] for name in SCHEMA["$defs"]}} == SCHEMA


def spoil(certificate: Any) -> list[Any]:
    """Certificates of which one member, on any level, is missing, doubled in a list, of another type, or new."""
    spoilt = []
    places: list[tuple[Any, ...]] = [()]
    for place in places:
        value = certificate
        for step in place:
            value = value[step]
        if isinstance(value, (dict, list)):
            places += [(*place, step) for step in (value if isinstance(value, dict) else range(len(value)))]
        others: tuple[Any, ...] = (None, True, 7, "odd", [], {}, ["odd"], {"odd": 1}, [[]])
        for other in others:
            copy = {"": json.loads(json.dumps(certificate))}
            holder: Any = copy
            for step in ("", *place)[:-1]:
                holder = holder[step]
            holder[("", *place)[-1]] = other
            spoilt.append(copy[""])
        if isinstance(value, dict):
            for name in [*value, "new"]:
                copy = {"": json.loads(json.dumps(certificate))}
                holder = copy[""]
                for step in place:
                    holder = holder[step]
                holder.pop(name) if name in value else holder.update({name: 1})
                spoilt.append(copy[""])
    return spoilt


def test_the_schema_and_the_verifier_agree_what_a_certificate_is(bench: Bench) -> None:
    """Of a thousand spoilt ones, what the schema refuses is status 2, and nothing else is, but for a wrong number of trees."""
    split = {"split": {"statement": 1, "element": "Action"}, "yes": {"denied_by": [1, "P:1"]}, "no": {"denied_by": []}}
    proof = {"split": {"key": "aws:SecureTransport", "is": "equal", "values": ["true"]}, "yes": split, "no": split}
    policy = {"Version": "2012-10-17", "Statement": deny(Resource="*")}
    certificate = certify([deny()], proof=proof, control_policies=(("P", policy),)) | {"stack": None, "pack": {"name": "n", "version": "1"}}
    assert bench.status(certificate) == 0
    validator = jsonschema.Draft202012Validator(SCHEMA)
    spoilt = spoil(certificate)
    refused = [not validator.is_valid(one) for one in spoilt]
    assert sum(refused) > 500
    for one, expected in zip(spoilt, refused, strict=True):
        status, line = bench.run(one)
        whole = isinstance(one, dict) and isinstance(one.get("certificate"), int)
        if whole and one["certificate"] == 7:
            assert status == 3
        elif (status == 2) != expected:
            assert len(one["goal"]["targets"]) != len(one["proof"]), line
