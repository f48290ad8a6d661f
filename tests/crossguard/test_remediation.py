"""`enforcementLevel: remediate`, through the SDK's own `Remediate`: what is missing is put in, and all else stays as it was."""

import json
from typing import Any

import pytest

from tests.crossguard.documents import HEADER_ABSENT, OVER_HTTP, compliant, deny, document
from tests.crossguard.pack import (
    ALL_REQUESTS,
    BUCKET,
    BUCKET_POLICY,
    NATIVE_BUCKET_POLICY,
    TRANSPORT,
    UNKNOWN,
    UPLOADS,
    Double,
    Resource,
    boot,
    make_double,
    secret,
)

NAME = "reports"
OBJECTS = f"arn:aws:s3:::{NAME}/*"
ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": OBJECTS}
HEADER_DENY = {"Sid": "DenyUploadsWithoutEncryptionHeader", **deny(NAME, HEADER_ABSENT)}
HTTP_DENY = {"Sid": "DenyInsecureUploads", **deny(NAME, OVER_HTTP)}
REMEDIATE = {"enforcementLevel": "remediate"}
BOTH = {"uploads": REMEDIATE, "transport": REMEDIATE}


@pytest.fixture
def pack() -> Double:
    """The pack, told to repair both halves."""
    double = make_double()
    double.configure(**BOTH)
    return double


def policy(text: object, bucket: object = NAME, **props: object) -> Resource:
    """A BucketPolicy with this document."""
    return Resource(BUCKET_POLICY, "policy", {"bucket": bucket, "policy": text, **props})


def native(value: object) -> Resource:
    """A BucketPolicy of aws-native with this document."""
    return Resource(NATIVE_BUCKET_POLICY, "policy", {"bucket": NAME, "policyDocument": value})


def repair(pack: Double, resource: Resource) -> dict[str, Any]:
    """The properties after every remediation; as they were where there is none."""
    after = pack.remediate(resource)
    return list(after.values())[-1] if after else dict(resource.props)


def test_a_text_stays_a_text(pack: Double) -> None:
    """Both halves are added, each by its own policy, after what was there."""
    text = json.dumps(document(ALLOW))
    after = pack.remediate(policy(text, __defaults=[], region="eu-west-1"))
    assert list(after) == [UPLOADS, TRANSPORT]
    assert after[TRANSPORT] == {
        "bucket": NAME,
        "policy": f"{text[:-2]}, {json.dumps(HEADER_DENY)}, {json.dumps(HTTP_DENY)}]}}",
        "__defaults": [],
        "region": "eu-west-1",
    }


def test_an_inline_policy_is_repaired_where_it_is(pack: Double) -> None:
    """The deprecated property of a bucket."""
    after = repair(pack, Resource(BUCKET, "bucket", {"bucket": NAME, "policy": json.dumps(document(ALLOW))}))
    assert json.loads(after["policy"])["Statement"] == [ALLOW, HEADER_DENY, HTTP_DENY]


def test_the_mark_of_a_secret_survives(pack: Double) -> None:
    """The whole document is secret on the wire where one leaf is."""
    text = json.dumps(document(ALLOW))
    expected = secret(f"{text[:-2]}, {json.dumps(HEADER_DENY)}, {json.dumps(HTTP_DENY)}]}}")
    assert repair(pack, policy(secret(text), secret(NAME))) == {"bucket": secret(NAME), "policy": expected}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(document(ALLOW), document(ALLOW, HEADER_DENY, HTTP_DENY), id="list"),
        pytest.param({"Statement": ALLOW}, {"Statement": [ALLOW, HEADER_DENY, HTTP_DENY]}, id="one-statement"),
        pytest.param(secret(document(ALLOW)), secret(document(ALLOW, HEADER_DENY, HTTP_DENY)), id="secret-document"),
        pytest.param({"Statement": secret([ALLOW])}, {"Statement": secret([ALLOW, HEADER_DENY, HTTP_DENY])}, id="secret-statements"),
        pytest.param({"Statement": secret(ALLOW)}, {"Statement": secret([ALLOW, HEADER_DENY, HTTP_DENY])}, id="secret-statement-alone"),
        pytest.param(
            {"Statement": [secret(ALLOW), {**ALLOW, "Sid": secret("s")}]},
            {"Statement": [secret(ALLOW), {**ALLOW, "Sid": secret("s")}, HEADER_DENY, HTTP_DENY]},
            id="secret-inside",
        ),
        pytest.param(json.dumps({"Statement": ALLOW}), None, id="text"),
    ],
)
def test_an_object_stays_an_object(pack: Double, before: object, after: object) -> None:
    """aws-native takes both; what is secret in an object stays so, at its place."""
    expected = f'{{"Statement": [{json.dumps(ALLOW)}, {json.dumps(HEADER_DENY)}, {json.dumps(HTTP_DENY)}]}}' if after is None else after
    assert repair(pack, native(before)) == {"bucket": NAME, "policyDocument": expected}


