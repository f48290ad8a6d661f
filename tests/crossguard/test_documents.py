"""Where a document sits in each type of resource, read through the SDK's own proxies."""

import json
from typing import Any

import pytest
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import unknown_checking_proxy

from crossguard.pack.kinds import OTHERS
from crossguard.resources.documents import find, has_inline_policy, read_bucket_name
from crossguard.resources.source import Found, Missing, NoDocument, Source, Unknown
from tests.crossguard.pack import (
    BUCKET,
    BUCKET_POLICY,
    BUCKET_V2,
    NATIVE_BUCKET,
    NATIVE_BUCKET_POLICY,
    UNKNOWN,
    secret,
)

NOT_OURS = "the resource is neither an S3 bucket nor an S3 bucket policy"
ENCRYPTED = "it is encrypted; analyze the output of `pulumi stack export --show-secrets` instead"
NO_INLINE = "the bucket has no inline policy; aws-s3-bucket-has-policy looks for an attached one"


def show(props: dict[str, Any]) -> Any:
    """Properties as `validate` gets them."""
    return unknown_checking_proxy(deserialize_properties(props))


def show_to_remediation(props: dict[str, Any]) -> Any:
    """Properties as `remediate` gets them: secrets are kept, unknown values are plain text."""
    return unknown_checking_proxy(deserialize_properties(props, proxy_secrets=True))


ENCRYPTED = "it is encrypted; analyze the output of `pulumi stack export --show-secrets` instead"

CASES: list[tuple[str, dict[str, Any], Source]] = [
    (BUCKET_POLICY, {"bucket": "data", "policy": "{}"}, Found("{}", "policy", "data")),
    (BUCKET_POLICY, {"bucket": UNKNOWN, "policy": "{}"}, Found("{}", "policy", None)),
    (BUCKET_POLICY, {"bucket": "data", "policy": UNKNOWN}, Unknown("policy", "data")),
    (BUCKET_POLICY, {"bucket": secret("data"), "policy": secret("{}")}, Found("{}", "policy", "data")),
    (BUCKET_POLICY, {"bucket": "data", "policy": secret(UNKNOWN)}, Unknown("policy", "data")),
    (BUCKET_POLICY, {"policy": "{}"}, Found("{}", "policy", None)),
    (BUCKET_POLICY, {"bucket": 5.0, "policy": "{}"}, Found("{}", "policy", None)),
    (BUCKET_POLICY, {"bucket": "data", "policy": "{}", "region": "cn-north-1"}, Found("{}", "policy", "data", "cn-north-1")),
    (BUCKET_POLICY, {"bucket": "data", "policy": ""}, Found("", "policy", "data")),
    (BUCKET_POLICY, {"bucket": "data"}, Missing("policy", "the resource has no `policy`", "data")),
    (BUCKET_POLICY, {"bucket": "data", "policy": None}, Missing("policy", "the resource has no `policy`", "data")),
    (BUCKET_POLICY, {"bucket": "data", "policy": secret("[secret]")}, Missing("policy", ENCRYPTED, "data")),
    (BUCKET_POLICY, {"bucket": "data", "policy": 1.0}, Missing("policy", "`policy` is neither a string nor an object", "data")),
    (BUCKET_POLICY, {"bucket": "data", "policy": ["{}"]}, Missing("policy", "`policy` is neither a string nor an object", "data")),
    (BUCKET_POLICY, {"bucket": "data", "policy": {"Version": "x", "Id": 1.0}}, Found('{"Version": "x", "Id": 1}', "policy", "data")),
    (NATIVE_BUCKET_POLICY, {"bucket": "data", "policyDocument": "{}"}, Found("{}", "policyDocument", "data", raw=True)),
    (NATIVE_BUCKET_POLICY, {"bucket": "data", "policyDocument": UNKNOWN}, Unknown("policyDocument", "data")),
    (
        NATIVE_BUCKET_POLICY,
        {"bucket": "data", "policyDocument": {"Statement": [{"Sid": "a", "Condition": {"x": [1.5, 2.0, True, None]}}]}},
        Found('{"Statement": [{"Sid": "a", "Condition": {"x": [1.5, 2, true, null]}}]}', "policyDocument", "data"),
    ),
    (
        NATIVE_BUCKET_POLICY,
        {"bucket": "data", "policyDocument": {"Statement": [{"Sid": "a"}, {"Resource": ["x", UNKNOWN]}]}},
        Unknown("policyDocument.Statement[1].Resource[1]", "data"),
    ),
    (
        NATIVE_BUCKET_POLICY,
        {"bucket": "data", "policyDocument": {"Statement": {"Resource": secret(UNKNOWN)}}},
        Unknown("policyDocument.Statement.Resource", "data"),
    ),
    (BUCKET_POLICY, {"bucket": "[secret]", "policy": "[secret]"}, Missing("policy", ENCRYPTED, None)),
    (BUCKET_POLICY, {"bucket": "[secret]", "policy": "{}"}, Found("{}", "policy", None)),
    (BUCKET, {"bucket": "data", "policy": "[secret]"}, Missing("policy", ENCRYPTED, "data")),
    (BUCKET, {"bucket": "data"}, NoDocument(NO_INLINE)),
    (BUCKET, {"bucket": "data", "policy": ""}, NoDocument(NO_INLINE)),
    (BUCKET, {"bucket": "data", "policy": None}, NoDocument(NO_INLINE)),
    (BUCKET, {"bucket": "data", "policy": "{}"}, Found("{}", "policy", "data")),
    (BUCKET, {"bucket": UNKNOWN, "policy": UNKNOWN}, Unknown("policy", None)),
    (BUCKET_V2, {"bucket": "data", "policy": "{}"}, Found("{}", "policy", "data")),
    (NATIVE_BUCKET, {"bucketName": "data"}, NoDocument(NO_INLINE)),
    (NATIVE_BUCKET, {"bucketName": "data", "policy": "{}"}, NoDocument(NO_INLINE)),
]


