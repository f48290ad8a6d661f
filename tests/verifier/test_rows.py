"""Each row of AWS's rules that the verifier models (docs/semantics.md), by documents that deny by it and that do not."""

import json
from typing import Any

import pytest

from tests.verifier.making import ASSUMPTIONS, OVER_HTTP, SSE, WITHOUT_HEADER, Bench, certify, deny
from verifier import verify

TRANSPORT, TLS = "aws:SecureTransport", "s3:TlsVersion"
HTTP = {"Bool": {TRANSPORT: "false"}}
NULL = {"Null": {SSE: "true"}}
ACCOUNT, ROOT = "111122223333", "arn:aws:iam::111122223333:root"
ROLE, USER = "arn:aws:iam::111122223333:role/p/r", "arn:aws:iam::111122223333:user/u"
SERVICE, IDENTITY = "logging.s3.amazonaws.com", "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E"
KEY = f"{SSE}-aws-kms-key-id"
KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/k"
OTHER_THAN_KMS = ({"key": SSE, "is": "absent-or-other", "values": ["aws:kms"]},)
BELOW = ({"key": TLS, "is": "below", "values": ["1.2"]},)
ALWAYS: tuple[Any, ...] = ()


def tag(*conditions: dict[str, Any]) -> list[dict[str, Any]]:
    """A statement for each condition."""
    return [deny(condition) for condition in conditions]


def named(**element: Any) -> list[dict[str, Any]]:
    """One statement over HTTP, with this element."""
    return [deny(HTTP, **element)]


