"""What a report says, whatever format it is written in."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, NamedTuple

from offline.run import BlindSpot, PolicyInfo

#: From worst to best: `violation` is mandatory, `advisory` is not, `unknown` tells that nothing could be told and nothing is claimed.
Outcome = Literal["violation", "advisory", "unknown", "exempt", "remediated", "compliant"]
OUTCOMES: tuple[Outcome, ...] = ("violation", "advisory", "unknown", "exempt", "remediated", "compliant")
CommandName = Literal["preview", "analyze", "check", "fix"]


class SourceLocation(NamedTuple):
    """
    What was judged.

    `file` and `line` are where it is written, `line` 0 where only the file is known. A document that was checked by itself has no URN.
    """

    urn: str
    type: str
    name: str
    file: str
    line: int = 0


class ReportedExemption(NamedTuple):
    """An exemption that applied."""

    reason: str
    owner: str | None
    expires: date | None


class Result(NamedTuple):
    """
    What one policy said of one place.

    `message` is the policy's own text. A `compliant` result carries the numbers of the statements that deny everything the policy asks for
    and the assumptions the proof needed; `remark` says what a reader must know besides.
    """

    policy: str
    outcome: Outcome
    place: SourceLocation
    message: str = ""
    statements: tuple[int, ...] = ()
    assumptions: tuple[str, ...] = ()
    remark: str = ""
    exemption: ReportedExemption | None = None


class Bucket(NamedTuple):
    """A bucket, and everything that was said of it and of the policies attached to it; `name` is "" where it is not known."""

    name: str
    label: str
    results: tuple[Result, ...]


class Report(NamedTuple):
    """
    One run of a command.

    `subject` says what was judged (a stack, files), `buckets` are in the order of their labels, `others` are about no bucket in particular.
    `resources` counts everything that was looked at, `date` is in UTC, `versions` has what took part besides the pack.
    `resolved`: a preview was decided by a second run with resolved outputs. `notes` are single lines about what a reader should know.
    `blind_spots` may hold buckets and could not be looked into: those that weigh keep the report from passing, with `strict` all do.
    """

    command: CommandName
    subject: str
    pack: str
    version: str
    policies: tuple[PolicyInfo, ...]
    buckets: tuple[Bucket, ...]
    others: tuple[Result, ...]
    resources: int
    date: datetime
    versions: Mapping[str, str]
    resolved: bool = False
    notes: tuple[str, ...] = ()
    blind_spots: tuple[BlindSpot, ...] = ()
    strict: bool = False


def list_results(report: Report) -> tuple[Result, ...]:
    """Every result, in the order of the report."""
    return tuple(result for bucket in report.buckets for result in bucket.results) + report.others


def find_worst(results: tuple[Result, ...]) -> Outcome | None:
    """The worst outcome, None where nothing was said."""
    return min((result.outcome for result in results), key=OUTCOMES.index, default=None)


def count(report: Report) -> Mapping[Outcome, int]:
    """How many results have which outcome, in the order of `OUTCOMES`, zeros included."""
    found = [result.outcome for result in list_results(report)]
    return {outcome: found.count(outcome) for outcome in OUTCOMES}


def is_blocked(report: Report) -> bool:
    """Whether something mandatory is violated."""
    return any(result.outcome == "violation" for result in list_results(report))


def find_status(report: Report) -> int:
    """The exit status: 1 mandatory violations, 3 something that counts could not be looked into, 0 neither."""
    if is_blocked(report):
        return 1
    return 3 if any(report.strict or spot.weighs for spot in report.blind_spots) else 0
