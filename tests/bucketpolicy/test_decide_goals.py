"""Goals of every shape: accepted values, bounds, several targets, and none."""

import pytest

from bucketpolicy.goal import SSE, TRANSPORT, AbsentOrOther, Below, Equal, Goal, Target
from bucketpolicy.proof.decide import decide
from bucketpolicy.verdict import Denied
from tests.bucketpolicy.verdicts import NULL, decide_on, denied, document, reasons, statement, uploads, witness

BOTH = ("s3:PutObject", "s3:GetObject")
KMS = "s3:x-amz-server-side-encryption-aws-kms-key-id"
OTHER_HEADER = AbsentOrOther(SSE, ("aws:kms",))


def test_accepted_values_of_the_header() -> None:
    """Absent or another value must be denied, and only values that S3 takes are shown."""
    target = Target(("s3:PutObject",), "object", (OTHER_HEADER,))
    denied(decide_on(statement({"StringNotEquals": {SSE: "aws:kms"}}), target=target))
    assert SSE not in dict(witness(decide_on(target=target)).context)
    request = witness(decide_on(statement(NULL), target=target))
    assert dict(request.context)[SSE] == ("AES256",)
    listed = statement({"StringEquals": {SSE: ["AES256", "aws:kms:dsse", "aws:fsx", "aws:backup"]}})
    unsent = (("$", "only requests that nobody is known to send get through"),)
    assert reasons(decide_on(statement(NULL), listed, target=target)) == unsent
    globbed = statement({"StringLike": {SSE: ["A*", "aws:*"]}})
    assert reasons(decide_on(statement(NULL), globbed, target=target)) == unsent
    assert dict(witness(decide_on(statement(NULL), statement({"StringLike": {SSE: "A*"}}), target=target)).context)[SSE] == (
        "aws:kms:dsse",
    )


def test_the_key_id_is_not_the_header() -> None:
    """S3 fills in the key id from the bucket's default: a condition on it alone says nothing about the header."""
    request = witness(uploads(statement({"Null": {KMS: "true"}})))
    assert dict(request.context)[KMS][0].startswith("arn:aws:kms:")
    key = "arn:aws:kms:eu-west-1:111122223333:key/one"
    target = Target(("s3:PutObject",), "object", (AbsentOrOther(KMS, (key,)),))
    denied(decide_on(statement({"ArnNotEquals": {KMS: key}}), target=target))
    denied(decide_on(statement({"StringNotEquals": {KMS: key}}), target=target))
    witness(decide_on(statement({"StringNotLike": {KMS: "*key/one"}}), target=target))


def test_versions_of_tls_below_a_bound() -> None:
    """Exact numbers; the versions that exist are shown first."""
    target = Target(("s3:PutObject",), "object", (Equal(TRANSPORT, "true"), Below("s3:tlsversion", "1.3")))
    denied(decide_on(statement({"NumericLessThan": {"s3:TlsVersion": "1.30"}}), target=target))
    assert dict(witness(decide_on(target=target)).context)["s3:tlsversion"] == ("1.2",)
    request = witness(decide_on(statement({"NumericLessThan": {"s3:TlsVersion": 1.2}}), target=target))
    assert dict(request.context)["s3:tlsversion"] == ("1.2",)
    gap = statement({"NumericNotEquals": {"s3:TlsVersion": ["1.25", "1.26"]}})
    assert denied(decide_on(gap, target=target)).assumptions == ("tls-versions-are-known",)
    assert dict(witness(decide_on(gap, target=target, tls_versions_are_known=False)).context)["s3:tlsversion"] == ("1.25",)
    finer = [
        statement({"NumericLessThanEquals": {"s3:TlsVersion": "1.21"}}),
        statement({"NumericGreaterThanEquals": {"s3:TlsVersion": "1.23"}}),
    ]
    assert denied(decide_on(*finer, target=target)).assumptions == ("tls-versions-are-known",)
    assert dict(witness(decide_on(*finer, target=target, tls_versions_are_known=False)).context)["s3:tlsversion"] == ("1.22",)
    finest = [
        statement({"NumericLessThanEquals": {"s3:TlsVersion": "1.200000000000001"}}),
        statement({"NumericGreaterThanEquals": {"s3:TlsVersion": "1.200000000000002"}}),
    ]
    assert reasons(decide_on(*finest, target=target, tls_versions_are_known=False)) == (
        ("$", "only requests that nobody is known to send get through"),
    )
    negative = [statement({"NumericGreaterThanEquals": {"s3:TlsVersion": "0"}})]
    assert reasons(decide_on(*negative, target=target, tls_versions_are_known=False))


def test_every_action_and_both_shapes_of_resource_count() -> None:
    """One action left out is a counterexample, on the bucket or on an object."""
    targets = (Target(BOTH, "object", ()), Target(("s3:ListBucket",), "bucket", ()))
    goal = Goal("b", "aws", targets)
    everything = statement(Action=["s3:*Object", "s3:List*"], Resource=["arn:aws:s3:::b", "arn:aws:s3:::b/*"])
    assert isinstance(decide(document(everything), goal), Denied)
    assert witness(decide(document(statement(Action="s3:P*", Resource="*")), goal)).action == "s3:GetObject"
    assert witness(decide(document(statement(Action="s3:*Object", Resource="*")), goal)).action == "s3:ListBucket"


def test_a_goal_without_requests_is_denied() -> None:
    """Everybody is exempt, or no value is left."""
    assert denied(decide(document(statement(NULL)), Goal("b", "aws", ()))).statements == ()
    nobody = Target(("s3:PutObject",), "object", (Equal(TRANSPORT, "true"), Equal(TRANSPORT, "false")))
    assert denied(decide_on(target=nobody)).proof.covers == ((),)


def test_a_goal_may_ask_for_a_text() -> None:
    """A restriction to one very value of a key."""
    target = Target(("s3:PutObject",), "object", (Equal(SSE, "aws:kms"),))
    denied(decide_on(statement({"StringLike": {SSE: "aws:*"}}), target=target))
    assert dict(witness(decide_on(statement({"StringEquals": {SSE: "AES256"}}), target=target)).context)[SSE] == ("aws:kms",)


def test_a_restriction_that_does_not_fit_its_key_is_a_mistake_of_the_program() -> None:
    """Goals are ours, not the user's."""
    with pytest.raises(AssertionError):
        decide_on(target=Target(("s3:PutObject",), "object", (Below(TRANSPORT, "1"),)))
    with pytest.raises(AssertionError):
        decide_on(target=Target(("s3:PutObject",), "object", (Below("s3:tlsversion", "new"),)))
