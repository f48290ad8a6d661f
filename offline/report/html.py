"""The report as one page that needs nothing else: evidence for people who audit, on a screen or on paper."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from crossguard.messages.programs import LANGUAGES, write_statements_in
from crossguard.pack.assumptions import MEANINGS
from offline.report.content import (
    Bucket,
    Outcome,
    Report,
    Result,
    count,
    find_status,
    find_worst,
    is_blocked,
    list_blind_spots,
    list_buckets,
    list_notes,
    list_results,
)
from offline.report.prose import WORDS, is_told, say_proof, shorten, split_message
from offline.report.visible import make_line, make_visible


def render(report: Report) -> str:
    """The report as an HTML document; every text goes through the template's escaping."""
    results = tuple(list_results(report))
    numbers = count(iter(results))
    buckets = [bucket for _, bucket in list_buckets(report)]
    used = sorted({name for result in results for name in result.assumptions})
    return _read_template().render(
        report=report,
        blocked=is_blocked(report),
        status=find_status(report),
        blind_spots=list(list_blind_spots(report)),
        buckets=buckets,
        resources=sum(stack.resources for stack in report.stacks),
        resolved=any(stack.resolved for stack in report.stacks),
        notes=list(list_notes(report)),
        counts={outcome: number for outcome, number in numbers.items() if outcome != "not-applicable"},
        policies=[policy for policy in report.policies if policy.level != "disabled"],
        told=[(bucket, told) for bucket in buckets if (told := _choose_told(bucket.results))],
        others=_choose_told(tuple(result for stack in report.stacks for result in stack.others)),
        exempt=[(bucket, result) for bucket in buckets for result in bucket.results if result.exemption],
        assumptions=[(name, MEANINGS.get(name, "")) for name in used],
        words=WORDS,
        labels=_label_counts(numbers),
    )


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
    environment.filters.update(line=make_line, blocks=split_message, shorten=shorten, proof=say_proof, programs=_list_programs)
    environment.globals["find_cell"] = _find_cell
    return environment.get_template("report.html")


def _find_cell(bucket: Bucket, policy: str) -> Result | None:
    """The worst that a policy said of a bucket."""
    own = tuple(result for result in bucket.results if result.policy == policy)
    worst = find_worst(tuple(result for result in own if result.outcome != "not-applicable"))
    return next((result for result in own if result.outcome == worst), None)


def _choose_told(results: tuple[Result, ...]) -> tuple[Result, ...]:
    return tuple(filter(is_told, results))
