"""Who sends a request, as reports name it."""

import pytest

from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Principal, Request, Service, Unmodelled
from offline.report.content import Caller
from offline.results import describe_request

_ORIGIN = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2QWRUHEXAMPLE"
_USER = "arn:aws:iam::111122223333:user/bob"
_FEDERATED = "arn:aws:sts::111122223333:federated-user/eve"


@pytest.mark.parametrize(
    ("principal", "caller"),
    [
        (Anonymous(), Caller("anonymous")),
        (Identity("user", "111122223333", _USER), Caller("user", _USER, "111122223333")),
        (Service("logging.s3.amazonaws.com"), Caller("service", name="logging.s3.amazonaws.com")),
        (OriginAccessIdentity(_ORIGIN), Caller("origin-access-identity", _ORIGIN)),
        (Unmodelled(_FEDERATED), Caller("unmodelled", _FEDERATED)),
    ],
)
def test_every_caller_has_a_kind(principal: Principal, caller: Caller) -> None:
    """Each kind of caller is named, with what is known of it."""
    assert describe_request(Request(principal, "s3:PutObject", "arn:aws:s3:::b/k", ())).principal == caller
