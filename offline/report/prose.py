"""What several formats say in the same words."""

from itertools import groupby
from typing import NamedTuple

from crossguard.messages.quoting import quote
from offline.report.content import Outcome, Report, ReportedExemption, Result, count, find_worst, list_results, list_stack_results
from offline.report.visible import make_visible

WORDS: dict[Outcome, str] = {
    "violation": "violation",
    "advisory": "advisory",
    "unknown": "not known",
    "exempt": "exempt",
    "remediated": "remediated",
    "compliant": "compliant",
    "not-applicable": "not applicable",
}
_PREFIXES = ("aws-s3-bucket-policy-", "aws-s3-bucket-")
_LONGEST_SID = 60
_JSON = ("{", " ")


class Block(NamedTuple):
    """A part of a message: JSON to paste, or a sentence whose every second span is code."""

    is_json: bool
    spans: tuple[str, ...]


def split_message(message: str) -> tuple[Block, ...]:
    """A message as sentences and JSON, in order; nothing of it is lost."""
    blocks: list[Block] = []
    for is_json, lines in groupby(make_visible(message).split("\n"), lambda line: line.startswith(_JSON)):
        if is_json:
            blocks.append(Block(is_json=True, spans=("\n".join(lines),)))
        else:
            blocks += [Block(is_json=False, spans=tuple(line.split("`"))) for line in lines]
    return tuple(blocks)


def say_proof(result: Result) -> str:
    """Which statements deny it, and what the proof assumes; in one line."""
    if is_layered(result):
        return result.message
    if not result.statements:
        return result.message or "accepted"
    sids = result.sids or ("",) * len(result.statements)
    numbers = ", ".join(_name_statement(number, sid) for number, sid in zip(result.statements, sids, strict=True))
    proof = f"denied by statement{'s' if len(result.statements) > 1 else ''} {numbers}"
    return f"{proof}, assuming {', '.join(result.assumptions)}" if result.assumptions else proof


def _name_statement(number: int, sid: str) -> str:
    return f"{number} ({quote(sid, _LONGEST_SID)})" if sid else str(number)


def say_exemption(exemption: ReportedExemption) -> str:
    """Reason, owner and last day of an exemption, in one line."""
    owner = f", owner {exemption.owner}" if exemption.owner else ""
    expires = f", until {exemption.expires.isoformat()}" if exemption.expires else ", without an expiry date"
    return f"{exemption.reason}{owner}{expires}"


def say_totals(report: Report) -> tuple[tuple[str, Outcome], ...]:
    """How many results there are of each outcome that has any, in words."""
    numbers = count(list_results(report))
    said: tuple[tuple[Outcome, str], ...] = (
        ("violation", say_number(numbers["violation"], "mandatory violation")),
        ("advisory", f"{numbers['advisory']:,} advisory"),
        ("unknown", f"{numbers['unknown']:,} not known"),
        ("exempt", f"{numbers['exempt']:,} exempt"),
        ("remediated", f"{numbers['remediated']:,} remediated"),
        ("compliant", f"{numbers['compliant']:,} compliant"),
    )
    return tuple((words, outcome) for outcome, words in said if numbers[outcome])


def say_size(report: Report) -> str:
    """How much was judged: stacks where there are several, buckets, and resources where there are any besides."""
    buckets = say_number(sum(len(stack.buckets) for stack in report.stacks), "bucket")
    if report.command in ("check", "fix"):
        return buckets
    resources = say_number(sum(stack.resources for stack in report.stacks), "resource")
    return f"{buckets} among {resources}"


def say_verdict(report: Report) -> str:
    """The whole report in a few words: "412 stacks, 33 violations in 12" where there are several stacks."""
    totals = say_totals(report)
    words = ", ".join(words for words, _ in totals) if totals else f"Nothing to judge: {say_why_nothing(report)}"
    if not has_stacks(report):
        return f"{words}."
    open_stacks = sum(find_worst(tuple(list_stack_results(stack))) == "violation" for stack in report.stacks)
    violations = count(list_results(report))["violation"]
    return f"{say_number(len(report.stacks), 'stack')}, {say_number(violations, 'violation')} in {open_stacks:,}: {words}."


def say_why_nothing(report: Report) -> str:
    """Why there are no totals; half a sentence."""
    return "no policy that is in force applies" if any(stack.buckets for stack in report.stacks) else "no S3 bucket was seen"


def has_stacks(report: Report) -> bool:
    """Whether it is about several stacks, rather than one or documents by themselves."""
    return len(report.stacks) > 1 and report.command not in ("check", "fix")


def is_told(result: Result) -> bool:
    """Whether it needs more words than an overview has room for."""
    return result.outcome not in ("compliant", "exempt", "not-applicable") or bool(result.remark) or is_layered(result)


def is_layered(result: Result) -> bool:
    """Whether something above the bucket policy denies, which every report says."""
    return result.layer == "resource-control-policy"


def shorten(policy: str) -> str:
    """The name of a policy without what all of them begin with."""
    for prefix in _PREFIXES:
        if policy.startswith(prefix):
            return policy.removeprefix(prefix)
    return policy


def say_number(number: int, noun: str) -> str:
    """`1 bucket`, `2 buckets`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
