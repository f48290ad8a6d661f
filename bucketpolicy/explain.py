"""Why a request of the goal gets through: the nearest Deny statement, the first thing that keeps it from applying, and the known mistakes."""

from typing import Literal, NamedTuple

from bucketpolicy.document import Condition, Document
from bucketpolicy.goal import Goal
from bucketpolicy.request import Request

Kind = Literal["principal", "action", "resource", "condition"]

Mistake = Literal[
    "no-deny",  # no Deny statement at all: an Allow forbids nothing
    "allow-instead-of-deny",  # an Allow for what is right (SecureTransport true, a header), where a Deny of what is wrong is needed
    "anded-conditions",  # one statement wants header absent *and* HTTP: conditions of one block are ANDed (the benchmark's own snippet)
    "inverted-value",  # the Deny hits what is right: SecureTransport `true`, header present, or equal to the accepted value
    "objects-left-out",  # the Deny names the bucket's ARN only, objects are `bucket/*`
    "bucket-left-out",  # the Deny names the objects only, and the goal has requests on the bucket itself
    "other-bucket",  # the Deny names another bucket; `detail` is its name as written
    "other-partition",  # the Deny names an ARN of another partition; `detail` is that partition as written
    "not-equals-but-present",  # a StringNotEquals (which holds on an absent header) together with `Null` `false`
    "bool-on-header",  # `Bool` on a key whose values are texts
    "key-id-instead-of-header",  # the condition is on the KMS key id, which S3 fills from default encryption
    "one-principal",  # the Deny is for named principals only
    "not-principal",  # `NotPrincipal` spares its own, and whoever is spared gets through
    "tls-version-only",  # the TLS version is absent on plain HTTP, so a comparison with it does not hold there
    "output-in-text",  # an ARN holds the text of an Output object: a Pulumi Output was put into an f-string
]


class Obstacle(NamedTuple):
    """
    The first thing that keeps one Deny statement from applying to the request.

    `patterns` are the element's texts for the kinds `action`, `resource` and `principal` (there the names, whatever their kind; none for `"*"`),
    and `negated` says that the element is the `Not` one. For the kind `condition`, `condition` is the first that does not hold, and `actual`
    what the request carries for its key: None where the key is absent. `others` counts further conditions of the statement that do not hold.
    """

    statement: int
    sid: str | None
    kind: Kind
    path: str
    patterns: tuple[str, ...] = ()
    negated: bool = False
    condition: Condition | None = None
    actual: tuple[str, ...] | None = None
    others: int = 0


class Explanation(NamedTuple):
    """
    The nearest Deny statement (None where the document has none), and a mistake that people make, where it is recognised.

    `statement` is the number of the statement with the mistake (None for `no-deny`); `detail` is said at the mistake.
    """

    nearest: Obstacle | None
    mistake: Mistake | None = None
    statement: int | None = None
    detail: str = ""


def explain(document: Document, goal: Goal, request: Request) -> Explanation:
    """Why the document does not deny this request of the goal."""
    del goal, request
    if not any(statement.effect == "Deny" for statement in document.statements):
        return Explanation(None, "no-deny")
    return Explanation(None)
