"""The resources of a form as the real engine puts them on the wire (recorded with CLI 3.259.0), in a first preview and in an update."""

import json
from typing import Any, NamedTuple

from tests.crossguard.documents import FORMATTED, HEADER_ABSENT, OVER_HTTP, compliant, deny, document
from tests.crossguard.pack import BUCKET, BUCKET_POLICY, BUCKET_V2, UNKNOWN, Resource, secret
from tests.forms.table import Form


class Wire(NamedTuple):
    """What `Analyze` is asked of, one by one, and what `AnalyzeStack` is asked of."""

    inputs: tuple[Resource, ...]
    outputs: tuple[Resource, ...]


def write_wire(form: Form, *, preview: bool) -> Wire:
    """The resources of the form, each under the form's name."""
    if form.link == "inline":
        return _write_inline(form, preview=preview)
    name = _name(form, preview=preview)
    region = "cn-north-1" if "cn-north-1" in form.bucket else "eu-central-1"
    bucket = Resource(BUCKET_V2 if form.name == "bucket-v2" else BUCKET, form.name, {"bucket": name}, region=region)
    policies = _write_policies(form, name, bucket, preview=preview)
    others: list[Resource] = []
    if form.link == "block":
        others.append(_write_block(form, name, bucket, preview=preview))
    if form.link in ("shared", "elsewhere"):
        others.append(Resource(BUCKET, f"{form.name}-2", {"bucket": f"{name}-2"}, region=region))
    inputs = [bucket, *others, *policies]
    outputs = [_plan(bucket, preview=preview), *others, *policies]
    if form.link == "read":
        inputs, outputs = inputs[1:], outputs[1:]
    return Wire(tuple(inputs), tuple(outputs))


def _name(form: Form, *, preview: bool) -> str:
    """Autonaming makes a name known in a preview, `bucket_prefix` does not."""
    return UNKNOWN if preview and form.name == "prefix" else f"{form.name}-1a2b3c4"


def _plan(bucket: Resource, *, preview: bool) -> Resource:
    """A bucket with its outputs: what the provider computes is unknown in a preview, and no policy is read at creation."""
    made = {"id": "x", "arn": "x", "bucketDomainName": "x", "region": bucket.region, "policy": ""}
    return bucket._replace(props={**(dict.fromkeys(made, UNKNOWN) if preview else made), **bucket.props})


def _write_policies(form: Form, name: str, bucket: Resource, *, preview: bool) -> list[Resource]:
    shown = name if form.unknown in ("nothing", "policy") or not preview else UNKNOWN
    text = (
        _write_document(form, "prefix-1a2b3c4" if name == UNKNOWN else name)
        if form.unknown in ("nothing", "bucket") or not preview
        else UNKNOWN
    )
    hidden: Any = secret(text) if form.name in ("secret", "secret-part") else text
    policy = Resource(BUCKET_POLICY, form.name, {"bucket": shown, "policy": hidden}, _link(form, bucket, preview=preview), bucket.region)
    again = policy._replace(name=f"{form.name}-2")
    match form.link:
        case "bare":
            return []
        case "twice":
            document = json.loads(text)
            document["Statement"][0]["Action"] = "s3:*"
            other = {"bucket": shown, "policy": json.dumps(document)}
            return [policy, again if form.name == "two-policies" else again._replace(props=other)]
        case "elsewhere":
            target = UNKNOWN if preview else f"{name}-2"
            dependencies = {**policy.dependencies, "bucket": [f"{bucket.urn}-2"]}
            return [policy._replace(props={"bucket": target, "policy": text}, dependencies=dependencies)]
        case "later":
            return [] if preview else [policy]
        case "shared":
            props = {"bucket": f"{name}-2", "policy": text}
            return [policy, again._replace(props=props, dependencies={**policy.dependencies, "bucket": [f"{bucket.urn}-2"]})]
        case _:
            return [policy]


def _link(form: Form, bucket: Resource, *, preview: bool) -> dict[str, list[str]]:
    """The dependencies; those of a data source's document are missing only while it is unknown."""
    block = f"urn:pulumi:dev::shop::aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock::{form.name}"
    match form.link:
        case "none" | "bare":
            return {}
        case "bucket" if preview or "get_policy_document" not in form.policy:
            return {"bucket": [bucket.urn]}
        case "block":
            return {"bucket": [block], "policy": [bucket.urn]}
        case "shared":
            return {"bucket": [bucket.urn], "policy": [bucket.urn, f"{bucket.urn}-2"]}
        case _:
            return {"bucket": [bucket.urn], "policy": [bucket.urn]}


def _write_block(form: Form, name: str, bucket: Resource, *, preview: bool) -> Resource:
    kind = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    return Resource(kind, form.name, {"bucket": UNKNOWN if preview else name, "blockPublicAcls": True}, {"bucket": [bucket.urn]})


def _write_inline(form: Form, *, preview: bool) -> Wire:
    kind = BUCKET_V2 if form.name == "inline-v2" else BUCKET
    bucket = Resource(kind, form.name, {"bucket": form.name, "policy": compliant(form.name)}, region="eu-central-1")
    policy = Resource(BUCKET_POLICY, form.name, bucket.props, {"bucket": [bucket.urn]}, region="eu-central-1")
    more = (policy,) if form.name == "inline-too" else ()
    return Wire((bucket, *more), (_plan(bucket, preview=preview), *more))


def _write_document(form: Form, name: str) -> str:
    special = {
        "id-star": json.dumps(document(deny("", HEADER_ABSENT, Resource="*"), deny("", OVER_HTTP, Action="s3:*", Resource="*"))),
        "id-no-deny": json.dumps(document({**deny(name, {}), "Effect": "Allow", "Action": "s3:GetObject"})),
        "f-string": compliant(FORMATTED),
        "other-bucket": compliant("some-other-bucket"),
        "other-partition": compliant(name, "aws-cn"),
        "shared": json.dumps(document(*(one for each in (name, f"{name}-2") for one in json.loads(compliant(each))["Statement"]))),
    }
    return special.get(form.name, compliant(name))