# row, statements, where, status, and more of the certificate
ROWS: list[tuple[str, list[dict[str, Any]], tuple[Any, ...], int, dict[str, Any]]] = [
    ("S-07 an Allow denies nothing", [deny(Effect="Allow")], ALWAYS, 1, {}),
    ("S-07 a Deny does", [deny()], ALWAYS, 0, {}),
    ("S-08 conditions are ANDed", tag({**NULL, **HTTP}), WITHOUT_HEADER, 1, {}),
    ("S-08 keys are ANDed", tag({"Null": {SSE: "true", "s3:prefix": "true"}}), WITHOUT_HEADER, 1, {}),
    ("S-10 everybody", named(Principal={"AWS": "*"}), OVER_HTTP, 0, {}),
    ("S-11 services by assumption", named(Principal={"AWS": "*"}), OVER_HTTP, 1, {"without": "aws-star-covers-services"}),
    ("S-11 or else named", named(Principal={"AWS": "*"}), OVER_HTTP, 1, {"without": "aws-star-covers-services", "exempt": (SERVICE,)}),
    ("S-12 an account is not everybody", named(Principal={"AWS": ACCOUNT}), OVER_HTTP, 1, {}),
    (
        "S-12 the account is its identities",
        [*named(Principal={"AWS": ROOT}), *named(Principal=None, NotPrincipal={"AWS": ACCOUNT})],
        OVER_HTTP,
        0,
        {},
    ),
    (
        "S-12 not another one",
        [*named(Principal={"AWS": "222233334444"}), *named(Principal=None, NotPrincipal={"AWS": ACCOUNT})],
        OVER_HTTP,
        1,
        {},
    ),
    (
        "S-12 an id with :root is none",
        [*named(Principal={"AWS": f"{ACCOUNT}:root"}), *named(Principal=None, NotPrincipal={"AWS": ACCOUNT})],
        OVER_HTTP,
        1,
        {},
    ),
    ("S-13 a role is itself", [*named(Principal={"AWS": ROLE}), *named(Principal=None, NotPrincipal={"AWS": ROLE})], OVER_HTTP, 0, {}),
    (
        "S-13 a session is part of one",
        [*named(Principal={"AWS": ROLE}), *named(Principal=None, NotPrincipal={"AWS": ROLE.replace("iam", "sts")})],
        OVER_HTTP,
        1,
        {},
    ),
    ("S-15 a canonical user", named(Principal=None, NotPrincipal={"CanonicalUser": "f" * 64}), OVER_HTTP, 1, {}),
    ("S-15 any service", named(Principal={"AWS": "*", "Service": "*"}), OVER_HTTP, 1, {"without": "aws-star-covers-services"}),
    ("S-16 the others are not spared", named(Principal=None, NotPrincipal={"AWS": [ROLE, ROOT]}), OVER_HTTP, 0, {"exempt": (ACCOUNT,)}),
    ("S-16 who is in the account may be", named(Principal=None, NotPrincipal={"AWS": [ROLE, ROOT]}), OVER_HTTP, 1, {"exempt": (ROLE,)}),
    ("S-16 a service", named(Principal=None, NotPrincipal={"Service": SERVICE}), OVER_HTTP, 0, {"exempt": (SERVICE,)}),
    ("S-16 not another one", named(Principal=None, NotPrincipal={"Service": SERVICE}), OVER_HTTP, 1, {"exempt": ("x.amazonaws.com",)}),
    ("S-16 everybody", named(Principal=None, NotPrincipal="*"), OVER_HTTP, 1, {}),
    (
        "S-17 the root keeps the policy",
        named(Action="s3:PutBucketPolicy", Resource="arn:aws:s3:::bucket", Principal=None, NotPrincipal={"AWS": ROOT}),
        OVER_HTTP,
        1,
        {"actions": ("s3:PutBucketPolicy",), "on": "bucket"},
    ),
    (
        "S-17 and nothing else",
        [deny({**HTTP, "ArnNotEquals": {"aws:PrincipalArn": ROOT}}, Action="s3:*Bucket*", Resource="arn:aws:s3:::bucket")],
        OVER_HTTP,
        0,
        {"actions": ("s3:PutBucketPolicy", "s3:GetBucketPolicy", "s3:DeleteBucketPolicy"), "on": "bucket"},
    ),
    (
        "S-17 others are denied",
        [deny({**HTTP, "ArnNotEquals": {"aws:PrincipalArn": ROOT}}, Action="s3:*Bucket*", Resource="arn:aws:s3:::bucket")],
        OVER_HTTP,
        1,
        {"actions": ("s3:PutBucketPolicy", "s3:ListBucket"), "on": "bucket"},
    ),
    (
        "S-18 an origin access identity",
        [deny({**HTTP, "StringNotEquals": {"aws:PrincipalArn": IDENTITY}})],
        OVER_HTTP,
        0,
        {"exempt": (IDENTITY,)},
    ),
    ("S-18 must be exempt", [deny({**HTTP, "StringNotEquals": {"aws:PrincipalArn": IDENTITY}})], OVER_HTTP, 1, {}),
    (
        "S-19 other forms call too",
        [deny({**HTTP, "ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::*:*"]}}), deny({**HTTP, "Null": {"aws:PrincipalArn": "true"}})],
        OVER_HTTP,
        1,
        {},
    ),
    (
        "S-19 of the partition",
        [
            deny({**HTTP, "ArnLike": {"aws:PrincipalArn": "arn:aws:*:*:*:*"}}),
            deny({**HTTP, "StringNotLike": {"aws:PrincipalArn": "arn:aws:*:*:*:*"}}),
        ],
        OVER_HTTP,
        0,
        {},
    ),
    ("S-20 actions have no case", named(Action="S3:pUTo?JECT"), OVER_HTTP, 0, {}),
    ("S-20 a pattern", named(Action=["s3:Get*", "s3:P*t"]), OVER_HTTP, 0, {}),
    (
        "S-20 KELVIN SIGN is no k",
        named(Action="s3:ListBuc\u212aet", Resource="arn:aws:s3:::bucket"),
        OVER_HTTP,
        1,
        {"actions": ("s3:ListBucket",), "on": "bucket"},
    ),
    ("S-20 everything", named(Action="*"), OVER_HTTP, 0, {}),
    ("S-20 a service with a wildcard", named(Action="s3*:PutObject"), OVER_HTTP, 1, {}),
    ("S-20 no service", named(Action="PutObject"), OVER_HTTP, 1, {}),
    ("S-20 another service", named(Action="s3express:*"), OVER_HTTP, 1, {}),
    ("S-20 all but", named(Action=None, NotAction="s3:Get*"), OVER_HTTP, 0, {}),
    ("S-20 all but it", named(Action=None, NotAction="s3:Put*"), OVER_HTTP, 1, {}),
    ("S-22 every object", named(Resource="arn:aws:s3:::bucket/?*"), OVER_HTTP, 0, {}),
    ("S-22 and the bucket", named(Resource="arn:aws:s3:::bucket*"), OVER_HTTP, 0, {}),
    ("S-22 not the bucket alone", named(Resource="arn:aws:s3:::bucket", Action="s3:*"), OVER_HTTP, 1, {}),
    ("S-22 not a folder alone", named(Resource="arn:aws:s3:::bucket/?*/*"), OVER_HTTP, 1, {}),
    (
        "S-22 a letter beyond 16 bits is one or two",
        [*named(Resource="arn:aws:s3:::bucket/?"), *named(Resource=None, NotResource="arn:aws:s3:::bucket/?")],
        OVER_HTTP,
        0,
        {},
    ),
    ("S-22 of all lengths", [*named(Resource="arn:aws:s3:::bucket/??*"), *named(Resource="arn:aws:s3:::bucket/a")], OVER_HTTP, 1, {}),
    ("S-22 an odd letter in a pattern", named(Resource=["arn:aws:s3:::bucket/\U0001f600*"]), OVER_HTTP, 3, {}),
    ("S-23 a wildcard before the name", named(Resource="arn:aws:s3:*:*:bucket/*"), OVER_HTTP, 1, {"without": "refused-by-s3"}),
    ("S-23 everything", named(Resource="*"), OVER_HTTP, 0, {"without": "refused-by-s3"}),
    ("S-24 another partition", named(Resource="arn:aws-cn:s3:::bucket/*"), OVER_HTTP, 1, {}),
    ("S-24 the bucket's", named(Resource="arn:aws-cn:s3:::bucket/*"), OVER_HTTP, 0, {"partition": "aws-cn"}),
    ("S-25 all but", named(Resource=None, NotResource="arn:aws:s3:::other/*"), OVER_HTTP, 0, {}),
    ("S-25 all but a part", named(Resource=None, NotResource="arn:aws:s3:::bucket/a*"), OVER_HTTP, 1, {}),
    ("S-25 with a variable", named(Resource=None, NotResource="arn:aws:s3:::bucket/${aws:username}"), OVER_HTTP, 3, {}),
    ("S-30 keys have no case", tag({"Null": {SSE.upper(): "true"}}), WITHOUT_HEADER, 0, {}),
    ("S-31 a positive operator and nothing", tag({"StringEquals": {SSE: "AES256"}}), WITHOUT_HEADER, 1, {}),
    ("S-31 a negated one", tag({"StringNotEquals": {SSE: "AES256"}}), WITHOUT_HEADER, 0, {}),
    ("S-31 NumericLessThan over HTTP", tag({"NumericLessThan": {TLS: "1.2"}}), OVER_HTTP, 1, {}),
    ("S-32 IfExists", tag({"NumericLessThanIfExists": {TLS: 1.2}}), OVER_HTTP, 0, {}),
    ("S-32 needs that it is absent", tag({"NumericLessThanIfExists": {TLS: 1.2}}), OVER_HTTP, 1, {"without": "tls-version-absent-on-http"}),
    ("S-32 negated", tag({"StringNotEqualsIfExists": {SSE: "aws:kms"}}), OTHER_THAN_KMS, 0, {}),
    ("S-33 there", tag({"Null": {SSE: False}}), WITHOUT_HEADER, 1, {}),
    ("S-33 both", tag({"Null": {SSE: ["true", "false"]}}), WITHOUT_HEADER, 0, {}),
    ("S-33 neither", tag({"Null": {SSE: "0"}}), WITHOUT_HEADER, 1, {}),
    ("S-34 empty or not", tag({"Null": {"s3:x-amz-acl": "true"}}, {"Null": {"s3:x-amz-acl": "false"}}), ALWAYS, 0, {}),
    ("S-34 empty is not asked for", tag({"Null": {"s3:x-amz-acl": "true"}}, {"StringLike": {"s3:x-amz-acl": "?*"}}), ALWAYS, 1, {}),
    ("S-34 empty to one of two", tag({"Null": {"s3:x-amz-acl": "false"}}, {"StringNotLike": {"s3:x-amz-acl": "*"}}), ALWAYS, 3, {}),
    (
        "S-34 what AWS makes is not empty",
        tag({"Null": {"aws:SourceVpce": "true"}}, {"StringLike": {"aws:SourceVpce": "?*"}}),
        ALWAYS,
        0,
        {},
    ),
    ("S-35 OR", tag({"StringEquals": {SSE: ["a", "b"]}}), ({"key": SSE, "is": "equal", "values": ["a", "b"]},), 0, {}),
    ("S-35 NOR", tag({"StringNotEquals": {SSE: ["aws:kms", "AES256"]}}), OTHER_THAN_KMS, 1, {}),
    ("S-35 true or false", tag({"Bool": {TRANSPORT: [True, "FALSE"]}}), ALWAYS, 0, {}),
    ("S-36 ForAllValues and nothing", tag({"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}), ({"key": SSE, "is": "absent"},), 1, {}),
    (
        "S-36 one or none",
        tag({"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}}, {"ForAllValues:StringNotLike": {"aws:TagKeys": "a*"}}),
        ALWAYS,
        0,
        {},
    ),
    (
        "S-36 all or one other",
        tag({"ForAllValues:StringLike": {"aws:TagKeys": "a*"}}, {"ForAnyValue:StringNotLike": {"aws:TagKeys": "a*"}}),
        ALWAYS,
        0,
        {},
    ),
    (
        "S-36 ForAnyValue and nothing",
        tag({"ForAnyValue:StringNotLike": {"aws:TagKeys": "a*"}}, {"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}}),
        ALWAYS,
        1,
        {},
    ),
    ("S-36 of one value", tag({"ForAllValues:StringNotEquals": {SSE: "aws:kms"}}), OTHER_THAN_KMS, 0, {}),
    ("S-36 with IfExists", tag({"ForAnyValue:StringNotEqualsIfExists": {SSE: "aws:kms"}}), OTHER_THAN_KMS, 1, {}),
    ("S-36 ForAllValues with IfExists", tag({"ForAllValues:StringEqualsIfExists": {SSE: "a"}}), WITHOUT_HEADER, 0, {}),
    (
        "S-37 no quantifier",
        tag({"StringNotEquals": {"aws:TagKeys": "a"}}, {"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}}),
        ALWAYS,
        1,
        {},
    ),
    ("S-37 an absent key needs none", tag({"StringNotEquals": {"aws:TagKeys": "a"}}, {"Null": {"aws:TagKeys": "false"}}), ALWAYS, 0, {}),
    ("S-38 nothing is asked for", tag({"StringEqualsIfExists": {SSE: []}}), WITHOUT_HEADER, 3, {}),
    ("S-38 by its meaning", tag({"StringEqualsIfExists": {SSE: []}}), WITHOUT_HEADER, 1, {"without": "refused-by-s3"}),
    ("S-39 ForAllValues:Null", tag({"ForAllValues:Null": {SSE: "false"}}), ALWAYS, 0, {}),
    ("S-39 ForAnyValue:Null", tag({"ForAnyValue:Null": {SSE: "true"}}), WITHOUT_HEADER, 1, {}),
    ("S-40 no wildcard", tag({"StringEquals": {SSE: "a*"}}, {"StringNotLike": {SSE: "a*"}}), ALWAYS, 1, {}),
    ("S-40 a wildcard", tag({"StringLike": {SSE: "a*"}}, {"StringNotLike": {SSE: "a*"}}), ALWAYS, 0, {}),
    ("S-40 no case", tag({"StringNotEqualsIgnoreCase": {SSE: "AWS:KMS"}}), ({"key": SSE, "is": "absent"},), 0, {}),
    ("S-40 another case", tag({"StringNotEqualsIgnoreCase": {SSE: "k"}}), ({"key": SSE, "is": "absent-or-other", "values": ["k"]},), 1, {}),
    (
        "S-40 KELVIN SIGN",
        tag({"StringNotEqualsIgnoreCase": {SSE: "k"}}),
        ({"key": SSE, "is": "absent-or-other", "values": ["k", "K"]},),
        1,
        {},
    ),
    (
        "S-40 none but ASCII",
        tag({"StringNotEqualsIgnoreCase": {SSE: "b"}}),
        ({"key": SSE, "is": "absent-or-other", "values": ["b", "B"]},),
        0,
        {},
    ),
    ("S-40 beyond ASCII", tag({"StringNotEqualsIgnoreCase": {SSE: "ä"}}), WITHOUT_HEADER, 1, {}),
    ("S-40 its letter in a pattern", tag({"StringNotEquals": {SSE: "\u212a"}}), WITHOUT_HEADER, 3, {}),
    ("S-41 a number", tag({"NumericLessThan": {TLS: "1.20"}}), BELOW, 0, {}),
    ("S-41 at most", tag({"NumericLessThanEquals": {TLS: 1.1}}), BELOW, 0, {}),
    ("S-41 at most, of all numbers", tag({"NumericLessThanEquals": {TLS: 1.1}}), BELOW, 1, {"without": "tls-versions-are-known"}),
    (
        "S-41 three ways",
        tag({"NumericGreaterThan": {TLS: "1.5"}}, {"NumericEquals": {TLS: "1.50"}}, {"NumericLessThanIfExists": {TLS: "1.5"}}),
        ALWAYS,
        0,
        {"without": "tls-versions-are-known"},
    ),
    (
        "S-41 two ways",
        tag({"NumericGreaterThanEquals": {TLS: "1.5"}}, {"NumericNotEquals": {TLS: "1"}}),
        ALWAYS,
        1,
        {"without": "tls-versions-are-known"},
    ),
    ("S-41 no number", tag({"NumericNotEquals": {TLS: "1e2"}}), OVER_HTTP, 1, {}),
    ("S-43 any spelling of false", tag({"Bool": {TRANSPORT: "False"}}), OVER_HTTP, 0, {}),
    ("S-43 no spelling of it", tag({"Bool": {TRANSPORT: "0"}}), OVER_HTTP, 1, {}),
    (
        "S-44 all addresses",
        tag({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1", "::/0"]}}, {"Null": {"aws:SourceIp": "true"}}),
        ALWAYS,
        0,
        {},
    ),
    ("S-44 of one family", tag({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, {"Null": {"aws:SourceIp": "true"}}), ALWAYS, 1, {}),
    (
        "S-44 the rest",
        tag({"IpAddressIfExists": {"aws:SourceIp": "10.1.2.3/8"}}, {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        ALWAYS,
        0,
        {},
    ),
    (
        "S-44 one address",
        tag({"IpAddressIfExists": {"aws:SourceIp": "10.0.0.0/31"}}, {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0", "10.0.0.1"]}}),
        ALWAYS,
        0,
        {},
    ),
    (
        "S-44 a bare one of IPv6",
        tag({"NotIpAddress": {"aws:SourceIp": "2001:db8::1"}}, {"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}),
        ALWAYS,
        1,
        {},
    ),
    ("S-44 IPv4 in IPv6", tag({"NotIpAddress": {"aws:SourceIp": "::ffff:10.0.0.0/104"}}), ALWAYS, 1, {}),
    ("S-44 no address", tag({"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/33", "x"]}}), ALWAYS, 1, {}),
    ("S-45 an ARN", tag({"ArnNotEquals": {KEY: KEY_ARN}}), ({"key": KEY, "is": "absent-or-other", "values": [KEY_ARN]},), 0, {}),
    ("S-45 within a segment", tag({"ArnLike": {KEY: "arn:aws:kms:*:key/k"}}), ALWAYS, 1, {}),
    (
        "S-45 a segment is a segment",
        tag({"ArnNotLike": {KEY: "arn:aws:*:key/k:*:*"}}),
        ({"key": KEY, "is": "equal", "values": [KEY_ARN]},),
        0,
        {},
    ),
    ("S-45 five segments", tag({"ArnNotLike": {KEY: "arn:aws:kms:*"}}), WITHOUT_HEADER, 1, {}),
    ("S-46 a text on a Bool key", tag({"StringEquals": {TRANSPORT: "false"}}), OVER_HTTP, 0, {}),
    ("S-46 by assumption", tag({"StringEquals": {TRANSPORT: "false"}}), OVER_HTTP, 3, {"without": "string-op-on-bool-key"}),
    ("S-46 a number on a text", tag({"NumericNotEquals": {SSE: "1"}}), WITHOUT_HEADER, 3, {}),
    ("S-46 an ARN operator on a text", tag({"ArnNotEquals": {SSE: KEY_ARN}}), WITHOUT_HEADER, 3, {}),
    ("S-50 always there", tag({"Bool": {TRANSPORT: "true"}}, {"Bool": {TRANSPORT: "false"}}), ALWAYS, 0, {}),
    ("S-50 or not", tag({"Bool": {TRANSPORT: "true"}}, {"Bool": {TRANSPORT: "false"}}), ALWAYS, 1, {"without": "secure-transport-present"}),
    ("S-51 TLS may be of no version", tag({"Null": {TLS: "true"}}), OVER_HTTP, 0, {}),
    ("S-51 but is not on HTTP", tag({**HTTP, "Null": {TLS: "true"}}), ({"key": TRANSPORT, "is": "equal", "values": ["true"]},), 1, {}),
    ("S-52 one of two", tag({"Null": {"aws:SourceIp": "false"}}, {"Null": {"aws:SourceVpce": "false"}}), ALWAYS, 0, {}),
    (
        "S-52 or both or none",
        tag({"Null": {"aws:SourceIp": "false"}}, {"Null": {"aws:SourceVpce": "false"}}),
        ALWAYS,
        1,
        {"without": "source-ip-or-vpc-endpoint"},
    ),
    ("S-53 nobody has no organization", tag({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}), ALWAYS, 1, {}),
    (
        "S-53 anonymous",
        [
            deny({"Null": {"aws:PrincipalIsAWSService": "true"}}),
            *[deny({"Bool": {"aws:PrincipalIsAWSService": value}}) for value in ("true", "false")],
        ],
        ALWAYS,
        0,
        {},
    ),
    (
        "S-53 by assumption",
        [
            deny({"StringNotLike": {"aws:PrincipalOrgID": "*"}}),
            deny(Principal={"AWS": ACCOUNT}),
            deny(Principal=None, NotPrincipal={"AWS": ACCOUNT}),
        ],
        ALWAYS,
        0,
        {},
    ),
    (
        "S-54 services",
        [deny({"Bool": {"aws:PrincipalIsAWSService": "true"}}), deny({"Null": {"aws:PrincipalServiceName": "true"}})],
        ALWAYS,
        0,
        {},
    ),
    (
        "S-54 by assumption",
        [deny({"Bool": {"aws:PrincipalIsAWSService": "true"}}), deny({"Null": {"aws:PrincipalServiceName": "true"}})],
        ALWAYS,
        1,
        {"without": "service-principal-keys"},
    ),
    ("S-54 its name", tag({"StringNotEquals": {"aws:PrincipalServiceName": SERVICE}}), ALWAYS, 0, {"exempt": (SERVICE,)}),
    ("S-55 its ARN", tag({"ArnNotEquals": {"aws:PrincipalArn": ROLE}}), ALWAYS, 0, {"exempt": (ROLE,)}),
    (
        "S-55 by assumption",
        tag({"ArnNotEquals": {"aws:PrincipalArn": ROLE}}),
        ALWAYS,
        1,
        {"exempt": (ROLE,), "without": "principal-keys-agree"},
    ),
    ("S-55 its account", tag({"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}), ALWAYS, 0, {"exempt": (ACCOUNT,)}),
    ("S-55 a pattern of accounts", tag({"StringNotLike": {"aws:PrincipalAccount": "1111????????"}}), ALWAYS, 1, {"exempt": (ACCOUNT,)}),
    (
        "S-18 the account of an origin access identity",
        tag({"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}, {"ArnLike": {"aws:PrincipalArn": f"arn:aws:*:*:{ACCOUNT}:*"}}),
        ALWAYS,
        1,
        {},
    ),
    ("S-18 it has some account", tag({"Null": {"aws:PrincipalAccount": "false"}}, {"Null": {"aws:PrincipalArn": "true"}}), ALWAYS, 0, {}),
    (
        "S-18 by assumption",
        tag({"Null": {"aws:PrincipalAccount": "false"}}, {"Null": {"aws:PrincipalArn": "true"}}),
        ALWAYS,
        1,
        {"without": "principal-keys-agree"},
    ),
    ("S-55 an account that is none", tag({"StringNotEquals": {"aws:PrincipalAccount": "true"}}), ALWAYS, 1, {"exempt": (ACCOUNT,)}),
    ("S-60 versions", tag({"NumericLessThan": {TLS: "1.05"}}, {"NumericEqualsIfExists": {TLS: ["1.1", "1.2", "1.3"]}}), ALWAYS, 0, {}),
    ("an exempt that is nobody", named(Principal={"AWS": ACCOUNT}), OVER_HTTP, 1, {"exempt": ("",)}),
]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_row(bench: Bench, row: tuple[str, list[Any], tuple[Any, ...], int, dict[str, Any]]) -> None:
    """The status of a certificate whose single leaf names all statements."""
    _, statements, where, status, more = row
    assumptions = tuple(name for name in ASSUMPTIONS if name != more.get("without"))
    rest = {name: value for name, value in more.items() if name != "without"}
    assert bench.status(certify(statements, where, assumptions=assumptions, **rest)) == status


def test_variables_need_their_version(bench: Bench) -> None:
    """S-05, S-48: without 2012-10-17 `${` is text, but for escapes, of which AWS does not say."""
    for text, status in (("${aws:username}", 0), ("${*}", 3), ("${?}", 3), ("${$}", 0)):
        document = {"Statement": [deny({"StringNotEquals": {SSE: text}})]}
        assert bench.status(certify(document)) == status
        assert bench.status(certify({"Version": "2008-10-17", **document})) == status
        assert bench.status(certify({"Version": "2012-10-17", **document})) == 3


def test_everything_over_http(bench: Bench) -> None:
    """The whole promise of Security Hub's S3.5: two targets of every action there is."""
    statement = deny(HTTP, Action="s3:*", Resource=["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"])
    for on in ("object", "bucket"):
        every = tuple(action for action, kinds in verify.tables()["actions"].items() if on in kinds)
        assert bench.status(certify([statement], OVER_HTTP, actions=every, on=on)) == 0
        assert bench.status(certify([{**statement, "Action": "s3:?e*"}], OVER_HTTP, actions=every, on=on)) == 1
    assert bench.status(certify({"Statement": statement}, OVER_HTTP)) == 0


def test_what_s3_refuses(bench: Bench) -> None:
    """S-70 to S-73: of statements of any effect, with S3's own words; by its meaning such a document may well deny."""
    good = deny(NULL)
    wildcard = {"AWS": "arn:aws:iam::111122223333:role/*"}
    refused = {
        "Policy has invalid resource": [
            deny(Resource="*"),
            deny(Resource=["arn:aws:s3:::bucket/*", "arn:aws:s3:::other/*"]),
            deny(Resource="arn:aws:s3:::Bucket/*", Effect="Allow"),
            deny(Resource="arn:aws:s3"),
            deny(Resource="bucket/*"),
            deny(Resource="x:aws:s3:::bucket/*"),
        ],
        "Action does not apply to any resource(s) in statement": [
            deny(Action="s3:GetBucketAcl"),
            deny(Action=["s3:PutObject", "S3:listbucket"]),
            deny(Resource="arn:aws:s3:::bucket", Effect="Allow"),
            deny(Resource="arn:aws:s3:::buck*/*", Action="s3:ListBucket"),
        ],
        "Invalid principal in policy": [
            deny(Principal=wildcard),
            deny(Principal=None, NotPrincipal=wildcard),
            deny(Principal={"AWS": ["*", "arn:aws:iam::??????????:root"]}),
        ],
    }
    for text, statements in refused.items():
        for statement in statements:
            certificate = certify([good, statement])
            assert bench.run(certificate) == (1, f"rejected: S3 refuses the document: {text}"), statement
            assert bench.status({**certificate, "assumptions": [name for name in ASSUMPTIONS if name != "refused-by-s3"]}) == 0
    taken = [
        deny(Resource="arn:aws:s3:::b*"),
        deny(Resource="arn:aws:s3:::${aws:username}/*"),
        deny(Resource="arn:aws-cn:s3:::bucket/*"),
        deny(Resource="arn:aws:s3:eu-west-1:111122223333:accesspoint/x", Action="s3:ListBucket"),
        deny(Resource=None, NotResource="*"),
        deny(Action=["s3:Unheard", "*", "s3:Get*"]),
        deny(Resource=["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"], Action=["s3:PutObject", "s3:ListBucket"]),
        deny(Resource="arn:aws:s3:::bucke?", Action=["s3:PutObject", "s3:ListBucket"]),
        deny(Action=None, NotAction="s3:ListBucket"),
        deny(Principal={"AWS": "*", "Service": "x*"}),
    ]
    for statement in taken:
        assert bench.status(certify([good, statement])) == 0, statement
    for text, status in ((" {}", 1), ("\ufeff{}", 1), ("{}", 0)):
        document = text.replace("{}", '{"Statement": [' + json.dumps(good) + "]}")
        assert bench.status(certify(document, proof={"denied_by": [1]})) == status
    for statement in (deny(Principal={}), deny(Resource=[]), deny(NULL | {"StringLike": {SSE: []}}), deny(Principal={"AWS": []})):
        assert bench.status(certify([good, statement])) == 3


def test_a_tree_may_ask_anything(bench: Bench) -> None:
    """Elements, conditions and questions; where an answer is open, a request is looked for on both sides."""
    statements = [
        deny(HTTP, Resource="arn:aws:s3:::bucket/a*"),
        deny(HTTP, Resource=None, NotResource="arn:aws:s3:::bucket/a*"),
        deny(HTTP, Principal={"CanonicalUser": "f"}),
    ]
    every = {"denied_by": [1, 2]}

    def split(test: Any, yes: Any, no: Any) -> int:
        return bench.status(certify(statements, OVER_HTTP, proof={"split": test, "yes": yes, "no": no}))

    by_resource = {"statement": 1, "element": "Resource"}
    assert split(by_resource, {"denied_by": [1]}, {"denied_by": [2]}) == 0
    assert split({**by_resource, "statement": 2}, {"denied_by": [2]}, {"denied_by": [1]}) == 0
    assert split(by_resource, {"denied_by": [2]}, {"denied_by": [1]}) == 1
    assert split({"statement": 1, "operator": "Bool", "key": "AWS:securetransport"}, every, {"denied_by": []}) == 0
    assert split({"statement": 1, "operator": "bool", "key": TRANSPORT}, every, every) == 1
    assert split({"key": TRANSPORT, "is": "equal", "values": ["true"]}, {"denied_by": []}, every) == 0
    assert split({"key": SSE, "is": "absent-or-other", "values": ["a"]}, every, every) == 0
    assert split({"key": TLS, "is": "below", "values": ["1.1"]}, {"denied_by": []}, every) == 0
    assert split({"key": ROOT, "is": "absent"}, every, every) == 3
    assert split({"statement": 3, "element": "Principal"}, every, every) == 0
    assert split({"statement": 3, "element": "Principal"}, every, {"denied_by": []}) == 1
    assert split({"statement": 3, "element": "Principal"}, {"denied_by": []}, every) == 1
    assert split({"statement": 4, "element": "Principal"}, every, every) == 1
