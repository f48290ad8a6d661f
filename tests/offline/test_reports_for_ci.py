"""The formats that CI systems, pull requests and spreadsheets read: complete, and inert whatever names and messages hold."""

import csv
import io
import json
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from offline.report import csv as csv_report
from offline.report import github, gitlab, markdown
from offline.report.content import Bucket, Report, SourceLocation, Stack
from offline.report.visible import make_line
from tests.offline.cli import UPLOADS
from tests.offline.test_reports import HOSTILE, SAMPLES, exempt, report_on, say

# What the documentation of GitLab's code quality asks of a report.
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./)."},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
                },
            },
        },
    },
}
NASTY = ("=1+1", "+1", "-1", "@SUM(A1)", "a|b", r"a\|b", "`a`", "<b>x</b>", "@acme/all", "see #1", "# x", "- x", "1. x", "[x](y)", "```")


def make_stacks(number: int, buckets: int = 1, text: str = "logs") -> Report:
    """A report on so many stacks, each with so many open buckets."""
    made = tuple(
        Stack(
            f"shop/{text}{each}",
            f"{text}{each}.json",
            tuple(Bucket(f"{text}{one}", f"{text}{one}", (say("violation"),)) for one in range(buckets)),
        )
        for each in range(number)
    )
    return report_on(stacks=made)


def read_csv(report: Report) -> list[dict[str, str]]:
    """The rows of the table."""
    return list(csv.DictReader(io.StringIO(csv_report.render(report)), strict=True))


def test_csv_has_a_row_for_each_result() -> None:
    """And for each thing that could not be looked into or read."""
    rows = read_csv(SAMPLES["everything"])

    assert list(rows[0]) == ["stack", "bucket", "policy", "level", "verdict", "message", "urn"]
    assert [row["verdict"] for row in rows] == [
        *("not-denied", "undecided", "unknown", "exempt", "exempt", "denied", "denied"),
        *("not-denied", "unknown", "unknown"),
    ]
    assert rows[0] == {
        "stack": "shop/prod",
        "bucket": "logs",
        "policy": UPLOADS,
        "level": "mandatory",
        "verdict": "not-denied",
        "message": "Line one.\nLine two.",
        "urn": "urn:pulumi:prod::shop::aws:s3/bucketPolicy:BucketPolicy::logs",
    }


@pytest.mark.parametrize("text", [*NASTY, HOSTILE])
def test_csv_runs_nothing(text: str) -> None:
    """No cell begins with what a spreadsheet would run: an apostrophe makes it a text."""
    rows = read_csv(report_on(say("violation", text), label=text))

    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert rows[0]["bucket"] == ("'" if text[0] in "=+-@" else "") + make_line(text).replace("\\u000a", "\n")


def unescape(text: str) -> str:
    """The text of a workflow command, as GitHub reads it."""
    return unquote(text)


def read_commands(report: Report) -> list[tuple[str, dict[str, str], str]]:
    """The annotations: command, properties, message; the last line is the totals."""
    *lines, last = github.render(report).splitlines()
    found = [re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line) for line in lines]

    assert not last.startswith("::")
    assert all(found)
    return [
        (each[1], {name: unescape(value) for name, _, value in (pair.partition("=") for pair in each[2].split(","))}, unescape(each[3]))
        for each in found
        if each is not None
    ]


def test_github_annotates_what_does_not_pass() -> None:
    """Errors, warnings and notices at their lines; blind spots and what could not be read are warnings."""
    place = {"file": "app/main.py", "line": "12"}
    told = "Line one.\nLine two."

    assert read_commands(SAMPLES["everything"]) == [
        ("error", {**place, "title": "logs denies unencrypted uploads"}, told),
        ("warning", {**place, "title": "logs denies unencrypted uploads"}, told),
        ("notice", {**place, "title": "logs denies unencrypted uploads"}, told),
        ("error", {**place, "title": "denies unencrypted uploads"}, told),
        ("warning", {"title": "S3 bucket policies"}, "not looked into: another"),
        ("warning", {"title": "S3 bucket policies"}, "not read: other.json: no JSON"),
    ]


@pytest.mark.parametrize(("file", "line", "expected"), [
    ("state.json", 0, {"file": "state.json", "line": "1"}),
    ("standard input", 0, {}),
    ("", 0, {}),
    ("a,b:c%0A.py", 3, {"file": "a,b:c%0A.py", "line": "3"}),
])  # fmt: skip
def test_github_points_at_a_file(file: str, line: int, expected: dict[str, str]) -> None:
    """Line 1 where only the file is known."""
    result = say("violation")._replace(place=SourceLocation("", "", "", file, line))
    _, properties, _ = read_commands(report_on(result))[0]

    assert {name: value for name, value in properties.items() if name != "title"} == expected


def test_github_names_the_stack_where_there_are_several() -> None:
    """In the title."""
    assert [properties["title"] for _, properties, _ in read_commands(make_stacks(2))] == [
        "shop/logs0 logs0 denies unencrypted uploads",
        "shop/logs1 logs0 denies unencrypted uploads",
    ]


@given(st.text())
def test_github_takes_nothing_for_a_command(text: str) -> None:
    """One line for each annotation, whatever is in it."""
    report = report_on(say("violation", text)._replace(place=SourceLocation(text, text, text, text, 1)), label=text, blind_spots=())

    assert len(read_commands(report)) == 1


