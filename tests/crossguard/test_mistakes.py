"""A mistake is one wherever it is claimed: each request that its sentence speaks of is put to the naive reading, document by document."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

import pytest

from bucketpolicy.document import Document
from bucketpolicy.explain import explain
from bucketpolicy.goal import SSE, SSE_CUSTOMER, SSE_KMS_KEY, TLS_VERSION, TRANSPORT, AbsentOrOther, Assumptions, Goal
from bucketpolicy.judge import judge
from bucketpolicy.mistakes import Mistake
from bucketpolicy.parse import parse
from bucketpolicy.request import Context, Request
from bucketpolicy.verdict import Counterexample
from crossguard.pack.rule import Rule
from crossguard.pack.settings import DEFAULTS
from crossguard.resources.source import Found
from policies import ALL
from tests.crossguard.kinds import MISTAKES
from tests.differential import naive
from tests.differential.documents import generate
from tests.policies.cases import read_cases

BUCKET = "example-bucket"
RULES = tuple(rule for rule in ALL if isinstance(rule, Rule))
Json = dict[str, Any]


class Claim(NamedTuple):
    """A mistake that is claimed of a statement (of the document, where there is none), about a request that gets through."""

    mistake: Mistake
    statement: Json
    detail: str
    request: Request
    goal: Goal
    version: str

    def denies(self, request: Request, **changes: object) -> bool:
        """Whether the statement alone, with these changes, surely denies the request."""
        statement = {name: value for name, value in (self.statement | changes).items() if value is not None}
        document = {"Version": self.version, "Statement": [statement | {"Effect": "Deny"}]}
        return naive.is_denied(document, request, self.goal.assumptions) is True

    def without(self, *keys: str, operator: str = "") -> Json:
        """Its condition block without the conditions on these keys, or only without one operator's."""
        kept = {
            name: {key: value for key, value in block.items() if key.lower() not in keys or operator not in name}
            for name, block in self.statement["Condition"].items()
        }
        return {name: block for name, block in kept.items() if block}

    def changed(self, **keys: tuple[str, ...] | None) -> Request:
        """The request with other values; names without their prefix, None for an absent key."""
        names = {"header": SSE, "transport": TRANSPORT, "customer": SSE_CUSTOMER, "tls": TLS_VERSION, "key": SSE_KMS_KEY}
        context = dict(self.request.context) | {names[name]: values for name, values in keys.items() if values is not None}
        gone = {names[name] for name, values in keys.items() if values is None}
        left: Context = tuple(sorted((key, values) for key, values in context.items() if key not in gone))
        return self.request._replace(context=left)

    def comply(self) -> Iterator[Request]:
        """Requests like it that do right."""
        for header in ("AES256", "aws:kms", "aws:kms:dsse", *self.named(SSE)):
            yield self.changed(header=(header,))
            yield self.changed(header=(header,), customer=("AES256",))
        accepted = (item.accepted for target in self.goal.targets for item in target.restrictions if isinstance(item, AbsentOrOther))
        for value in (value for values in accepted for value in values):
            yield from (self.changed(header=(value,)), self.changed(key=(value,)))
        yield from (self.changed(transport=("true",)), self.changed(transport=("true",), tls=("1.3",)), self.changed(customer=("AES256",)))

    def named(self, key: str) -> list[str]:
        """The values that the statement names for a key."""
        blocks = self.statement.get("Condition", {}).values()
        found = [value for block in blocks for name, value in block.items() if name.lower() == key]
        return [str(one) for value in found for one in (value if isinstance(value, list) else [value])]


def widen(claim: Claim) -> bool:
    """Whether the statement would deny the request if its resources were right."""
    return claim.denies(claim.request, Resource=claim.request.resource)


