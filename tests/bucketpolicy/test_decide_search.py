"""What the search is blamed for, which of its holes is shown, and on which switches that rests."""

import pytest

from bucketpolicy.document import Document, Problem
from bucketpolicy.goal import SSE, SSE_CUSTOMER, TRANSPORT, Absent, Equal, Goal, Target
from bucketpolicy.proof.budget import Budget
from bucketpolicy.proof.decide import decide
from bucketpolicy.verdict import Counterexample, Undecided
from tests.bucketpolicy.verdicts import UPLOADS, decide_on, document, over_http, reasons, statement, witness

ALLOW = {**statement(), "Effect": "Allow"}
TOO_COMPLEX = "the document is too complex: the search gave up, and this statement cost it most"


@pytest.mark.parametrize("place", range(3))
def test_the_statement_that_costs_most_is_blamed(place: int) -> None:
    """Wherever it stands among those that cost nothing."""
    costly = statement({"Null": {SSE: "true"}}, Resource=["arn:aws:s3:::b/*a*b*c*", "arn:aws:s3:::b/*c*b*a*"])
    statements = [ALLOW, ALLOW]
    statements.insert(place, costly)
    verdict = decide(document(*statements), Goal("b", "aws", (UPLOADS,)), Budget(30))
    assert reasons(verdict) == ((f"$.Statement[{place}]", TOO_COMPLEX),)


def test_a_document_without_statements_is_blamed_as_a_whole() -> None:
    """There is nothing else to point at."""
    verdict = decide(Document(variables=True, statements=()), Goal("b", "aws", (UPLOADS,)), Budget(0))
    assert verdict == Undecided((Problem("$", TOO_COMPLEX),))


@pytest.mark.parametrize("actions", [("s3:PutObject", "s3:GetObject"), ("s3:GetObject", "s3:PutObject")])
def test_a_request_that_s3_takes_is_looked_for(actions: tuple[str, ...]) -> None:
    """A download, where every upload that is left would have an algorithm that S3 does not know."""
    unknown = statement({"StringLikeIfExists": {SSE_CUSTOMER: "AES*"}}, Resource="arn:aws:s3:::b/?*")
    request = witness(decide_on(unknown, target=Target(actions, "object", (Equal(TRANSPORT, "false"),))))
    assert (request.action, dict(request.context)) == ("s3:GetObject", {TRANSPORT: ("false",)})


def test_a_counterexample_names_the_switch_that_every_literal_of_a_statement_depends_on() -> None:
    """A statement of which another literal is not true does not matter, whatever the doubtful one means."""
    doubtful = {"StringEquals": {TRANSPORT: "true"}}
    for condition, assumptions in (({"Null": {SSE: "true"}}, ("string-op-on-bool-key",)), ({"Null": {SSE: "false"}}, ())):
        target = Target(("s3:PutObject",), "object", (Equal(TRANSPORT, "false"), Absent(SSE)))
        verdict = decide_on(statement({**doubtful, **condition}), target=target)
        assert isinstance(verdict, Counterexample)
        assert verdict.assumptions == assumptions
    other = over_http(statement({**doubtful, "StringEquals": {TRANSPORT: "true", "s3:x-amz-acl": "private"}}))
    assert isinstance(other, Counterexample)
    assert other.assumptions == ()
