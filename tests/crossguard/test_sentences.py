"""A request and a condition in words."""

import json

import pytest

from bucketpolicy.document import Condition, Document
from bucketpolicy.goal import SSE, SSE_KMS_KEY
from bucketpolicy.nearest import Obstacle
from bucketpolicy.operators import BASE_NAMES
from bucketpolicy.parse import parse
from bucketpolicy.request import Anonymous, Context, Identity, OriginAccessIdentity, Request, Service, Unmodelled
from bucketpolicy.shortest import SESSION, Shortest
from crossguard.messages.requests import describe_request
from crossguard.messages.sentences import describe_nearest, describe_requirement, describe_statements

BUCKET = "reports"
OBJECT = "arn:aws:s3:::reports/a"
HTTPS = (("aws:securetransport", ("true",)),)
USER = Identity("user", "111122223333", "arn:aws:iam::111122223333:user/bob")


def read(condition: dict[str, object], **changes: object) -> Document:
    """A document of one Deny with this condition block."""
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": condition, **changes}
    document = parse(json.dumps({"Version": "2012-10-17", "Statement": statement}))
    assert isinstance(document, Document)
    return document


def condition(operator: str, key: str, value: object) -> Condition:
    """One condition of a document."""
    return read({operator: {key: value}}).statements[0].conditions[0]


@pytest.mark.parametrize(
    ("operator", "key", "value", "expected"),
    [
        ("StringEquals", "aws:PrincipalOrgID", "o-1", "`aws:PrincipalOrgID` is `o-1`"),
        ("StringNotEquals", "aws:PrincipalOrgID", ["o-1", "o-2"], "`aws:PrincipalOrgID` is not `o-1` or `o-2`"),
        ("StringEqualsIgnoreCase", "s3:prefix", "a", "`s3:prefix` is `a`"),
        ("StringLike", "s3:prefix", "a*", "`s3:prefix` is like `a*`"),
        ("StringNotLike", "s3:prefix", "a*", "`s3:prefix` is not like `a*`"),
        ("StringLikeIfExists", "s3:prefix", "a*", "`s3:prefix` is absent or is like `a*`"),
        ("StringNotLikeIfExists", "s3:prefix", "a*", "`s3:prefix` is not like `a*`"),
        ("ForAllValues:StringEquals", "aws:TagKeys", "a", "every value of `aws:TagKeys` is `a`"),
        ("ForAnyValue:StringNotEquals", "aws:TagKeys", "a", "some value of `aws:TagKeys` is not `a`"),
        ("NumericLessThan", "s3:TlsVersion", 1.2, "`s3:TlsVersion` is below `1.2`"),
        ("NumericLessThanEquals", "s3:TlsVersion", "1.2", "`s3:TlsVersion` is at most `1.2`"),
        ("NumericGreaterThan", "s3:TlsVersion", "1.2", "`s3:TlsVersion` is above `1.2`"),
        ("NumericGreaterThanEquals", "s3:TlsVersion", "1.2", "`s3:TlsVersion` is at least `1.2`"),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/8", "`aws:SourceIp` is in `10.0.0.0/8`"),
        ("NotIpAddress", "aws:SourceIp", "10.0.0.0/8", "`aws:SourceIp` is not in `10.0.0.0/8`"),
        ("Null", "s3:prefix", True, "`s3:prefix` is absent"),
        ("Null", "s3:prefix", "False", "`s3:prefix` is present"),
        ("Null", "s3:prefix", ["true", "false"], "`s3:prefix` is absent or present"),
        ("Null", "s3:prefix", "maybe", "`s3:prefix` is absent or present"),
        ("ForAnyValue:Null", "s3:prefix", True, "`ForAnyValue:Null` of `s3:prefix` holds, which it never does"),
        ("ForAllValues:Null", "s3:prefix", True, "`ForAllValues:Null` of `s3:prefix` holds, which it always does"),
        ("StringEquals", "s3:prefix", [], "`s3:prefix` is in an empty list"),
        ("StringEquals", "aws:Referer", "hunter2", "`aws:Referer` is the one given there"),
        ("StringNotEquals", "aws:Referer", ["hunter2", "b"], "`aws:Referer` is not one of those given there"),
        ("StringEquals", "my:token", "hunter2", "a key that AWS does not document is the one given there"),
    ],
)
def test_what_a_condition_wants(operator: str, key: str, value: object, expected: str) -> None:
    """In the words of the language of conditions, without the name of the operator."""
    assert describe_requirement(condition(operator, key, value), 60) == expected


