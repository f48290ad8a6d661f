"""Statements in the language of a program are the same statements, written as people write them there."""

import ast
import json
import re
import shutil
import subprocess
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bucketpolicy.goal import SSE, Absent, AbsentOrOther, Equal, Goal, Target
from bucketpolicy.repair import write_statements
from crossguard.messages.programs import LANGUAGES, Runtime, write_statements_in
from tests.crossguard.pack import ROOT

STATEMENTS = write_statements(
    Goal(
        "logs",
        "aws",
        (
            Target(("s3:PutObject",), "object", (Absent(SSE),), "DenyHeaderless"),
            Target(("s3:PutObject", "s3:PutObjectAcl"), "object", (AbsentOrOther("s3:x-amz-acl", ("private", "yes")),), "DenyOther"),
            Target(("s3:ListBucket",), "bucket", (Equal("aws:securetransport", "false"),), "DenyHttp"),
        ),
        ("444455556666", "logging.s3.amazonaws.com", "arn:aws:iam::111122223333:role/a"),
    )
)


def to_json(text: str, *rules: tuple[str, str]) -> object:
    """What is left when the words of a language are taken away, as JSON."""
    for pattern, replacement in (*rules, (r",(\s*[}\])])", r"\1")):
        text = re.sub(pattern, replacement, text)
    return json.loads(f"[{text.rstrip().rstrip(',')}]")


def read_java(text: str) -> object:
    """Calls of a serializer as the objects that they make."""

    def json_object(*members: tuple[str, object]) -> dict[str, object]:
        return dict(members)

    names = {
        "jsonObject": json_object,
        "jsonProperty": lambda name, value: (name, value),
        "jsonArray": lambda *values: list(values),
    }
    return eval(f"[{text}]", {"__builtins__": {}}, names)  # noqa: S307  of what was just written


READERS: dict[Runtime, Callable[[str], object]] = {
    "python": lambda text: ast.literal_eval(f"[{text}]"),
    "nodejs": lambda text: to_json(text, (r"([{,]\s*)([A-Za-z]\w*):", r'\1"\2":')),
    "go": lambda text: to_json(text, (r"map\[string\]any", ""), (r"\[\]string\{([^}]*)\}", r"[\1]")),
    "yaml": yaml.safe_load,
    "java": read_java,
    "dotnet": lambda text: to_json(
        text, (r"new Dictionary<string, object\?>\s*", ""), (r"new\[\] \{([^}]*)\}", r"[\1]"), (r'\["([^"]*)"\] =', r'"\1":')
    ),
}


@pytest.mark.parametrize("runtime", LANGUAGES)
def test_they_are_the_same_statements(runtime: Runtime) -> None:
    """Read back, nothing is lost, and no word has become a truth value or a number."""
    assert READERS[runtime](write_statements_in(runtime, STATEMENTS)) == [json.loads(statement) for statement in STATEMENTS]


#: A file around the statements, and what reads it; of languages whose own tools are no packages of Python.
TOOLS: dict[Runtime, tuple[str, str, tuple[str, ...]]] = {
    "nodejs": ("statements.js", "module.exports = [\n{}\n];\n", ("node", "--check")),
    "go": ("statements.go", "package main\n\nvar statements = []map[string]any{{\n{}\n}}\n", ("gofmt", "-l")),
    "java": (
        "Statements.java",
        """import java.util.List;
class Statements {{
    static Object jsonObject(Object... members) {{ return List.of(members); }}
    static Object jsonProperty(String name, Object value) {{ return List.of(name, value); }}
    static Object jsonArray(Object... values) {{ return List.of(values); }}
    static final Object ALL = jsonArray(
{}
    );
}}
""",
        ("javac", "-d", "."),
    ),
}


@pytest.mark.parametrize("runtime", TOOLS)
def test_the_languages_own_tools_take_them(runtime: Runtime, tmp_path: Path) -> None:
    """Where they are installed; `gofmt` would change nothing."""
    name, around, command = TOOLS[runtime]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    text = write_statements_in(runtime, STATEMENTS)
    indented = textwrap.indent(text, "\t") if runtime == "go" else text
    (tmp_path / name).write_text(around.format(indented), encoding="utf-8")
    ended = subprocess.run([*command, name], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


@pytest.mark.parametrize("runtime", LANGUAGES)
def test_the_pages_show_them(runtime: Runtime) -> None:
    """In each language, on the page that `explain` prints as well."""
    page = (ROOT / "docs" / "policies" / "aws-s3-bucket-policy-denies-insecure-transport.md").read_text(encoding="utf-8")
    assert f"\n{LANGUAGES[runtime]}:\n" in page.partition("## In a program")[2]