@pytest.mark.parametrize("name", SAMPLES)
def test_gitlab_reads_its_code_quality(name: str) -> None:
    """What the documentation asks for, and no two findings with one fingerprint but those of one policy at one resource."""
    findings: list[dict[str, Any]] = json.loads(gitlab.render(SAMPLES[name]))

    assert [error.message for error in Draft202012Validator(GITLAB).iter_errors(findings)] == []


def test_gitlab_tells_how_bad_it_is() -> None:
    """A mandatory violation is critical, an advisory one minor, what is not known an info, a blind spot that weighs major."""
    findings = json.loads(gitlab.render(SAMPLES["everything"]))

    assert [finding["severity"] for finding in findings] == ["critical", "minor", "info", "critical", "major", "blocker"]
    assert findings[0]["location"] == {"path": "app/main.py", "lines": {"begin": 12}}
    assert findings[0]["description"] == "logs: Line one.\nLine two."
    assert (findings[4]["description"], findings[4]["location"]["path"]) == ("not looked into: another", "app")


def test_gitlab_tells_buckets_apart() -> None:
    """The same bucket in two stacks, and two policies at one resource, are findings of their own."""
    prints = [finding["fingerprint"] for finding in json.loads(gitlab.render(make_stacks(3)))]

    assert len(set(prints)) == 3


class _Page(HTMLParser):
    """The elements of a page, and its text outside of code."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self.plain: list[str] = []
        self.texts: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._code += tag == "code"
        self.links |= {value or "" for name, value in attrs if name in {"href", "src"}}

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag == "code"

    def handle_comment(self, data: str) -> None:
        assert data == " "
        self.plain.append("|")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if not self._code:
            self.plain.append(data)


def read_markdown(report: Report) -> _Page:
    """The report as GitHub would show it."""
    page = _Page()
    page.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown.render(report)))
    return page


KNOWN = {"h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "details", "summary", "b", "strong", "a", "br", "pre", "ul", "li"}


@pytest.mark.parametrize("text", [*NASTY, HOSTILE])
def test_markdown_shows_and_does_nothing(text: str) -> None:
    """No markup, no mention, no reference and no cell comes out of a name, a message, a reason or a note."""
    results = (say("violation", text, remark=text), exempt(text, text), say("advisory", f"Here: `{text}`\n{{{text}}}"))
    page = read_markdown(report_on(*results, label=text, subject=text, notes=(text,), others=(say("violation", text),)))
    columns = 1 + sum(policy.level != "disabled" for policy in report_on().policies)
    lines = [line for line in markdown.render(report_on(*results, label=text)).splitlines() if line.startswith("|")]

    assert page.tags <= KNOWN
    assert page.links == {"https://example.com/uploads"}
    assert not re.search(r"@\w|#\d", "".join(page.plain))
    assert {line.replace("\\|", "").count("|") for line in lines} == {columns + 1}
    assert make_line(text).replace("`", "'").replace("```", "` ` `")[:3] in "".join(page.texts)


def test_markdown_is_a_comment() -> None:
    """Totals first, then every bucket with each policy, then what does not pass with its place and message, exemptions, blind spots."""
    shown = markdown.render(SAMPLES["everything"])

    assert shown.startswith("### ❌ S3 bucket policies: 2 mandatory violations, 1 advisory")
    assert "| <code>logs</code> | ❌ violation |" in shown
    assert "`app/main.py:12`" in shown
    assert "Line one.  \nLine two.  \n" in shown
    assert "* <code>logs</code> is exempt from denies-unencrypted-uploads: mirror, owner ann, until 2027-01-31" in shown
    assert "* ❔ not looked into: another" in shown
    assert "* ❔ not read: other.json: no JSON" in shown


def test_markdown_of_one_that_passes_is_short() -> None:
    """Nothing needs to be told."""
    shown = markdown.render(report_on(say("compliant", "", statements=(1,))))

    assert shown.startswith("### ✅ S3 bucket policies: 1 compliant\n")
    assert "<details" not in shown


def test_markdown_fences_json() -> None:
    """What is to be pasted is a block of code that nothing in it closes."""
    page = read_markdown(report_on(say("violation", 'Fix:\n{"Sid": "```"}')))

    assert "pre" in page.tags
    assert '{"Sid": "` ` `"}\n' in page.texts


def test_markdown_of_many_stacks() -> None:
    """How many stacks, and in how many of them something is violated; a row for each of those; each finding names its stack."""
    shown = markdown.render(make_stacks(3))

    assert "3 stacks, 3 violations in 3: 3 mandatory violations" in shown
    assert "| <code>shop/logs1</code> | 1 | ❌ violation |" in shown
    assert "<summary><code>shop/logs1</code> <b><code>logs0</code></b> ❌ violation</summary>" in shown


@pytest.mark.parametrize("report", [make_stacks(1, 3000), make_stacks(3000), make_stacks(1, 200, "x" * 60)])
def test_markdown_fits_a_comment(report: Report) -> None:
    """Code hosts take 65,536 characters; what is left out is counted."""
    shown = markdown.render(report)

    assert len(shown) < 65_536
    assert "of which there is no room to tell here" in shown


@pytest.mark.parametrize(
    ("text", "shown"), [("(`a`) b", "(`a`) b"), ("1. x", "1\\. x"), ("- x", "\\- x"), ("+ x", "\\+ x"), ("1.5 x", "1.5 x")]
)
def test_markdown_escapes_what_begins_a_list_only(text: str, shown: str) -> None:
    """What stands in a sentence is as people wrote it."""
    assert f"\n{shown}  \n" in markdown.render(report_on(say("violation", text)))
