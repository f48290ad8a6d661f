"""What a report says, whatever format it is written in."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Literal, NamedTuple

from offline.configuration import Level
from offline.run import BlindSpot, Drift, PolicyInfo, Verdict

#: From worst to best: `violation` is mandatory, `advisory` is not, `unknown` tells that nothing could be told and nothing is claimed.
Outcome = Literal["violation", "advisory", "unknown", "exempt", "remediated", "compliant", "not-applicable"]
OUTCOMES: tuple[Outcome, ...] = ("violation", "advisory", "unknown", "exempt", "remediated", "compliant", "not-applicable")
#: What denies the requests.
Layer = Literal["bucket-policy", "resource-control-policy"]
CommandName = Literal["preview", "analyze", "check", "fix", "merge"]


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


class UsedExemption(NamedTuple):
    """An exemption of the configuration, and whether it selects anything that was looked at: what matches nothing can go."""

    policy: str
    bucket: str
    reason: str
    owner: str | None
    expires: date | None
    document: str | None
    matched: bool


class Caller(NamedTuple):
    """Who sent a request; what does not apply to its kind is None. `name` is that of a service, or of a role's session."""

    kind: str
    arn: str | None = None
    account: str | None = None
    name: str | None = None


class Sent(NamedTuple):
    """One request that gets through. In `context` a value that is never shown, since it may be a secret, is None."""

    principal: Caller
    action: str
    resource: str
    context: tuple[tuple[str, tuple[str | None, ...]], ...]


class Nearest(NamedTuple):
    """The Deny statement that is nearest to denying the request, and which part of it does not apply: `obstacle`."""

    statement: int
    sid: str | None
    obstacle: str


class Result(NamedTuple):
    """
    What one policy said of one place.

    `level` is the policy's, `verdict` what was found, `outcome` what that counts as. `message` is the policy's own text. A verdict `denied`
    carries the numbers of the statements that deny everything the policy asks for, the assumptions that the proof needed, and the layer;
    `not-denied` the request that gets through and the nearest statement. `document` is the hash of the document that was judged, "" where
    there is none. `remark` says what a reader must know besides. `sids` are those of `statements`, "" for one that has none.
    `certificate` is the name of the file that has the proof of a `denied`, "" where none was asked for or there is none.
    """

    policy: str
    level: Level
    verdict: Verdict
    outcome: Outcome
    place: SourceLocation
    message: str = ""
    statements: tuple[int, ...] = ()
    assumptions: tuple[str, ...] = ()
    remark: str = ""
    exemption: ReportedExemption | None = None
    request: Sent | None = None
    nearest: Nearest | None = None
    document: str = ""
    layer: Layer | None = None
    drift: Drift | None = None
    sids: tuple[str, ...] = ()
    certificate: str = ""


class Certificate(NamedTuple):
    """A proof as a file: its name, which no other has, and its text."""

    name: str
    text: str


class Edit(NamedTuple):
    """What is to be inserted into the file of a document, at which character, so that it has the statements it lacks."""

    offset: int
    text: str


class Bucket(NamedTuple):
    """
    A bucket, and everything that was said of it and of the policies attached to it; `name` is "" where it is not known.

    `urn` is that of a policy attached to it where the bucket is none of the stack's, "" for a document by itself. `fix` are the statements,
    as compact JSON, that its document lacks, `edit` the same as an edit of the document's file where it has one.
    `certificates` are those that the results name, until they are written.
    """

    name: str
    label: str
    results: tuple[Result, ...]
    urn: str = ""
    fix: tuple[str, ...] = ()
    edit: Edit | None = None
    certificates: tuple[Certificate, ...] = ()


