"""What the tests of `decide` ask with: statements, goals, and verdicts that must be of a kind."""

import json
from typing import Any

from bucketpolicy.document import Document
from bucketpolicy.goal import SSE, TRANSPORT, Absent, Assumptions, Equal, Goal, Target
from bucketpolicy.parse import parse
from bucketpolicy.proof.decide import decide
from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Principal, Request, Service, Unmodelled
from bucketpolicy.verdict import Counterexample, Denied, Undecided, Verdict

Json = Any
UPLOADS = Target(("s3:PutObject",), "object", (Absent(SSE),))
HTTP_UPLOADS = Target(("s3:PutObject",), "object", (Equal(TRANSPORT, "false"),))
NULL = {"Null": {SSE: "true"}}
ROLE = "arn:aws:iam::111122223333:role/deploy"


def statement(condition: Json = None, **elements: Json) -> Json:
    """A Deny for everyone of uploads to all objects of the bucket `b`, but for what is given."""
    result = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*", **elements}
    if condition is not None:
        result["Condition"] = condition
    return {name: value for name, value in result.items() if value is not None}


def document(*statements: Json, version: str | None = "2012-10-17") -> Document:
    """The document of these statements."""
    whole: dict[str, Json] = {"Statement": list(statements)}
    if version:
        whole["Version"] = version
    parsed = parse(json.dumps(whole))
    assert isinstance(parsed, Document), parsed
    return parsed


def uploads(
    *statements: Json, version: str | None = "2012-10-17", bucket: str | None = "b", exempt: tuple[str, ...] = (), **switches: bool
) -> Verdict:
    """The verdict on uploads without the header."""
    goal = Goal(bucket, "aws", (UPLOADS,), exempt, Assumptions(**switches))
    return decide(document(*statements, version=version), goal)


def name_principal(principal: Principal) -> str:
    """An identity's ARN and session, a service's name, or that nobody signed."""
    match principal:
        case Anonymous():
            return "anonymous"
        case Service(name):
            return name
        case OriginAccessIdentity(arn) | Unmodelled(arn):
            return arn
        case Identity(_, _, arn, session):
            return f"{arn} {session}".strip()


def over_http(*statements: Json, **switches: bool) -> Verdict:
    """The verdict on uploads over plain HTTP."""
    return decide(document(*statements), Goal("b", "aws", (HTTP_UPLOADS,), (), Assumptions(**switches)))


def decide_on(*statements: Json, target: Target, exempt: tuple[str, ...] = (), **switches: bool) -> Verdict:
    """The verdict on one target."""
    allow = {**statement(), "Effect": "Allow"}
    return decide(document(allow, *statements), Goal("b", "aws", (target,), exempt, Assumptions(**switches)))


def denied(verdict: Verdict) -> Denied:
    """The verdict, which must be that everything is denied."""
    assert isinstance(verdict, Denied), verdict
    return verdict


def witness(verdict: Verdict) -> Request:
    """The request of the verdict, which must be a counterexample."""
    assert isinstance(verdict, Counterexample), verdict
    return verdict.request


def reasons(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """The reasons of the verdict, which must be that nothing can be told."""
    assert isinstance(verdict, Undecided), verdict
    return tuple((problem.path, problem.reason) for problem in verdict.reasons)