@pytest.mark.parametrize("operator", BASE_NAMES)
def test_every_operator_has_words(operator: str) -> None:
    """None is left without."""
    assert describe_requirement(condition(operator, "s3:prefix", "true"), 60).startswith("`s3:prefix` is ")


def tell(request: Request, document: Document, *, bucket: str | None = BUCKET, anyone: bool = False, headers: tuple[str, ...] = ()) -> str:
    """The sentence, without its end."""
    shown = Shortest(request, frozenset({"aws:principalarn"}), anyone)
    return describe_request(shown, document, bucket, 60, headers).removesuffix(" is not denied.")


@pytest.mark.parametrize(
    ("obstacle", "expected"),
    [
        (
            Obstacle(1, None, "condition", "$", condition=condition("ForAnyValue:Null", SSE, "true")),
            "Statement 1 is nearest, but its `ForAnyValue:Null` never holds.",
        ),
        (Obstacle(1, None, "principal", "$", ("*",)), "Statement 1 is nearest, but is for every caller of one kind only."),
        (Obstacle(1, None, "action", "$", ("*",), negated=True), "Statement 1 is nearest, but its `NotAction` leaves out `*`."),
    ],
)
def test_what_a_statement_asks_for_is_said_as_it_is(obstacle: Obstacle, expected: str) -> None:
    """Of an absent key it is not said that it would have to be absent, and a `*` of services is not everybody."""
    assert describe_nearest(obstacle, Request(USER, "s3:PutObject", OBJECT, HTTPS), 60) == expected


PLAIN = read({})
ROLE = Identity("role", "1", "arn:aws:iam::1:role/r", SESSION)


@pytest.mark.parametrize(
    ("request_", "anyone", "expected"),
    [
        (Request(Anonymous(), "s3:PutObject", OBJECT, HTTPS), False, f"An anonymous upload to `{OBJECT}` over HTTPS"),
        (Request(Anonymous(), "s3:GetObject", OBJECT, HTTPS), False, f"An anonymous `s3:GetObject` on `{OBJECT}` over HTTPS"),
        (Request(USER, "s3:GetObject", OBJECT, HTTPS), True, f"`s3:GetObject` on `{OBJECT}` by an IAM user over HTTPS"),
        (Request(USER, "s3:PutObject", OBJECT, HTTPS), False, f"An upload to `{OBJECT}` by the user `{USER.arn}` over HTTPS"),
        (Request(ROLE, "s3:PutObject", OBJECT, HTTPS), False, f"An upload to `{OBJECT}` by the role `arn:aws:iam::1:role/r` over HTTPS"),
        (
            Request(ROLE._replace(session="s"), "s3:PutObject", OBJECT, HTTPS),
            False,
            f"An upload to `{OBJECT}` by the role `arn:aws:iam::1:role/r` in the session `s` over HTTPS",
        ),
        (
            Request(Identity("root", "1", "arn:aws:iam::1:root"), "s3:PutObject", OBJECT, HTTPS),
            False,
            f"An upload to `{OBJECT}` by the root user of account `1` over HTTPS",
        ),
        (
            Request(Service("logging.s3.amazonaws.com"), "s3:PutObject", OBJECT, HTTPS),
            False,
            f"An upload to `{OBJECT}` by the service `logging.s3.amazonaws.com` over HTTPS",
        ),
        (
            Request(
                OriginAccessIdentity("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"), "s3:GetObject", OBJECT, HTTPS
            ),
            False,
            f"`s3:GetObject` on `{OBJECT}` by the CloudFront origin access identity `E1` over HTTPS",
        ),
        (
            Request(Unmodelled("arn:aws:sts::1:federated-user/eve"), "s3:GetObject", OBJECT, HTTPS),
            False,
            f"`s3:GetObject` on `{OBJECT}` by the caller `arn:aws:sts::1:federated-user/eve` over HTTPS",
        ),
        (
            Request(USER, "s3:PutObject", OBJECT, (*HTTPS, ("s3:tlsversion", ("1.1",)))),
            True,
            f"An upload to `{OBJECT}` by an IAM user over TLS 1.1",
        ),
        (
            Request(USER, "s3:PutObject", OBJECT, (("aws:securetransport", ("false",)), ("s3:tlsversion", ("1.1",)))),
            True,
            f"An upload to `{OBJECT}` by an IAM user over plain HTTP with `s3:TlsVersion` = `1.1`",
        ),
        (
            Request(USER, "s3:PutObject", OBJECT, (("aws:principalarn", (USER.arn,)),)),
            True,
            f"An upload to `{OBJECT}` by an IAM user without `aws:SecureTransport`",
        ),
    ],
)
def test_a_request(request_: Request, anyone: bool, expected: str) -> None:  # noqa: FBT001  a table's column
    """Who, what and how; a caller by name only where the name matters."""
    assert tell(request_, PLAIN, anyone=anyone) == expected