@pytest.mark.parametrize(("kind", "props", "source"), CASES)
def test_a_document_is_found_where_its_type_keeps_it(kind: str, props: dict[str, Any], source: Source) -> None:
    """Known, unknown down to the leaf, missing or none: each is a value, and a secret is read like anything else."""
    found = find(kind, show(props))
    assert (type(source), source) == (type(found), found)


@pytest.mark.parametrize(("kind", "props", "source"), CASES)
def test_a_remediation_finds_the_same(kind: str, props: dict[str, Any], source: Source) -> None:
    """There the SDK does not check for unknown values, which are plain texts then."""
    found = find(kind, show_to_remediation(props))
    assert (type(source), source) == (type(found), found)


@pytest.mark.parametrize("kind", [BUCKET, BUCKET_V2, BUCKET_POLICY, NATIVE_BUCKET, NATIVE_BUCKET_POLICY])
def test_an_empty_bag_is_no_part_of_the_operation(kind: str) -> None:
    """A resource that is not targeted, or whose provider is not configured yet, shows nothing; nor do the inputs of one that is read."""
    reason = "the resource is only read, or not part of this operation: the engine shows none of its properties"
    assert NoDocument(reason) == find(kind, show({}))


@pytest.mark.parametrize(
    "kind",
    [
        "aws:s3/bucketacl:BucketAcl",
        "aws:s3/bucketPolicy:bucketPolicy",
        "other:s3/bucket:Bucket",
        "aws-native:s3:BucketPolicyX",
        "gcp:storage/bucket:Bucket",
        "pulumi:pulumi:Stack",
        "Bucket",
        "",
    ],
)
def test_types_are_compared_exactly(kind: str) -> None:
    """No suffix, prefix or other spelling of a token is ours."""
    assert NoDocument(NOT_OURS) == find(kind, show({"bucket": "data", "policy": "{}"}))


@pytest.mark.parametrize("kind", OTHERS)
def test_other_services_are_named(kind: str) -> None:
    """Buckets and policies of other services are left alone, and the reason says whose they are."""
    assert find(kind, show({"bucket": "data", "policy": "{}"})) == NoDocument(OTHERS[kind])
    assert OTHERS[kind] != NOT_OURS


