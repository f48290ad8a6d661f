"""The report for people: on a terminal in colour, and plain elsewhere."""

import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from offline.report.content import (
    Bucket,
    Outcome,
    Report,
    Result,
    count,
    find_worst,
    list_blind_spots,
    list_buckets,
    list_notes,
    list_stack_results,
    name_stack,
)
from offline.report.prose import has_stacks, is_told, say_exemption, say_number, say_proof, say_size, say_totals, say_verdict, shorten
from offline.report.visible import make_line, make_visible
from offline.run import PolicyInfo

#: Beyond so many buckets the overview leaves out those of which there is nothing to tell.
MOST_ROWS = 100
_MARKS: dict[Outcome, tuple[str, str, str]] = {
    "violation": ("✗", "violation", "bold red"),
    "advisory": ("!", "advisory", "yellow"),
    "unknown": ("?", "not known", "yellow"),
    "exempt": ("-", "exempt", "cyan"),
    "remediated": ("+", "remediated", "cyan"),
    "compliant": ("✓", "yes", "green"),
    "not-applicable": (" ", "", "dim"),
}
#: For where these characters cannot be shown.
PLAIN_MARKS = {ord("✗"): "x", ord("✓"): "v", ord("─"): "-"}


class Screen(NamedTuple):
    """
    Where a report goes: its width in columns, whether it takes colour, and whether only what does not pass is wanted.

    `certificates` is the folder of certificates as seen from there, in the form of a URL; "" where there is none.
    """

    width: int = 100
    colour: bool = False
    quiet: bool = False
    certificates: str = ""


