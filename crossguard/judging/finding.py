"""What one rule finds at one resource: values, turned into words by `messages` and into SDK calls by `register`."""

from typing import Literal, NamedTuple

from bucketpolicy.acceptance import Refusal
from bucketpolicy.document import Document
from bucketpolicy.explain import Explanation
from bucketpolicy.repair import CannotRepair, Repaired
from bucketpolicy.verdict import Counterexample, Denied, Undecided
from crossguard.judging.outputs import Language
from crossguard.judging.senders import Sender
from crossguard.pack.settings import Exemption


class Subject(NamedTuple):
    """
    The resource that is judged.

    `name` is its Pulumi name, `bucket` the bucket's name where it is known; `partition` is "" until it has been chosen.
    `senders`: who delivers into the bucket because resources of the stack say so.
    """

    urn: str
    type: str
    name: str
    bucket: str | None = None
    partition: str = ""
    senders: tuple[Sender, ...] = ()


class Lapsed(NamedTuple):
    """An exemption that names the resource and does not apply: its last day has passed, or it was for another document."""

    exemption: Exemption
    why: Literal["expired", "changed"]


class OutputSeen(NamedTuple):
    """The text of an Output in a document: the language of the SDK that wrote it, and the number of the statement (0: it is in none)."""

    language: Language
    statement: int


class Compliant(NamedTuple):
    """
    Every request of the goal is denied; or the benchmark's own snippet is accepted in its place, which enforces neither half.

    `layers` are the names of the resource control policies without which it would not hold, `shared` says that the bucket policy has a part
    in it. `twice` (the stack policy): the bucket's one document is attached more than once.
    """

    verdict: Denied | None
    snippet_accepted: bool = False
    layers: tuple[str, ...] = ()
    shared: bool = False
    twice: bool = False


class NotDenied(NamedTuple):
    """
    A request gets through; `fix` is the document with the missing statements, or why there is none.

    `other_half` has the statements for what else the benchmark's own snippet, where the document has it, was meant to enforce.
    `refusals`: what S3 refuses about the document besides. `output`: an Output was made part of one of its strings.
    `senders`: who would be silenced by the fix.
    """

    verdict: Counterexample
    explanation: Explanation
    fix: Repaired | CannotRepair
    document: Document
    other_half: tuple[str, ...] = ()
    lapsed: Lapsed | None = None
    refusals: tuple[Refusal, ...] = ()
    output: OutputSeen | None = None
    senders: tuple[Sender, ...] = ()


class CannotTell(NamedTuple):
    """The document is known and not decided; `fix` adds what decides it, where it is well-formed, and so is `document`."""

    verdict: Undecided
    lapsed: Lapsed | None = None
    fix: Repaired | CannotRepair | None = None
    document: Document | None = None
    senders: tuple[Sender, ...] = ()


class OutputInText(NamedTuple):
    """The property holds the text that a Pulumi SDK gives for an Output in a string, not the Output's value."""

    what: str
    language: Language
    lapsed: Lapsed | None = None


class NotKnown(NamedTuple):
    """
    A value is not known yet: `what` names it as the resource does (`policy`, `policyDocument.Statement[0].Resource`, `bucket`).

    `why` says what depends on it: `document` nothing can be said of the document; `bucket-name` it is known, and only the answer depends
    on the name; `exemption` a glob over names might exempt the bucket; `attachment` (the stack policy) some BucketPolicy may hang on it.
    `when` tells a preview, where this may be a note, from an update, where it is a violation.
    """

    what: str
    why: Literal["document", "bucket-name", "exemption", "attachment"]
    when: Literal["preview", "update"] = "preview"


class Exempted(NamedTuple):
    """An exemption applies."""

    exemption: Exemption


class NotApplicable(NamedTuple):
    """The resource is none of the rule's, with the reason."""

    reason: str


class Misconfigured(NamedTuple):
    """The rule's configuration is wrong, so it judges nothing; a line for each problem."""

    problems: tuple[str, ...]


class Sham(NamedTuple):
    """What calls itself a bucket policy and attaches none: a component, which creates nothing, or what is created elsewhere than in AWS."""

    name: str
    why: Literal["component", "endpoints"]


class Unattached(NamedTuple):
    """
    No bucket policy of the stack hangs on the bucket.

    `last_read`: the bucket's `policy` output is not empty, which says only that a policy was attached when the bucket was last read.
    `only_read`: a BucketPolicy is for it that the stack only reads. `sham`: the first one that calls itself a policy of this bucket.
    `when` tells a preview, where a policy made inside an `apply` may not exist yet. `senders` would be silenced by a Deny for the header.
    `fix`: the statements that its policy needs, as compact JSON, where it is known how the other policies are configured.
    """

    last_read: bool = False
    lapsed: Lapsed | None = None
    only_read: bool = False
    sham: Sham | None = None
    when: Literal["preview", "update"] = "update"
    senders: tuple[Sender, ...] = ()
    fix: tuple[str, ...] = ()


class SeveralPolicies(NamedTuple):
    """
    Several policies hang on one bucket, and the last write wins.

    The names of the first BucketPolicies, whether there is an inline one, and how many more there are.
    """

    policies: tuple[str, ...]
    inline: bool = False
    lapsed: Lapsed | None = None
    others: int = 0


class Misdirected(NamedTuple):
    """The one policy that hangs on the bucket, by its dependency, is about another bucket of the stack, whose name is given."""

    policy: str
    about: str
    lapsed: Lapsed | None = None


Finding = (
    Compliant
    | NotDenied
    | CannotTell
    | OutputInText
    | NotKnown
    | Exempted
    | NotApplicable
    | Misconfigured
    | Unattached
    | SeveralPolicies
    | Misdirected
)
