"""What data sources answer without AWS: the few that bucket policies are made of, and whatever `--mocks` holds."""

from collections.abc import Callable, Mapping
from typing import Any

from offline.engine.cloud.aws import ACCOUNT, Location
from offline.engine.cloud.documents import get_policy_document
from offline.engine.protocol.values import Properties

Answer = Callable[[Mapping[str, Any], Location], Properties]

#: Accounts of Elastic Load Balancing that write access logs, for regions opened before August 2022. Source: ELB's user guide.
_LOAD_BALANCERS = {
    "us-east-1": "127311923021",
    "us-east-2": "033677994240",
    "us-west-1": "027434742980",
    "us-west-2": "797873946194",
    "af-south-1": "098369216593",
    "ap-east-1": "754344448648",
    "ap-northeast-1": "582318560864",
    "ap-northeast-2": "600734575887",
    "ap-northeast-3": "383597477331",
    "ap-south-1": "718504428378",
    "ap-southeast-1": "114774131450",
    "ap-southeast-2": "783225319266",
    "ap-southeast-3": "589379963580",
    "ca-central-1": "985666609251",
    "eu-central-1": "054676820928",
    "eu-north-1": "897822967062",
    "eu-south-1": "635631232127",
    "eu-west-1": "156460612806",
    "eu-west-2": "652711504416",
    "eu-west-3": "009996457667",
    "me-south-1": "076674570225",
    "sa-east-1": "507241528517",
    "cn-north-1": "638102146993",
    "cn-northwest-1": "037604701340",
    "us-gov-east-1": "190560391635",
    "us-gov-west-1": "048591011584",
}


def answer(token: str, arguments: Mapping[str, Any], location: Location) -> Properties | None:
    """
    The result of a built-in data source, None for any other.

    Raises `documents.WrongDocumentError`.
    """
    function = _ANSWERS.get(token)
    return None if function is None else function(arguments, location)


def _policy_document(arguments: Mapping[str, Any], _location: Location) -> Properties:
    return get_policy_document(arguments)


def _caller_identity(_arguments: Mapping[str, Any], location: Location) -> Properties:
    return {
        "id": ACCOUNT,
        "accountId": ACCOUNT,
        "arn": f"arn:{location.partition}:iam::{ACCOUNT}:user/offline",
        "userId": "AIDAOFFLINE000000000",
    }


def _native_account(_arguments: Mapping[str, Any], _location: Location) -> Properties:
    return {"accountId": ACCOUNT}


def _region(arguments: Mapping[str, Any], location: Location) -> Properties:
    region = arguments.get("name") or arguments.get("region") or location.region
    return {"id": region, "name": region, "region": region, "description": region, "endpoint": f"ec2.{region}.{location.suffix}"}


def _partition(_arguments: Mapping[str, Any], location: Location) -> Properties:
    reverse = ".".join(reversed(location.suffix.split(".")))
    return {"id": location.partition, "partition": location.partition, "dnsSuffix": location.suffix, "reverseDnsPrefix": reverse}


def _availability_zones(arguments: Mapping[str, Any], location: Location) -> Properties:
    names = [f"{location.region}{letter}" for letter in "abc"]
    zones = [f"{location.region}-az{number}" for number in (1, 2, 3)]
    return dict(arguments) | {"id": location.region, "names": names, "zoneIds": zones, "groupNames": [location.region]}


def _canonical_user(_arguments: Mapping[str, Any], _location: Location) -> Properties:
    canonical = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"  # the example of AWS's documentation
    return {"id": canonical, "displayName": "offline"}


def _service_account(arguments: Mapping[str, Any], location: Location) -> Properties:
    region = arguments.get("region") or location.region
    account = _LOAD_BALANCERS.get(region, _LOAD_BALANCERS["us-east-1"])
    return {"id": account, "region": region, "arn": f"arn:{location.partition}:iam::{account}:root"}


_ANSWERS: Mapping[str, Answer] = {
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "aws:s3/getCanonicalUserId:getCanonicalUserId": _canonical_user,
    "aws:elb/getServiceAccount:getServiceAccount": _service_account,
    "aws-native:index:getAccountId": _native_account,
    "aws-native:index:getRegion": _region,
    "aws-native:index:getPartition": _partition,
}