#: What has to be so where the mistake is claimed.
HOLDS: dict[Mistake, Callable[[Claim], bool]] = {
    "no-deny": lambda claim: claim.statement == {},
    "allow-instead-of-deny": lambda claim: any(map(claim.denies, claim.comply())) and not claim.denies(claim.request),
    "anded-halves": lambda claim: (
        claim.denies(claim.changed(header=None, transport=("false",)))
        and not claim.denies(claim.changed(header=None, transport=("true",)))
        and not claim.denies(claim.changed(header=("AES256",), transport=("false",)))
    ),
    "anded-conditions": lambda claim: (
        sum(map(len, claim.statement["Condition"].values())) > 1
        and any(
            claim.denies(claim.changed(header=None, key=key, customer=customer, transport=transport, tls=tls))
            for customer in (None, ("AES256",))
            for transport in (("false",), dict(claim.request.context).get(TRANSPORT))
            for key in (None, *((value,) for value in claim.named(SSE_KMS_KEY)))
            for tls in (None, *((value,) for value in claim.named(TLS_VERSION)), dict(claim.request.context).get(TLS_VERSION))
        )
    ),
    "inverted-value": lambda claim: any(map(claim.denies, claim.comply())),
    "objects-left-out": widen,
    "bucket-left-out": widen,
    "other-bucket": widen,
    "other-partition": widen,
    "not-equals-but-present": lambda claim: claim.denies(claim.request, Condition=claim.without(SSE, operator="Null")),
    "bool-on-header": lambda claim: claim.denies(claim.request, Condition=claim.without(SSE, SSE_KMS_KEY, SSE_CUSTOMER, operator="Bool")),
    "key-id-instead-of-header": lambda claim: claim.denies(claim.request, Condition=claim.without(SSE_KMS_KEY)),
    "customer-key-left-out": lambda claim: claim.denies(claim.changed(customer=None)),
    "one-principal": lambda claim: claim.denies(claim.request, Principal="*"),
    "not-principal": lambda claim: claim.denies(claim.request, Principal="*", NotPrincipal=None),
    "tls-version-only": lambda claim: (
        bool(claim.named(TLS_VERSION))
        and TLS_VERSION not in dict(claim.request.context)
        and (TRANSPORT, ("false",)) in claim.request.context
    ),
}


def claim(text: str, goal: Goal) -> Claim | None:
    """What is claimed of a document, if anything."""
    document = parse(text)
    verdict = judge(document, goal) if isinstance(document, Document) else None
    if not isinstance(document, Document) or not isinstance(verdict, Counterexample):
        return None
    found = explain(document, goal, verdict.request)
    if found.mistake is None:
        return None
    plain = json.loads(text)
    statements = plain["Statement"] if isinstance(plain["Statement"], list) else [plain["Statement"]]
    statement = statements[found.statement - 1] if found.statement else {}
    return Claim(found.mistake, statement, found.detail, found.shown.request, goal, plain.get("Version", "2008-10-17"))


def rows() -> Iterator[tuple[str, Goal]]:
    """Each case file under each policy, the examples of the messages, and random documents under their own goals."""
    for case in read_cases():
        yield from ((case.text, rule.goal(case.bucket or BUCKET, "aws", DEFAULTS)) for rule in RULES)
    for kind in MISTAKES.values():
        if isinstance(kind.rule, Rule) and isinstance(kind.shown, Found):
            yield kind.shown.text, kind.rule.goal(kind.shown.bucket or BUCKET, "aws", DEFAULTS)
    random = Random(11)
    for _ in range(1500):
        document, goal = generate(random)
        yield json.dumps(document), goal._replace(assumptions=Assumptions())


@pytest.fixture(scope="module")
def claims() -> list[Claim]:
    """Everything that is claimed."""
    return [found for text, goal in rows() if (found := claim(text, goal)) is not None]


def test_every_mistake_is_one(claims: list[Claim]) -> None:
    """For a reader who knows nothing of why it was claimed."""
    assert [one for one in claims if not HOLDS[one.mistake](one)] == []


def test_nearly_every_mistake_is_met(claims: list[Claim]) -> None:
    """So the test above says something; what `NotPrincipal` spares is open in all these documents."""
    counted = Counter(one.mistake for one in claims)
    assert set(HOLDS) - set(counted) <= {"not-principal"}, counted