def upload(*context: tuple[str, tuple[str, ...]]) -> Request:
    """An upload by some user over TLS, with more keys."""
    full: Context = tuple(sorted([*HTTPS, *context]))
    return Request(USER, "s3:PutObject", OBJECT, full)


@pytest.mark.parametrize(
    ("key", "document", "expected"),
    [
        ("aws:sourcevpce", PLAIN, " with `aws:SourceVpce` = `hunter2`"),
        ("aws:referer", read({"StringEquals": {"aws:Referer": "a"}}), " with a value of `aws:Referer` other than the one in Statement 1"),
        (
            "aws:referer",
            read({"StringNotLike": {"aws:Referer": "hunter*"}}, Sid="Mine"),
            " with the value of `aws:Referer` that Statement 1 (`Mine`) names",
        ),
        ("aws:referer", read({}, Resource=f"{OBJECT}/${{aws:Referer}}"), " with some value of `aws:Referer`"),
        (
            "my:token",
            read({"StringEquals": {"my:token": "a"}}),
            " with a value of a key that AWS does not document other than the one in Statement 1",
        ),
    ],
)
def test_a_key_of_a_request(key: str, document: Document, expected: str) -> None:
    """With its value; and where that may be a secret, by the statement that speaks of it."""
    told = tell(upload((key, ("hunter2",))), document, anyone=True)
    assert told == f"An upload to `{OBJECT}` by an IAM user over HTTPS{expected}"


def test_every_value_of_a_key_is_told() -> None:
    """However many there are: without one of them the request may be another."""
    values = tuple(f"tag-{number}" for number in range(6))
    told = tell(upload(("aws:tagkeys", values)), PLAIN)
    assert all(f"`{value}`" in told for value in values)


def test_the_header_is_told_where_it_matters() -> None:
    """That it is missing, for the policy that asks for it; which one it is, always."""
    having = upload(("s3:x-amz-server-side-encryption", ("AES256",)))
    assert tell(having, PLAIN, headers=(SSE,)).endswith(" with the header `x-amz-server-side-encryption: AES256`")
    assert tell(upload(), PLAIN, headers=(SSE,)).endswith(" without the header `x-amz-server-side-encryption`")
    assert tell(upload()._replace(action="s3:PutObjectAcl"), PLAIN, headers=("s3:x-amz-acl",)).endswith(" without the header `x-amz-acl`")
    assert tell(having, PLAIN, headers=(SSE_KMS_KEY,)).endswith(
        " with the header `x-amz-server-side-encryption: AES256` and without the header `x-amz-server-side-encryption-aws-kms-key-id`"
    )
    assert tell(upload((SSE_KMS_KEY, ("k",))), PLAIN, headers=(SSE, SSE_KMS_KEY)).endswith(
        " with `s3:x-amz-server-side-encryption-aws-kms-key-id` = `k` and without the header `x-amz-server-side-encryption`"
    )


@pytest.mark.parametrize("bucket", [None, "hunter2!", "a*b"])
def test_a_name_that_is_none_is_not_shown(bucket: str | None) -> None:
    """Neither one that was made up for a bucket whose name is not known, nor one that no bucket has."""
    on_object = upload()._replace(resource=f"arn:aws:s3:::{bucket}/a")
    on_bucket = on_object._replace(action="s3:ListBucket", resource=f"arn:aws:s3:::{bucket}")
    assert tell(on_object, PLAIN, bucket=bucket, anyone=True) == "An upload to an object of this bucket by an IAM user over HTTPS"
    assert tell(on_bucket, PLAIN, bucket=bucket, anyone=True) == "`s3:ListBucket` on this bucket by an IAM user over HTTPS"


def test_statements_that_deny_different_things_are_told_one_by_one() -> None:
    """With what each denies."""
    added = (
        '{"Sid":"A","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":{"Null":{"s3:x-amz-acl":"true"}}}',
        '{"Sid":"B","Effect":"Deny","Principal":"*","Action":"s3:ListBucket","Resource":"arn:aws:s3:::b"}',
    )
    expected = "deny `s3:PutObject` on its objects (`/*`) where `s3:x-amz-acl` is absent"
    assert describe_statements(added, 60) == f"{expected}; in another statement, deny `s3:ListBucket` on the bucket's own ARN"