@pytest.mark.parametrize(
    ("kind", "props"),
    [
        (BUCKET, {"bucket": "data--euc1-az1--x-s3", "policy": "{}"}),
        (BUCKET_POLICY, {"bucket": "data--euc1-az1--x-s3", "policy": UNKNOWN}),
        (NATIVE_BUCKET_POLICY, {"bucket": "data--euc1-az1--x-s3", "policyDocument": {}}),
    ],
)
def test_a_directory_bucket_is_known_by_its_name(kind: str, props: dict[str, Any]) -> None:
    """The same BucketPolicy resource serves directory buckets, whose policies are another language's."""
    assert NoDocument(OTHERS["aws:s3/directoryBucket:DirectoryBucket"]) == find(kind, show(props))


@pytest.mark.parametrize(
    ("props", "provider", "region"),
    [
        ({"region": "cn-north-1"}, {"region": "eu-west-1"}, "cn-north-1"),
        ({}, {"region": "eu-west-1"}, "eu-west-1"),
        ({"region": UNKNOWN}, {"region": "eu-west-1"}, None),
        ({}, {"region": UNKNOWN}, None),
        ({"region": "[secret]"}, {"region": "eu-west-1"}, None),
        ({}, {"region": secret("[secret]")}, None),
        ({}, {"version": "7.51.1"}, None),
        ({"region": ""}, {"region": secret("eu-west-1")}, "eu-west-1"),
        ({}, None, None),
    ],
)
def test_the_region_is_the_resources_own_else_the_providers(
    props: dict[str, Any], provider: dict[str, Any] | None, region: str | None
) -> None:
    """An unknown or encrypted region of its own is not replaced by the provider's."""
    holder = None if provider is None else show(provider)
    assert Found("{}", "policy", "data", region) == find(BUCKET_POLICY, show({"bucket": "data", "policy": "{}", **props}), holder)


def test_a_document_nested_too_deeply_is_a_value() -> None:
    """The engine cannot send this, but nothing may raise."""
    nested: Any = {}
    for _ in range(3000):
        nested = {"x": nested}
    assert Missing("policyDocument", "`policyDocument` is nested too deeply", "data") == find(
        NATIVE_BUCKET_POLICY, {"bucket": "data", "policyDocument": nested}
    )


@pytest.mark.parametrize(
    ("kind", "props", "inline"),
    [
        (BUCKET, {"policy": "{}"}, True),
        (BUCKET, {"policy": UNKNOWN}, True),
        (BUCKET_V2, {"policy": "{}"}, True),
        (BUCKET, {"policy": ""}, False),
        (BUCKET, {}, False),
        (NATIVE_BUCKET, {"policy": "{}"}, False),
    ],
)
def test_an_inline_policy_is_an_input(kind: str, props: dict[str, Any], inline: bool) -> None:  # noqa: FBT001  a table
    """Known or not, but not the empty text that stands for none."""
    assert has_inline_policy(kind, show(props)) is inline


def test_a_bucket_is_named_by_its_own_property() -> None:
    """`bucket` in pulumi_aws, `bucketName` in aws-native; a policy names its bucket `bucket` in both."""
    props = show({"bucket": "a", "bucketName": "b"})
    kinds = (BUCKET, BUCKET_V2, NATIVE_BUCKET, BUCKET_POLICY, NATIVE_BUCKET_POLICY)
    assert [read_bucket_name(kind, props) for kind in kinds] == ["a", "a", "b", "a", "a"]


def test_an_object_document_is_json_again() -> None:
    """Whole numbers come from the engine as floats and leave as they were written."""
    document = {"Statement": [{"Condition": {"NumericLessThan": {"s3:signatureAge": 600000.0, "s3:TlsVersion": 1.2}}}]}
    found = find(NATIVE_BUCKET_POLICY, show({"bucket": "data", "policyDocument": document}))
    assert isinstance(found, Found)
    assert (json.loads(found.text), "600000.0" in found.text) == (document, False)
