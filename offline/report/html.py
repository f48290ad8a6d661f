"""
The report as one page that needs nothing else: evidence for people who audit, on a screen or on paper.

A long report is cut into pages that are closed but for the first: a browser lays out only what is open. On paper all are.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from crossguard.messages.programs import LANGUAGES, write_statements_in
from crossguard.pack.assumptions import MEANINGS
from crossguard.pack.frameworks import list_controls
from offline.report.content import (
    Bucket,
    Outcome,
    Report,
    Result,
    Stack,
    count,
    find_document,
    find_status,
    find_worst,
    is_blocked,
    list_blind_spots,
    list_buckets,
    list_notes,
    list_results,
    list_stack_results,
    name_stack,
)
from offline.report.prose import WORDS, has_stacks, is_told, say_proof, shorten, split_message
from offline.report.visible import make_line, make_visible

#: So many buckets are a page.
PAGE = 250
_SEPARATORS = re.compile(r"([/:._-])")
_Item = TypeVar("_Item")


class _Entry(NamedTuple):
    """A bucket with the name of its stack, where it stands on the page, the hash of its document, and what needs more words."""

    bucket: Bucket
    stack: str
    anchor: str
    document: str
    told: tuple[Result, ...]


class _StackLine(NamedTuple):
    """A stack in the table of stacks; `anchor` is that of its first bucket."""

    name: str
    source: str
    digest: str
    buckets: int
    violations: int
    worst: Outcome | None
    anchor: str


class _ControlLine(NamedTuple):
    """The controls of a framework that one policy meets in one way, and how many buckets comply with it, of those that it judges."""

    framework: str
    ids: str
    policy: str
    by_intent: bool
    met: int
    judged: int
    exempt: int


def render(report: Report, certificates: str = "") -> str:
    """The report as an HTML document, with links to the files of a folder; every text goes through the template's escaping."""
    results = tuple(list_results(report))
    numbers = count(iter(results))
    entries = _list_entries(report)
    told = [entry for entry in entries if entry.told]
    stacks = _list_stacks(report, entries)
    used = sorted({name for result in results for name in result.assumptions})
    return _read_template().render(
        report=report,
        certificates=certificates,
        blocked=is_blocked(report),
        status=find_status(report),
        blind_spots=list(list_blind_spots(report)),
        several_stacks=has_stacks(report),
        stack_pages=_cut(stacks),
        open_stacks=sum(stack.worst == "violation" for stack in stacks),
        entries=entries,
        pages=_cut(entries),
        told=told,
        told_pages=_cut(told),
        has_programs=len(told) <= PAGE,
        resources=sum(stack.resources for stack in report.stacks),
        resolved=any(stack.resolved for stack in report.stacks),
        notes=list(list_notes(report)),
        counts={outcome: number for outcome, number in numbers.items() if outcome != "not-applicable"},
        policies=[policy for policy in report.policies if policy.level != "disabled"],
        others=_choose_told(tuple(result for stack in report.stacks for result in stack.others)),
        exempt=[(entry.bucket, result) for entry in entries for result in entry.bucket.results if result.exemption],
        controls=list(_list_controls(report, results)),
        assumptions=[(name, MEANINGS.get(name, "")) for name in used],
        words=WORDS,
        labels=_label_counts(numbers),
    )


def _list_entries(report: Report) -> list[_Entry]:
    taken: dict[str, int] = {}
    return [
        _Entry(bucket, name_stack(stack), _name_anchor(stack, bucket, taken), find_document(bucket), _choose_told(bucket.results))
        for stack, bucket in list_buckets(report)
    ]


def _name_anchor(stack: Stack, bucket: Bucket, taken: dict[str, int]) -> str:
    """The same in every report, so that it can be linked to: stack and bucket, and a number where several have one name."""
    name = re.sub(r"[^A-Za-z0-9._/-]", "-", f"{stack.name}/{bucket.label}" if stack.name else bucket.label)
    taken[name] = taken.get(name, 0) + 1
    return f"bucket-{name}" if taken[name] == 1 else f"bucket-{name}--{taken[name]}"


def _list_stacks(report: Report, entries: list[_Entry]) -> list[_StackLine]:
    anchors = iter(entries)
    lines = []
    for stack in report.stacks:
        own = [next(anchors).anchor for _ in stack.buckets]
        results = tuple(list_stack_results(stack))
        violations = count(iter(results))["violation"]
        first = own[0] if own else ""
        lines.append(_StackLine(name_stack(stack), stack.source, stack.digest, len(own), violations, find_worst(results), first))
    return lines


def _list_controls(report: Report, results: tuple[Result, ...]) -> Iterator[_ControlLine]:
    for policy in report.policies:
        own = [result.outcome for result in results if result.policy == policy.name and result.outcome != "not-applicable"]
        met, exempt = sum(outcome in ("compliant", "remediated") for outcome in own), own.count("exempt")
        controls = [(control, policy.name not in control.asked) for control in list_controls(policy.name)]
        for (framework, by_intent), group in groupby(controls, lambda pair: (pair[0].framework, pair[1])):
            ids = ", ".join(control.id for control, _ in group)
            name = f"{framework.name}, {framework.version}"
            yield _ControlLine(name, ids, policy.name, by_intent, met, len(own) - exempt, exempt)


def _cut(items: Sequence[_Item]) -> list[Sequence[_Item]]:
    return [items[start : start + PAGE] for start in range(0, len(items), PAGE)]


def make_breakable(text: str) -> Markup:
    """The text on one line, which may be broken after what separates the parts of a name, rather than within a word."""
    return Markup(_SEPARATORS.sub(r"\1<wbr>", str(escape(make_line(text)))))  # noqa: S704  escaped in the same breath


def _list_programs(statements: tuple[str, ...]) -> list[tuple[str, str]]:
    """The statements in each language, with its name."""
    return [(name, make_visible(write_statements_in(runtime, statements))) for runtime, name in LANGUAGES.items()]


def _label_counts(numbers: Mapping[Outcome, int]) -> dict[str, str]:
    violations = "mandatory violation" if numbers["violation"] == 1 else "mandatory violations"
    return {**dict(WORDS.items()), "violation": violations}


def _read_template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        line=make_line, blocks=split_message, shorten=shorten, proof=say_proof, programs=_list_programs, breakable=make_breakable
    )
    environment.globals["find_cell"] = _find_cell
    return environment.get_template("report.html")


def _find_cell(bucket: Bucket, policy: str) -> Result | None:
    """The worst that a policy said of a bucket."""
    own = tuple(result for result in bucket.results if result.policy == policy)
    worst = find_worst(tuple(result for result in own if result.outcome != "not-applicable"))
    return next((result for result in own if result.outcome == worst), None)


def _choose_told(results: tuple[Result, ...]) -> tuple[Result, ...]:
    return tuple(filter(is_told, results))
