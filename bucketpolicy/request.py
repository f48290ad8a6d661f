"""A request to S3, as a bucket policy sees it: who, what, on which ARN, and with which condition keys."""

from typing import Literal, NamedTuple


class Anonymous(NamedTuple):
    """A caller who signed nothing."""


class Identity(NamedTuple):
    """
    A signed caller of an AWS account.

    `arn` is what `aws:PrincipalArn` says of it: an IAM ARN (`...:root`, `...:user/path/name`, `...:role/path/name`).
    `session` is the name of the role's session, "" for everybody but roles.
    """

    kind: Literal["root", "user", "role"]
    account: str
    arn: str
    session: str = ""


class Service(NamedTuple):
    """An AWS service calling by its own name (`logging.s3.amazonaws.com`)."""

    name: str


class OriginAccessIdentity(NamedTuple):
    """
    CloudFront calling for a distribution with an origin access identity, which signs requests and is of no account.

    `arn` is what `aws:PrincipalArn` says of it: `arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE`.
    """

    arn: str


class Unmodelled(NamedTuple):
    """
    A signed caller of whom only `aws:PrincipalArn` is known, which is of another form than those above.

    A federated user of STS is one, and whatever form AWS may add: nothing gets through on account of one, and none counts as impossible.
    """

    arn: str


#: Stands for the account of a caller who has one that nobody knows.
SOME_ACCOUNT = "000000000000"

Principal = Anonymous | Identity | Service | OriginAccessIdentity | Unmodelled

#: Condition key in lower case, and its values: one for a single-valued key. A key that is absent is not in the context.
Context = tuple[tuple[str, tuple[str, ...]], ...]


class Request(NamedTuple):
    """
    One concrete request; also a counterexample.

    `action` in the table's spelling (`s3:PutObject`), `resource` the whole ARN, `context` sorted by key.
    """

    principal: Principal
    action: str
    resource: str
    context: Context
