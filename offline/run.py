"""What one run of the embedded engine saw and what the pack said about it: the value that every report is made from."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Level = Literal["advisory", "mandatory"]
Mode = Literal["preview", "update", "state"]


#: What was found, whatever it counts as: the last three are the stack policy's.
Verdict = Literal[
    "denied", "not-denied", "undecided", "unknown", "exempt", "not-applicable", "attached", "unattached", "several"
]  # fmt: skip


class Seen(NamedTuple):
    """
    A resource as the pack was shown it.

    `inputs` and `outputs` are in wire form: unknown values are the SDK's sentinels, secrets its marked objects, numbers floats.
    `source` is `file:line` of the user's program where its SDK sends it, else "". `provider` is the URN of the resource's provider, or "".
    """

    urn: str
    type: str
    name: str
    inputs: Mapping[str, object]
    outputs: Mapping[str, object]
    property_dependencies: Mapping[str, tuple[str, ...]]
    source: str = ""
    provider: str = ""


class PolicyInfo(NamedTuple):
    """A policy of a booted pack, as it describes itself, with the level that is in force."""

    name: str
    description: str
    kind: Literal["resource", "stack"]
    level: Literal["advisory", "mandatory", "remediate", "disabled"]
    severity: str = ""
    url: str = ""


class Pack(NamedTuple):
    """A booted pack."""

    name: str
    version: str
    policies: tuple[PolicyInfo, ...]


#: Stands between the doubt whether a resource is there at all and what a policy says of it.
IF_THERE = "\nIf it is there:\n"


class Diagnostic(NamedTuple):
    """
    One violation or note. `level` is what it counts as: `remediate` that could not remediate is `mandatory`.

    `message` is the policy's own text, without the description that the SDK puts before it.
    """

    policy: str
    level: Level
    urn: str
    message: str
    severity: str = ""


class Skipped(NamedTuple):
    """A policy that said it does not apply to a resource (`urn` "": to the stack), and why: exemptions are told this way."""

    policy: str
    urn: str
    reason: str


class Remediated(NamedTuple):
    """A remediation that was applied, with the properties before and after it, in wire form."""

    policy: str
    urn: str
    before: Mapping[str, object]
    after: Mapping[str, object]


class Drift(NamedTuple):
    """A resource whose inputs and outputs have different verdicts; the worse one is the result's."""

    inputs: Verdict
    outputs: Verdict


class Unanswered(NamedTuple):
    """A data source or a provider's method (by its token) or another stack (by its name) that nobody answered, with its properties."""

    kind: Literal["data source", "stack reference", "method"]
    name: str
    properties: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As a sentence names it."""
        return f"stack reference {self.name}" if self.kind == "stack reference" else self.name


class BlindSpot(NamedTuple):
    """
    Something that may hold a bucket and could not be looked into, in one line.

    It keeps a report from passing (status 3) where no bucket was seen; `weighs` says that it does so beside buckets that pass, too.
    """

    text: str
    weighs: bool = False


class Run(NamedTuple):
    """
    One operation, judged.

    `diagnostics` are what counts. Where a preview had a second verdict with resolved outputs, `first` keeps what the first preview said and
    `resolved` is true. `output` is what the program itself printed and logged; `notes` are single lines about what a reader should know,
    `blind_spots` what may hold a bucket and could not be looked into, `unanswered` what made-up values stood in for.
    `drifts` has the verdicts on inputs and outputs, by URN and policy, where a state holds two.
    """

    mode: Mode
    project: str
    stack: str
    pack: Pack
    resources: tuple[Seen, ...]
    diagnostics: tuple[Diagnostic, ...]
    skipped: tuple[Skipped, ...] = ()
    remediated: tuple[Remediated, ...] = ()
    first: tuple[Diagnostic, ...] = ()
    resolved: bool = False
    output: str = ""
    notes: tuple[str, ...] = ()
    blind_spots: tuple[BlindSpot, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()
    drifts: Mapping[tuple[str, str], Drift] = {}


class Failure(NamedTuple):
    """
    The run did not come to an end.

    `message` is one line for the user; `output` is what the program printed, to be shown before it; `unanswered` is what it asked for in
    vain.
    """

    message: str
    output: str = ""
    unanswered: tuple[Unanswered, ...] = ()
