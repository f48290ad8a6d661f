"""What a stand-in for the AWS providers answers: names that Check gives, outputs that AWS would compute."""

import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from crossguard.pack.partitions import find_partition
from offline.engine.protocol.values import UNKNOWN, Properties, contains_unknown

ACCOUNT = "123456789012"  # AWS's own documentation account
DEFAULT_REGION = "us-east-1"

_NAMED = {
    "aws:s3/bucket:Bucket": "bucket",
    "aws:s3/bucketV2:BucketV2": "bucket",
    "aws:s3/directoryBucket:DirectoryBucket": "bucket",
    "aws-native:s3:Bucket": "bucketName",
}
#: The types whose outputs are known in a resolved preview.
BUCKETS = frozenset(_NAMED)
#: The outputs of a bucket that its name makes.
IDENTITY = frozenset({"id", "arn", "bucket", "bucketName"})
#: The types that hold a policy document.
DOCUMENT_TYPES = BUCKETS | {"aws:s3/bucketPolicy:BucketPolicy", "aws-native:s3:BucketPolicy"}
_DEFAULTS: Mapping[str, Properties] = {
    "aws:s3/bucket:Bucket": {"forceDestroy": False},
    "aws:s3/bucketV2:BucketV2": {"forceDestroy": False},
}
_DOCUMENTS = ("policy", "assumeRolePolicy", "inlinePolicy", "redrivePolicy", "accessPolicies")
_LONGEST_BUCKET_NAME = 63
_LOWER_CASE = frozenset({"aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2", "aws:s3/directoryBucket:DirectoryBucket"})


class Location(NamedTuple):
    """Where a resource is made."""

    region: str

    @property
    def partition(self) -> str:
        """The ARN partition that the region belongs to."""
        return find_partition(self.region)

    @property
    def suffix(self) -> str:
        """The DNS suffix of the partition's endpoints."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"


def find_location(inputs: Mapping[str, Any], provider: Mapping[str, Any]) -> Location:
    """The resource's own region, else its provider's, else the environment's, else us-east-1."""
    regions = (inputs.get("region"), provider.get("region"), os.environ.get("AWS_REGION"), os.environ.get("AWS_DEFAULT_REGION"))
    named = (region for region in regions if isinstance(region, str) and region and not contains_unknown(region))
    return Location(next(named, DEFAULT_REGION))


def check(type_: str, name: str, urn: str, inputs: Properties) -> Properties:
    """
    The inputs as the provider's Check gives them: a name where none is given, defaults, documents as JSON text.

    The seven hexadecimal digits come from the URN, not from chance: the same program gives the same report.
    """
    given = {key: value for key, value in inputs.items() if key != "__defaults"}
    defaults = {key: value for key, value in _DEFAULTS.get(type_, {}).items() if key not in given}
    named = _NAMED.get(type_)
    if named is not None and named not in given and "bucketPrefix" not in given:
        defaults[named] = _make_name(name.lower() if type_ in _LOWER_CASE else name, urn)
    if type_.startswith("aws-native:"):
        return given | defaults
    documents = {key: serialise(given[key]) for key in _DOCUMENTS if isinstance(given.get(key), dict | list)}
    return given | documents | defaults | {"__defaults": sorted(defaults)}


def _make_name(name: str, urn: str) -> str:
    return f"{name[: _LONGEST_BUCKET_NAME - 8]}-{hashlib.sha256(urn.encode()).hexdigest()[:7]}"


