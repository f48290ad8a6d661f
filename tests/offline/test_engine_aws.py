"""What stands in for the AWS providers."""

import pytest

from offline.engine.cloud import aws, invokes
from offline.engine.cloud.aws import Location
from offline.engine.protocol.values import UNKNOWN

BUCKET = "aws:s3/bucket:Bucket"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
URN = "urn:pulumi:dev::p::aws:s3/bucket:Bucket::Data"
FRANKFURT = Location("eu-central-1")


def test_check_names_a_bucket() -> None:
    """In lower case, with seven digits that are the same in every run, in at most 63 characters."""
    checked = aws.check(BUCKET, "Data", URN, {})
    assert checked == {"bucket": checked["bucket"], "forceDestroy": False, "__defaults": ["bucket", "forceDestroy"]}
    assert checked["bucket"] == aws.check(BUCKET, "Data", URN, {})["bucket"]
    assert checked["bucket"].startswith("data-")
    assert len(aws.check(BUCKET, "d" * 80, URN, {})["bucket"]) == 63


def test_check_leaves_a_given_name_and_a_prefix_alone() -> None:
    """With a prefix the name comes from AWS."""
    assert aws.check(BUCKET, "data", URN, {"bucket": "mine", "forceDestroy": True}) == {
        "bucket": "mine",
        "forceDestroy": True,
        "__defaults": [],
    }
    assert "bucket" not in aws.check(BUCKET, "data", URN, {"bucketPrefix": "mine-"})


def test_check_names_a_native_bucket_and_keeps_its_document_an_object() -> None:
    """That provider marks no defaults."""
    assert set(aws.check("aws-native:s3:Bucket", "data", URN, {})) == {"bucketName"}
    document = {"policyDocument": {"Statement": []}, "bucket": "b"}
    assert aws.check("aws-native:s3:BucketPolicy", "data", URN, document) == document


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"b": 1.0, "a": [1.5, True, None]}, '{"a":[1.5,true,null],"b":1}'),
        ({"Resource": "<&>é"}, r'{"Resource":"\u003c\u0026\u003eé"}'),
        ({"Resource": ["a", UNKNOWN]}, UNKNOWN),
    ],
)
def test_check_writes_a_document_as_text(given: dict[str, object], text: str) -> None:
    """By Go's rules; any unknown part makes the whole unknown."""
    assert aws.check(POLICY, "p", URN, {"policy": given})["policy"] == text


def test_a_text_is_never_touched() -> None:
    """Not even one that is no JSON."""
    assert aws.check(POLICY, "p", URN, {"policy": " {not json"})["policy"] == " {not json"


def test_a_plan_knows_inputs_only() -> None:
    """What AWS computes is unknown, a given name is not."""
    planned = aws.plan(BUCKET, {"bucket": "mine", "__defaults": []})
    assert {key for key, value in planned.items() if value != UNKNOWN} == {"bucket"}
    assert {"arn", "id", "policy", "region"} < planned.keys()


@pytest.mark.parametrize(
    ("region", "arn", "host"),
    [
        ("eu-central-1", "arn:aws:s3:::mine", "mine.s3.eu-central-1.amazonaws.com"),
        ("cn-north-1", "arn:aws-cn:s3:::mine", "mine.s3.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "arn:aws-us-gov:s3:::mine", "mine.s3.us-gov-west-1.amazonaws.com"),
    ],
)
def test_a_bucket_is_made_in_its_partition(region: str, arn: str, host: str) -> None:
    """By its region."""
    created = aws.create(BUCKET, "data", URN, {"bucket": "mine"}, Location(region))
    assert (created.id, created.outputs["arn"], created.outputs["bucketRegionalDomainName"]) == ("mine", arn, host)


def test_a_new_bucket_has_no_policy_but_an_inline_one() -> None:
    """Read back as it was given."""
    assert aws.create(BUCKET, "data", URN, {"bucket": "mine"}, FRANKFURT).outputs["policy"] == ""
    assert aws.create(BUCKET, "data", URN, {"bucket": "mine", "policy": "{}"}, FRANKFURT).outputs["policy"] == "{}"


def test_other_resources_get_what_documents_are_made_of() -> None:
    """ARNs of the forms that principals are recognised by."""
    role = aws.create("aws:iam/role:Role", "writer", URN, {"name": "writer"}, FRANKFURT)
    identity = aws.create("aws:cloudfront/originAccessIdentity:OriginAccessIdentity", "site", URN, {}, FRANKFURT)
    key = aws.create("aws:kms/key:Key", "key", URN, {"description": "d"}, FRANKFURT)
    assert role.outputs["arn"] == "arn:aws:iam::123456789012:role/writer"
    assert identity.outputs["iamArn"].startswith("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E")
    assert key.outputs["arn"].startswith("arn:aws:kms:eu-central-1:123456789012:key/key-")
    assert aws.create("random:index/randomId:RandomId", "r", URN, {}, FRANKFURT).outputs["hex"] != ""


def test_where_a_resource_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own region, else its provider's, else the environment's, else us-east-1; never an unknown one."""
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    assert aws.find_location({"region": "eu-west-1"}, {"region": "eu-west-2"}).region == "eu-west-1"
    assert aws.find_location({"region": UNKNOWN}, {"region": "eu-west-2"}).region == "eu-west-2"
    assert aws.find_location({}, {}).region == "us-east-1"
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    assert aws.find_location({}, {}).region == "eu-west-3"


@pytest.mark.parametrize(
    ("token", "key", "value"),
    [
        ("aws:index/getCallerIdentity:getCallerIdentity", "accountId", "123456789012"),
        ("aws:index/getRegion:getRegion", "name", "eu-central-1"),
        ("aws:index/getPartition:getPartition", "partition", "aws"),
        ("aws:index/getPartition:getPartition", "reverseDnsPrefix", "com.amazonaws"),
        ("aws:index/getAvailabilityZones:getAvailabilityZones", "names", ["eu-central-1a", "eu-central-1b", "eu-central-1c"]),
        ("aws:s3/getCanonicalUserId:getCanonicalUserId", "displayName", "offline"),
        ("aws:elb/getServiceAccount:getServiceAccount", "arn", "arn:aws:iam::054676820928:root"),
        ("aws-native:index:getAccountId", "accountId", "123456789012"),
        ("aws-native:index:getRegion", "region", "eu-central-1"),
    ],
)
def test_built_in_data_sources(token: str, key: str, value: object) -> None:
    """They answer for the place they are asked in."""
    answer = invokes.answer(token, {}, FRANKFURT)
    assert answer is not None
    assert answer[key] == value


def test_other_data_sources_have_no_answer() -> None:
    """Nothing is made up."""
    assert invokes.answer("aws:ec2/getAmi:getAmi", {}, FRANKFURT) is None