def render(report: Report, screen: Screen) -> str:
    """The whole report, ending with one line break; "" where there is nothing to say and quiet was asked for."""
    console = Console(
        file=io.StringIO(),
        width=screen.width,
        force_terminal=screen.colour,
        color_system="standard" if screen.colour else None,
        no_color=not screen.colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
    with console.capture() as captured:
        for part in _list_parts(report, quiet=screen.quiet):
            console.print(part, soft_wrap=not isinstance(part, Table))
    lines = "\n".join(line.rstrip() for line in captured.get().split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", lines).strip("\n")
    return f"{text}\n" if text else ""


def _list_parts(report: Report, *, quiet: bool) -> Iterator[Text | Table]:
    if not quiet:
        yield _write_title(report)
        if report.command not in ("check", "fix") and any(stack.buckets for stack in report.stacks):
            yield from _write_stacks(report) if has_stacks(report) else _write_overview(report)
    for stack in report.stacks:
        within = f"{name_stack(stack)}  " if has_stacks(report) else ""
        for bucket in stack.buckets:
            yield from _write_results(bucket.results, report, quiet=quiet, label=f"{within}{bucket.label}")
        yield from _write_results(stack.others, report, quiet=quiet, label=within.rstrip())
    yield Text("")
    yield from (Text(f"✗ not read: {make_line(line)}", "bold red") for line in report.unread)
    yield from (Text(f"? not looked into: {make_line(spot)}", "yellow") for spot in list_blind_spots(report))
    if not quiet:
        yield from (Text(f"note: {make_line(note)}", "dim") for note in list_notes(report))
        yield _write_summary(report)


def _write_title(report: Report) -> Text:
    title = Text.assemble((f"{make_line(report.pack)} {make_line(report.version)}", "bold"))
    subject = say_number(len(report.stacks), "stack") if has_stacks(report) else report.subject
    title.append(f"  {report.command} of {make_line(subject)}, {say_size(report)}", "dim")
    return title


def _write_stacks(report: Report) -> Iterator[Table | Text]:
    """The totals, and a line for each stack; of many those with something to tell."""
    yield Text("")
    yield Text(say_verdict(report), "bold")
    shown = report.stacks
    if len(shown) > MOST_ROWS:
        shown = tuple(stack for stack in shown if any(map(is_told, list_stack_results(stack))))[:MOST_ROWS]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("stack", overflow="fold")
    for name in ("buckets", "violations", "advisory", "not known"):
        table.add_column(name, justify="right")
    table.add_column("worst")
    for stack in shown:
        numbers = count(list_stack_results(stack))
        told = (len(stack.buckets), numbers["violation"], numbers["advisory"], numbers["unknown"])
        worst = find_worst(tuple(list_stack_results(stack)))
        table.add_row(Text(make_line(name_stack(stack))), *(f"{number:,}" for number in told), _write_mark(worst))
    yield table
    if len(shown) < len(report.stacks):
        left = say_number(len(report.stacks) - len(shown), "more stack")
        yield Text(f"{left} not shown here: `--format html` and `--format json` list every one", "dim")


def _write_overview(report: Report) -> Iterator[Table | Text]:
    every = tuple(list_buckets(report))
    shown = every
    if len(shown) > MOST_ROWS:
        shown = tuple((stack, bucket) for stack, bucket in shown if find_worst(bucket.results) != "compliant")[:MOST_ROWS]
    policies = [policy for policy in report.policies if policy.level != "disabled"]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("bucket", overflow="fold")
    for policy in policies:
        table.add_column(shorten(policy.name).replace("-", " "), overflow="fold", max_width=16)
    for _, bucket in shown:
        table.add_row(Text(make_line(bucket.label)), *(_write_cell(bucket, policy) for policy in policies))
    yield table
    if len(shown) < len(every):
        left = say_number(len(every) - len(shown), "more bucket")
        yield Text(f"{left} not shown here: `--format html` and `--format json` list every one", "dim")


def _write_cell(bucket: Bucket, policy: PolicyInfo) -> Text:
    return _write_mark(find_worst(tuple(result for result in bucket.results if result.policy == policy.name)))


def _write_mark(worst: Outcome | None) -> Text:
    if worst is None or worst == "not-applicable":
        return Text("")
    mark, word, style = _MARKS[worst]
    return Text(f"{mark} {word}", style)


def _write_results(results: tuple[Result, ...], report: Report, *, quiet: bool, label: str = "") -> Iterator[Text]:
    heading = None
    for result in results:
        if not _is_told(result, report, quiet=quiet):
            continue
        if heading != (heading := result.place):
            yield Text("")
            yield _write_heading(result, label)
        yield Text("  ").append(_write_line(result, report))
        # What passes has said so in its line.
        told = result.message if result.outcome != "compliant" else ""
        yield from (Text(f"    {line}".rstrip()) for line in make_visible(told).split("\n") if told)
        if result.remark:
            yield Text(f"    {make_line(result.remark)}", "dim")


def _is_told(result: Result, report: Report, *, quiet: bool) -> bool:
    """Proofs are told one by one for documents that were checked by themselves; of a stack the overview tells them."""
    if quiet:
        return result.outcome in ("violation", "advisory")
    if result.outcome == "not-applicable":
        return False
    return result.outcome != "compliant" or bool(result.remark) or report.command in ("check", "fix")


def _write_heading(result: Result, label: str) -> Text:
    place = result.place
    heading = Text(make_line(label or place.name), "bold")
    if place.type:
        heading.append(f"  {make_line(place.type)} {make_line(place.name)}", "dim")
    if place.file:
        heading.append(f"  {make_line(place.file)}{f':{place.line}' if place.line else ''}", "dim")
    return heading


def _write_line(result: Result, report: Report) -> Text:
    mark, word, style = _MARKS[result.outcome]
    severity = next((policy.severity for policy in report.policies if policy.name == result.policy), "")
    line = Text(f"{mark} ", style)
    if result.outcome == "compliant":
        line.append(make_line(result.policy), "bold")
        return line.append(f"  {say_proof(result)}", "dim")
    line.append(f"{'mandatory' if result.outcome == 'violation' else word}  ", style)
    line.append(make_line(result.policy), "bold")
    if result.exemption is not None:
        line.append(f"  {make_line(say_exemption(result.exemption))}", "dim")
    elif severity:
        line.append(f"  severity {make_line(severity)}", "dim")
    return line


def _write_summary(report: Report) -> Text:
    totals = say_totals(report)
    if not totals:
        return Text(say_verdict(report))
    summary = Text.assemble(*(part for words, outcome in totals for part in ((words, _MARKS[outcome][2]), ", ")))
    summary.right_crop(2)
    return summary.append(".")
