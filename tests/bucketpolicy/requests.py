"""What the tests of `evaluate` ask with: documents, callers, requests, and one condition at a time."""

import json

from bucketpolicy.document import Document
from bucketpolicy.goal import Assumptions
from bucketpolicy.parse import parse
from bucketpolicy.request import Context, Identity, Principal, Request, Service
from bucketpolicy.semantics.evaluate import Truth, is_denied

Json = dict[str, object]
DENY: Json = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}
ACCOUNT = "111122223333"
ROLE = Identity("role", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/team/app", "one")
USER = Identity("user", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/bob")
ROOT = Identity("root", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root")
SERVICE = Service("logging.s3.amazonaws.com")
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/one"
ON = Assumptions()


def read(*statements: Json, version: str = "2012-10-17") -> Document:
    """The document of these statements."""
    document = parse(json.dumps({"Version": version, "Statement": list(statements)}))
    assert isinstance(document, Document)
    return document


def ask(principal: Principal = ROLE, action: str = "s3:PutObject", resource: str = "arn:aws:s3:::b/k", context: Context = ()) -> Request:
    """A request, an upload by a role where nothing else is said."""
    return Request(principal, action, resource, context)


def when(condition: object, *values: str | None, key: str = "s3:prefix", version: str = "2012-10-17", on: Assumptions = ON) -> Truth:
    """Whether a Deny with this condition applies where the key has these values; None among them: where it is absent."""
    context = () if None in values else ((key.lower(), tuple(value for value in values if value is not None)),)
    return is_denied(read({**DENY, "Condition": condition}, version=version), ask(context=context), on)