class Stack(NamedTuple):
    """
    What was judged together: a stack, or a document by itself.

    `name` is `PROJECT/STACK`, "" for a document and for a state without resources; `source` the folder, file or address it was read from.
    `buckets` are in the order of their labels, `others` are about no bucket in particular. `resources` counts everything that was looked
    at. `resolved`: a preview was decided by a second run with resolved outputs. `notes` are single lines about what a reader should know.
    `blind_spots` may hold buckets and could not be looked into: those that weigh keep the report from passing. `time` is when a state was
    written, as it says itself, `digest` the SHA-256 of its file; both are "" for anything else.
    """

    name: str
    source: str
    buckets: tuple[Bucket, ...]
    others: tuple[Result, ...] = ()
    resources: int = 0
    resolved: bool = False
    notes: tuple[str, ...] = ()
    blind_spots: tuple[BlindSpot, ...] = ()
    time: str = ""
    digest: str = ""


class Report(NamedTuple):
    """
    One run of a command.

    `subject` says what was judged (a stack, files). `date` is in UTC, `versions` has what took part besides the pack.
    `notes` are about no stack in particular, `unread` has a line for each source that could not be read. With `strict` every blind spot
    keeps the report from passing. `origin` says what was judged with and where it came from: the hash of the configuration, the commit.
    `exemptions` are those of the configuration, where it was looked at which of them match anything.
    """

    command: CommandName
    subject: str
    pack: str
    version: str
    policies: tuple[PolicyInfo, ...]
    stacks: tuple[Stack, ...]
    date: datetime
    versions: Mapping[str, str]
    notes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    strict: bool = False
    exemptions: tuple[UsedExemption, ...] = ()
    origin: Mapping[str, str] = {}


def list_buckets(report: Report) -> Iterator[tuple[Stack, Bucket]]:
    """Every bucket with its stack, in the order of the report."""
    return ((stack, bucket) for stack in report.stacks for bucket in stack.buckets)


def list_stack_results(stack: Stack) -> Iterator[Result]:
    """Every result of a stack, in the order of the report."""
    yield from (result for bucket in stack.buckets for result in bucket.results)
    yield from stack.others


def list_results(report: Report) -> Iterator[Result]:
    """Every result, in the order of the report."""
    return (result for stack in report.stacks for result in list_stack_results(stack))


def list_notes(report: Report) -> Iterator[str]:
    """Every note; where there are several stacks, with the stack's name before it."""
    yield from (_tell_of(report, stack, note) for stack in report.stacks for note in stack.notes)
    yield from report.notes


def list_blind_spots(report: Report) -> Iterator[str]:
    """Every blind spot, in the same way."""
    return (_tell_of(report, stack, spot.text) for stack in report.stacks for spot in stack.blind_spots)


def _tell_of(report: Report, stack: Stack, line: str) -> str:
    return f"{name_stack(stack)}: {line}" if len(report.stacks) > 1 else line


def name_stack(stack: Stack) -> str:
    """What people call it."""
    return stack.name or stack.source


def find_worst(results: tuple[Result, ...]) -> Outcome | None:
    """The worst outcome, None where nothing was said."""
    return min((result.outcome for result in results), key=OUTCOMES.index, default=None)


def find_document(bucket: Bucket) -> str:
    """The hash of the document that hangs on the bucket; "" where there is none, or where there are several."""
    found = {result.document for result in bucket.results if result.document}
    return found.pop() if len(found) == 1 else ""


def count(results: Iterator[Result]) -> Mapping[Outcome, int]:
    """How many results have which outcome, in the order of `OUTCOMES`, zeros included."""
    found = dict.fromkeys(OUTCOMES, 0)
    for result in results:
        found[result.outcome] += 1
    return found


def is_blocked(report: Report) -> bool:
    """Whether something mandatory is violated."""
    return any(result.outcome == "violation" for result in list_results(report))


def find_status(report: Report) -> int:
    """The exit status: see `rank`."""
    return rank(report, blocked=is_blocked(report))


def rank(report: Report, *, blocked: bool) -> int:
    """2 where a source could not be read, 1 mandatory violations, 3 something that counts could not be looked into, 0 none of them."""
    if report.unread:
        return 2
    if blocked:
        return 1
    return 3 if any(report.strict or spot.weighs for stack in report.stacks for spot in stack.blind_spots) else 0