def test_repairing_twice_is_repairing_once(pack: Double) -> None:
    """What has been repaired is compliant."""
    once = repair(pack, policy(json.dumps(document(ALLOW))))
    assert pack.remediate(Resource(BUCKET_POLICY, "policy", once)) == {}
    said = pack.analyze(Resource(BUCKET_POLICY, "policy", once))
    assert {UPLOADS, TRANSPORT} & set(said.levels()) == set()


@pytest.mark.parametrize(
    "resource",
    [
        pytest.param(policy(compliant(NAME)), id="compliant"),
        pytest.param(policy("{"), id="malformed"),
        pytest.param(policy(None), id="missing"),
        pytest.param(Resource(BUCKET, "bucket", {"bucket": NAME}), id="no-inline-policy"),
        pytest.param(policy('{"Id":"' + "x" * 20_400 + '","Statement":' + json.dumps(ALLOW) + "}"), id="would-be-too-long"),
        pytest.param(policy(UNKNOWN), id="unknown-document"),
        pytest.param(policy(json.dumps(document(ALLOW)), UNKNOWN), id="unknown-bucket"),
        pytest.param(native({"Statement": [{**ALLOW, "Resource": UNKNOWN}]}), id="unknown-inside"),
        pytest.param(policy(json.dumps(document(ALLOW)), "legacy-1"), id="exempted"),
        pytest.param(Resource(BUCKET_POLICY, "policy", {}), id="no-properties"),
        pytest.param(Resource("aws:sqs/queue:Queue", "queue", {"policy": "{}"}), id="none-of-ours"),
    ],
)
def test_everything_else_is_left_alone(resource: Resource) -> None:
    """Nothing is guessed, and nothing that is right is touched."""
    double = make_double()
    exempt = {**REMEDIATE, "exemptions": [{"bucket": "legacy-*", "reason": "r"}]}
    double.configure(uploads=exempt, transport=exempt)
    assert double.remediate(resource) == {}


@pytest.mark.parametrize("level", ["advisory", "mandatory", "disabled"])
def test_other_levels_change_nothing(level: str) -> None:
    """Only who asks for repairs gets them."""
    double = make_double()
    double.configure(uploads={"enforcementLevel": level}, transport={"enforcementLevel": level})
    assert double.remediate(policy(json.dumps(document(ALLOW)))) == {}


def test_a_wrong_configuration_repairs_nothing() -> None:
    """It is reported instead, as mandatory."""
    double = make_double()
    double.configure(uploads={**REMEDIATE, "colour": "blue"})
    resource = policy(json.dumps(document(ALLOW)))
    assert double.remediate(resource) == {}
    assert double.analyze(resource).levels()[UPLOADS] == "mandatory"


def test_the_advisory_policy_repairs_nothing_and_becomes_mandatory() -> None:
    """`{"all": "remediate"}` does that in the engine: a Deny of `s3:*` would take websites off the air."""
    double = make_double()
    double.configure(all_requests=REMEDIATE)
    resource = policy(json.dumps(document(ALLOW)))
    assert double.remediate(resource) == {}
    assert double.analyze(resource).levels()[ALL_REQUESTS] == "mandatory"


def test_exempt_principals_are_spared() -> None:
    """The configuration decides what is added."""
    double = make_double()
    double.configure(uploads={**REMEDIATE, "exemptPrincipals": ["logging.s3.amazonaws.com"], "algorithms": ["aws:kms"]})
    after = repair(double, policy(json.dumps(document(ALLOW))))
    assert json.loads(after["policy"])["Statement"][1:] == [
        {
            "Sid": "DenyUploadsWithOtherEncryption",
            **deny(
                NAME,
                {
                    "StringNotEquals": {
                        "s3:x-amz-server-side-encryption": "aws:kms",
                        "aws:PrincipalServiceName": "logging.s3.amazonaws.com",
                    }
                },
            ),
        }
    ]


def test_an_undecided_document_is_repaired(pack: Double) -> None:
    """What its own statements mean does not matter any more then."""
    odd = deny(NAME, {"StringEquals": {"aws:PrincipalTag/x": []}})
    after = repair(pack, policy(json.dumps(document(odd))))
    assert json.loads(after["policy"])["Statement"] == [odd, HEADER_DENY, HTTP_DENY]


def test_through_a_booted_pack() -> None:
    """The same over the wire, in the process that the engine would start."""
    with boot() as booted:
        booted.configure(**BOTH)
        after = repair(booted, policy(secret(json.dumps(document(ALLOW)))))
    assert json.loads(after["policy"]["value"])["Statement"] == [ALLOW, HEADER_DENY, HTTP_DENY]
