"""What one rule finds at one resource: values, turned into words by `messages` and into SDK calls by `register`."""

from typing import NamedTuple

from bucketpolicy.explain import Explanation
from bucketpolicy.verdict import Counterexample, Denied, Undecided
from crossguard.settings import Exemption


class Subject(NamedTuple):
    """
    The resource that is judged.

    `name` is its Pulumi name, `bucket` the bucket's name where it is known; `partition` is "" until it has been chosen.
    """

    urn: str
    type: str
    name: str
    bucket: str | None = None
    partition: str = ""


class Compliant(NamedTuple):
    """Every request of the goal is denied; or the benchmark's own snippet is accepted in its place, which enforces neither half."""

    verdict: Denied | None
    snippet_accepted: bool = False


class Open(NamedTuple):
    """A request gets through. `repaired` is the document with the missing statements, None where it would pass S3's limit."""

    verdict: Counterexample
    explanation: Explanation
    fix: str
    expired: Exemption | None = None


class CannotTell(NamedTuple):
    """The document is known and not decided."""

    verdict: Undecided
    expired: Exemption | None = None


class NotKnown(NamedTuple):
    """
    A value is not known yet: `what` names it as the resource does (`policy`, `bucket`).

    `why`: `bucket-name` where the document is known and only the answer depends on the name, `exemption` where a name glob might match.
    """

    what: str
    why: str


class Exempted(NamedTuple):
    """An exemption applies."""

    exemption: Exemption


class NotApplicable(NamedTuple):
    """The resource is none of the rule's, with the reason."""

    reason: str


class Misconfigured(NamedTuple):
    """The rule's configuration is wrong, so it judges nothing; a line for each problem."""

    problems: tuple[str, ...]


Finding = Compliant | Open | CannotTell | NotKnown | Exempted | NotApplicable | Misconfigured