def serialise(document: object) -> str:
    """A document as the Terraform bridge writes it: compact, keys sorted, by Go's rules; unknown where any part is."""
    if contains_unknown(document):
        return UNKNOWN
    text = json.dumps(_make_whole(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _make_whole(value: Any) -> Any:
    """Numbers are floats on the wire, and Go writes whole ones without a fraction."""
    if isinstance(value, dict):
        return {key: _make_whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_make_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


_BUCKET_OUTPUTS = (
    "acl",
    "arn",
    "bucketDomainName",
    "bucketRegion",
    "bucketRegionalDomainName",
    "hostedZoneId",
    "id",
    "policy",
    "region",
    "tagsAll",
)
_COMPUTED = {
    "aws:s3/bucket:Bucket": (*_BUCKET_OUTPUTS, "bucket"),
    "aws:s3/bucketV2:BucketV2": (*_BUCKET_OUTPUTS, "bucket"),
    "aws:s3/directoryBucket:DirectoryBucket": ("arn", "id", "region"),
    "aws:s3/bucketPolicy:BucketPolicy": ("id",),
    "aws-native:s3:Bucket": ("arn", "bucketName", "domainName", "dualStackDomainName", "regionalDomainName", "websiteUrl"),
    "aws-native:s3:BucketPolicy": (),
}


def plan(type_: str, inputs: Properties) -> Properties:
    """The outputs that a first preview knows: the inputs, and an unknown value for whatever AWS computes."""
    given = {key: value for key, value in inputs.items() if key != "__defaults"}
    return dict.fromkeys(_COMPUTED.get(type_, ("id",) if type_.startswith("aws:") else ()), UNKNOWN) | given


class Created(NamedTuple):
    """A resource as it would exist; `note` is what the user should know of it."""

    id: str
    outputs: Properties
    note: str = ""


def create(type_: str, name: str, urn: str, inputs: Properties, location: Location) -> Created:
    """A resource with plausible outputs, the same in every run."""
    given = {key: value for key, value in inputs.items() if key != "__defaults"}
    if type_ in BUCKETS:
        return _create_bucket(type_, name, given, location)
    bucket = given.get("bucket")
    if type_.startswith("aws:s3/") and isinstance(bucket, str) and "key" not in given:
        return Created(bucket, {"id": bucket} | given)  # what is set on a bucket goes by the bucket's name
    return _create_other(type_, name, urn, given, location)


def _create_bucket(type_: str, name: str, given: Properties, location: Location) -> Created:
    chosen = given.get(_NAMED[type_]) or f"{given.get('bucketPrefix') or name.lower()}20260101000000000000000001"
    bucket = chosen if isinstance(chosen, str) else UNKNOWN
    host, regional = f"{bucket}.s3.{location.suffix}", f"{bucket}.s3.{location.region}.{location.suffix}"
    known: Properties = {
        "acl": "private",
        "arn": f"arn:{location.partition}:s3:::{bucket}",
        "bucket": bucket,
        "bucketName": bucket,
        "bucketDomainName": host,
        "bucketRegion": location.region,
        "bucketRegionalDomainName": regional,
        "domainName": host,
        "dualStackDomainName": f"{bucket}.s3.dualstack.{location.region}.{location.suffix}",
        "hostedZoneId": "Z3AQBSTGFYJSTF",
        "id": bucket,
        "policy": "",
        "region": location.region,
        "regionalDomainName": regional,
        "tagsAll": given.get("tags") or {},
        "websiteUrl": f"http://{bucket}.s3-website-{location.region}.{location.suffix}",
    }
    return Created(bucket, {key: known[key] for key in _COMPUTED[type_]} | given)


_IAM = {"aws:iam/role:Role": "role", "aws:iam/user:User": "user", "aws:iam/group:Group": "group", "aws:iam/policy:Policy": "policy"}


def _create_other(type_: str, name: str, urn: str, given: Properties, location: Location) -> Created:
    """A resource of any other type: an id, an ARN of the right form, and what documents and names are otherwise made of."""
    digest = hashlib.sha256(urn.encode()).hexdigest()
    called = given.get("name") if isinstance(given.get("name"), str) else f"{name}-{digest[:7]}"
    if type_ in _IAM:
        arn = f"arn:{location.partition}:iam::{ACCOUNT}:{_IAM[type_]}/{called}"
        return Created(str(called), {"id": called, "arn": arn, "name": called, "uniqueId": f"AROA{digest[:17].upper()}"} | given)
    if type_ == "aws:cloudfront/originAccessIdentity:OriginAccessIdentity":
        return _create_origin_access_identity(f"E{digest[:13].upper()}", digest, given)
    if type_.startswith("random:"):
        return _create_random(name, digest, given)
    id_ = f"{name}-{digest[:12]}"
    if not type_.startswith("aws:"):
        return Created(id_, {"id": id_} | given)
    return Created(id_, _guess_outputs(type_, id_, digest, location) | given)


def _create_random(name: str, digest: str, given: Properties) -> Created:
    known = {"id": f"{name}-{digest[:8]}", "hex": digest[:8], "dec": str(int(digest[:8], 16)), "result": digest[:16]}
    return Created(known["id"], known | {"b64Url": digest[:11], "b64Std": digest[:11]} | given)


def _guess_outputs(type_: str, id_: str, digest: str, location: Location) -> Properties:
    """
    Outputs that many types of the AWS provider have and that are text wherever they occur.

    A program that asks for any other finds it unknown in a preview, and None in an update.
    """
    service, _, kind = type_.removeprefix("aws:").partition("/")
    region = "" if service == "cloudfront" else location.region
    arn = f"arn:{location.partition}:{service}:{region}:{ACCOUNT}:{kind.rpartition(':')[2].lower()}/{id_}"
    host = f"{id_}.{service}.{location.region}.{location.suffix}"
    arns = ("arn", "resourceArn", "qualifiedArn", "invokeArn", "executionArn", "masterAccountArn")
    hosts = ("dnsName", "domainName", "endpoint", "publicDns", "fqdn", "repositoryUrl")
    accounts = ("accountId", "ownerId", "ownerAccountId", "registryId", "masterAccountId")
    ids = ("id", "zoneId", "keyId", "uniqueId", "rootResourceId", "arnSuffix", "hostedZoneId")
    return {
        **dict.fromkeys(arns, arn),
        **dict.fromkeys(hosts, host),
        **dict.fromkeys(accounts, ACCOUNT),
        **dict.fromkeys(ids, f"{digest[:12].upper()}"),
        "id": id_,
        "url": f"https://{host}",
        "invokeUrl": f"https://{host}",
        "publicIp": "203.0.113.10",
        "privateIp": "10.0.0.10",
    }


def _create_origin_access_identity(id_: str, digest: str, given: Properties) -> Created:
    known = {
        "id": id_,
        "arn": f"arn:aws:cloudfront::{ACCOUNT}:origin-access-identity/{id_}",
        "cloudfrontAccessIdentityPath": f"origin-access-identity/cloudfront/{id_}",
        "iamArn": f"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {id_}",
        "s3CanonicalUserId": digest + digest[:32],
    }
    return Created(id_, known | given)
