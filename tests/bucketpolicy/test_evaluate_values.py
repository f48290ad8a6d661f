"""How each family of operators compares values."""

import pytest

from bucketpolicy.goal import SSE
from bucketpolicy.semantics.evaluate import Truth
from tests.bucketpolicy.requests import ON, ROLE, when


@pytest.mark.parametrize(
    ("operator", "key", "policy", "value", "expected"),
    [
        ("StringEquals", "s3:prefix", "a*", "ab", False),
        ("StringLike", "s3:prefix", "a*", "ab", True),
        ("StringLike", "s3:prefix", "A*", "ab", False),
        ("StringLike", "s3:prefix", "", "x", False),
        ("StringEquals", "s3:prefix", "${aws:username}", "bob", False),
        ("StringNotEquals", "s3:prefix", "${aws:username}", "bob", True),
        ("StringEquals", "s3:prefix", "${aws:username, 'bob'}", "bob", True),
        ("StringEquals", "s3:prefix", ["${", "bob"], "bob", True),
        ("StringEquals", "s3:prefix", "bo${", "bob", None),
        ("StringNotEquals", "s3:prefix", "bo${", "bob", None),
        ("StringEqualsIgnoreCase", "s3:prefix", "Bob", "bOB", True),
        ("StringEqualsIgnoreCase", "s3:prefix", "Bob", "eve", False),
        ("StringEqualsIgnoreCase", "s3:prefix", "B*", "bob", False),
        ("StringEqualsIgnoreCase", "s3:prefix", "É", "É", True),
        ("StringEqualsIgnoreCase", "s3:prefix", "É", "é", None),
        ("StringEqualsIgnoreCase", "s3:prefix", "k", "\u212a", None),
        ("StringEqualsIgnoreCase", "s3:prefix", "straße", "STRASSE", None),
        ("StringEqualsIgnoreCase", "s3:prefix", "É", "e", False),
        ("StringEqualsIgnoreCase", "s3:prefix", "É${", "é", None),
        ("StringEqualsIgnoreCase", "s3:prefix", "e${", "E", None),
        ("StringNotEqualsIgnoreCase", "s3:prefix", "É", "é", None),
        ("Bool", "aws:SecureTransport", "false", "false", True),
        ("Bool", "aws:SecureTransport", "False", "false", True),
        ("Bool", "aws:SecureTransport", "true", "false", False),
        ("Bool", "aws:SecureTransport", ["true", "false"], "false", True),
        ("Bool", "aws:SecureTransport", "0", "false", None),
        ("Bool", "aws:SecureTransport", "${x}", "false", None),
        ("StringEquals", "aws:SecureTransport", "false", "false", True),
        ("StringEquals", "aws:SecureTransport", "False", "false", False),
        ("StringNotEquals", "aws:SecureTransport", "true", "false", True),
        ("StringLike", "aws:SecureTransport", "f*", "false", True),
        ("Bool", SSE, "false", "AES256", None),
        ("NumericEquals", "aws:SecureTransport", "0", "false", None),
        ("ArnLike", "aws:SecureTransport", "arn:aws:iam::1:root", "false", None),
        ("StringEquals", "aws:EpochTime", "60", "60", None),
        ("StringEquals", "s3:TlsVersion", "1.2", "1.2", None),
        ("NumericLessThan", "s3:TlsVersion", ["1.1", "1.3"], "1.2", True),
        ("NumericLessThan", "s3:TlsVersion", "1.2", "1.2", False),
        ("NumericGreaterThanEquals", "s3:TlsVersion", "1.2", "1.2", True),
        ("NumericLessThan", "s3:TlsVersion", "TLS1.2", "1.2", None),
        ("DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00Z", "2029-12-31T23:59:59Z", True),
        ("DateGreaterThan", "aws:CurrentTime", "2030-01-01", "2029-12-31T23:59:59Z", False),
        ("DateEquals", "aws:EpochTime", "1970-01-01T00:01:00Z", "60", True),
        ("NumericLessThan", "aws:EpochTime", "61", "60", True),
        ("NumericLessThan", "aws:CurrentTime", "61", "60", None),
        ("DateNotEquals", "aws:CurrentTime", "2030", "2029-12-31T23:59:59Z", None),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/8", "10.2.3.4", True),
        ("NotIpAddress", "aws:SourceIp", ["10.0.0.0/8", "192.168.0.0/16"], "2001:db8::1", True),
        ("NotIpAddress", "aws:SourceIp", "10.0.0.0/8", "10.2.3.4", False),
        ("StringEquals", "aws:SourceIp", "10.2.3.4", "10.2.3.4", None),
        ("IpAddress", "s3:prefix", "10.0.0.0/8", "10.2.3.4", None),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/team/*", ROLE.arn, True),
        ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::*:role/team/*", ROLE.arn, True),
        ("ArnLike", "aws:PrincipalArn", "arn:*:role/team/*", ROLE.arn, None),
        ("ArnLike", "aws:PrincipalArn", "arn:*:*:*:*:*", ROLE.arn, True),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam*:111122223333:*:*", ROLE.arn, False),
        ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/Team/*", ROLE.arn, True),
        ("ArnLike", "aws:PrincipalArn", "*", ROLE.arn, None),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*", "not-an-arn", False),
        ("ArnLike", "aws:PrincipalArn", "*:*:*:*:*:*", "a:b:c:d:e", False),
        ("ArnLike", "aws:PrincipalArn", "*:${aws:username, 'x'}*:*:*:*:*", "a:xb:c:d:e", False),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::${aws:username}:role/*", ROLE.arn, False),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::${aws:username, '111122223333'}:role/*", ROLE.arn, True),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam:${aws:username, ':111122223333'}:role/*:*", ROLE.arn + ":x", None),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::1111${aws:username, '*'}:role/*", ROLE.arn, None),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::${:role/*", ROLE.arn, None),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:s3:::${aws:username, '*'}", ROLE.arn, False),
        ("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*", ROLE.arn, True),
        ("ArnLike", "aws:userid", "arn:aws:iam::*:role/*", ROLE.arn, None),
        ("BinaryEquals", "s3:prefix", "QmluYXJ5", "QmluYXJ5", None),
        ("BinaryEquals", "custom:key", "QmluYXJ5", "QmluYXJ5", None),
        ("BinaryEquals", "custom:key", "true", "true", None),
        ("StringEquals", "custom:key", "a", "a", True),
        ("NumericEquals", "custom:key", "1.0", "1", True),
    ],
)
def test_values_compare_by_family(operator: str, key: str, policy: object, value: str, expected: Truth) -> None:
    """Each operator's own comparison; a family that does not fit the key's type is left open, but for texts of ARNs and of booleans."""
    assert when({operator: {key: policy}}, value, key=key) is expected


def test_texts_on_boolean_keys_are_an_assumption() -> None:
    """Without it `StringEquals aws:SecureTransport false` claims nothing, and still nothing is claimed of an absent key's own rule."""
    off = ON._replace(string_op_on_bool_key=False)
    condition = {"StringEquals": {"aws:SecureTransport": "false"}}
    assert when(condition, "false", key="aws:SecureTransport", on=off) is None
    assert when(condition, None, key="aws:SecureTransport", on=off) is False


def test_open_points_in_arns_of_old_documents() -> None:
    """`${*}` is an escape or a wildcard in braces; where both match, the answer is known."""
    arn = "arn:aws:iam::111122223333:role/"
    for value, expected in ((f"{arn}*", None), (f"{arn}${{x}}", None), (f"{arn}x", False)):
        condition = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/${*}"}}
        assert when(condition, value, key="aws:PrincipalArn", version="2008-10-17") is expected


def test_arns_in_old_documents_have_no_variables() -> None:
    """There `${` is ordinary text."""
    for text, expected in (("arn:aws:iam::*:role/team/app", True), ("arn:aws:iam::*:role/${*}", False), ("arn:*:*:*:*:*${?}", False)):
        assert when({"ArnLike": {"aws:PrincipalArn": text}}, ROLE.arn, key="aws:PrincipalArn", version="2008-10-17") is expected
