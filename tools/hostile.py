"""
Inputs that somebody who wants to break the pack might choose: odd, broken, huge and deep, each made from a seed.

The SDK's mark is the key of nothing that it does not mark: the engine and the SDK refuse such an object before a pack is asked.
"""

import json
from random import Random
from typing import Any

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  the mark, not a secret
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
STACK = "urn:pulumi:prod::shop"
TYPES = (
    *("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2", "aws:s3/bucketPolicy:BucketPolicy"),
    *("aws-native:s3:Bucket", "aws-native:s3:BucketPolicy", "aws:s3/directoryBucket:DirectoryBucket", "x:y:Z", ""),
)
KEYS = (
    *("bucket", "bucketName", "policy", "policyDocument", "region", "id", "arn", "tags", "endpoints", "__defaults", "bucketDomainName"),
    *("Version", "Statement", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition", "Sid"),
    *(
        "Null",
        "Bool",
        "StringLike",
        "ForAllValues:StringEquals",
        "IpAddress",
        "NumericLessThanIfExists",
        "AWS",
        "Service",
        "value",
    ),
    *(
        "aws:SecureTransport",
        "s3:x-amz-server-side-encryption",
        "s3:TlsVersion",
        "aws:PrincipalArn",
        "aws:SourceIp",
        "aws:Referer",
        "",
        "\0",
    ),
)
TEXTS = (
    *(
        "",
        "*",
        "Deny",
        "Allow",
        "true",
        "false",
        "logs",
        "s3:*",
        "s3:PutObject",
        "s3:Put*",
        "2012-10-17",
        "AES256",
        "aws:kms",
        "1.2",
        UNKNOWN,
    ),
    *("arn:aws:s3:::logs", "arn:aws:s3:::logs/*", "arn:aws:s3:::*", "arn:aws-cn:s3:::logs/*", "arn:aws:iam::111122223333:root", SECRET),
    *("111122223333", "10.0.0.0/8", "::/0", "1e999", "-0", "${aws:username}", "${", "${*}${?}${$}", "b.arn.apply(lambda a: a)", "[secret]"),
    *(
        "##vso[task.setvariable variable=X]y",
        "::error title=x::y",
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
        "]]>",
        "\x1b]0;x\x07",
    ),
    *(
        "\u202e",
        "\ufeff",
        "\U0001f600",
        "a\r\nb",
        "../../etc/passwd",
        "%00",
        "{{7*7}}",
        "'; --",
        "Calling __str__ on an Output[T] is not supported.",
    ),
)


def make_text(rng: Random) -> str:
    """A text that means something somewhere, or a long one, or one put together."""
    match rng.randrange(12):
        case 0:
            return rng.choice(TEXTS) * rng.choice((50, 500, 3000))
        case 1:
            return "".join(rng.choice("*?ab/:-") for _ in range(rng.randrange(300)))
        case 2:
            return "".join(chr(rng.choice((rng.randrange(32), rng.randrange(0xD800), rng.randrange(0xE000, 0x10FFFF)))) for _ in range(9))
        case 3:
            return rng.choice(TEXTS) + rng.choice(TEXTS)
        case _:
            return rng.choice(TEXTS)


def make_value(rng: Random, depth: int = 0) -> Any:
    """Any JSON: mostly shallow, now and then deep or wide."""
    match rng.randrange(9 if depth < 5 else 5):  # noqa: PLR2004
        case 0:
            return rng.choice((None, True, False, 0, 1.5, -1, 2**53, 1e308))
        case 1 | 2 | 3 | 4:
            return make_text(rng)
        case 5:
            return [make_value(rng, depth + 1) for _ in range(rng.randrange(4))]
        case 6:
            return (
                [make_value(rng, 9)] * rng.choice((10, 300, 3000))
                if rng.randrange(9) == 0
                else {SIGNATURE: SECRET, "value": make_text(rng)}
            )
        case _:
            return {rng.choice(KEYS): make_value(rng, depth + 1) for _ in range(rng.randrange(4))}


def make_deep(rng: Random) -> Any:
    """A value of many levels."""
    value: Any = make_text(rng)
    for _ in range(rng.choice((50, 90))):
        value = [value] if rng.randrange(2) else {rng.choice(KEYS): value}
    return value


def make_document(rng: Random) -> dict[str, Any]:
    """A document that people might write, with some of its parts replaced by anything."""
    statements = []
    for number in range(rng.choice((0, 1, 1, 2, 2, 3, 40))):
        operator, key, value = rng.choice(
            (
                ("Null", "s3:x-amz-server-side-encryption", "true"),
                ("Bool", "aws:SecureTransport", "false"),
                ("StringNotEqualsIfExists", "s3:x-amz-server-side-encryption", ["AES256", "aws:kms"]),
                ("NumericLessThanIfExists", "s3:TlsVersion", 1.2),
                ("ForAnyValue:StringLike", "aws:PrincipalTag/${aws:username}", make_text(rng)),
                (make_text(rng), make_text(rng), make_value(rng)),
            )
        )
        statement: dict[str, Any] = {
            "Sid": f"S{number}",
            "Effect": rng.choice(("Deny", "Deny", "Allow")),
            rng.choice(("Principal", "Principal", "NotPrincipal")): rng.choice(("*", {"AWS": "*"}, {"AWS": [make_text(rng)]})),
            rng.choice(("Action", "Action", "NotAction")): rng.choice(("s3:*", "s3:PutObject", ["s3:Put*", make_text(rng)])),
            rng.choice(("Resource", "Resource", "NotResource")): rng.choice(
                ("arn:aws:s3:::logs/*", ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"], make_text(rng))
            ),
            "Condition": {operator: {key: value}},
        }
        if rng.randrange(3) == 0:
            statement[rng.choice(list(statement))] = make_deep(rng) if rng.randrange(9) == 0 else make_value(rng)
        statements.append(statement)
    return {"Version": "2012-10-17", "Statement": statements}


def write_document(rng: Random) -> str:
    """A document as text; one in three has damage."""
    text = json.dumps(make_document(rng) if rng.randrange(4) else make_value(rng), ensure_ascii=bool(rng.randrange(2)))
    for _ in range(rng.choice((0, 0, 1, 4))):
        spot = rng.randrange(len(text) + 1)
        text = (
            text[:spot]
            + rng.choice(('"', "{", "}", "[", ",", "\\", "\0", "", "\ufeff", make_text(rng)[:20]))
            + text[spot + rng.randrange(3) :]
        )
    return text


def make_properties(rng: Random, kind: str) -> dict[str, Any]:
    """The properties of a resource of this type, as far as they are what they should be."""
    properties = {rng.choice(KEYS): make_value(rng) for _ in range(rng.randrange(3))}
    if rng.randrange(5):
        properties["bucketName" if kind == "aws-native:s3:Bucket" else "bucket"] = rng.choice(("logs", "logs", UNKNOWN, make_text(rng)))
    if rng.randrange(5):
        document = make_document(rng) if rng.randrange(5) == 0 else write_document(rng)
        properties["policyDocument" if kind.startswith("aws-native") else "policy"] = document if rng.randrange(6) else make_value(rng)
    return properties


def make_name(rng: Random) -> str:
    """A Pulumi name, which may be nearly anything."""
    return rng.choice(("logs", "data", make_text(rng)[:200]))


def write_state(rng: Random) -> bytes:
    """A state export; one in four has damage."""
    resources: list[Any] = [{"urn": f"{STACK}::pulumi:pulumi:Stack::shop-prod", "type": "pulumi:pulumi:Stack"}]
    for _ in range(rng.choice((0, 1, 2, 3, 5, 20))):
        kind, name = rng.choice(TYPES), make_name(rng)
        known = [each["urn"] for each in resources]
        resources.append(
            {
                "urn": f"{STACK}::{kind}::{name}",
                "type": kind,
                "custom": True,
                "inputs": _mark(make_properties(rng, kind)),
                "outputs": _mark(make_properties(rng, kind)),
                "propertyDependencies": {"bucket": rng.sample(known, min(len(known), rng.randrange(3)))},
                "dependencies": known[-2:],
                **({rng.choice(("delete", "parent", "provider", "external", "inputs")): make_value(rng)} if rng.randrange(6) == 0 else {}),
            }
        )
    text = json.dumps({"version": 3, "deployment": {"manifest": {}, "resources": resources if rng.randrange(20) else make_value(rng)}})
    if rng.randrange(4) == 0:
        spot = rng.randrange(len(text))
        text = text[:spot] + make_text(rng)[:5] + text[spot + rng.randrange(9) :]
    return text.encode("utf-8", "surrogatepass")


def _mark(value: Any) -> Any:
    """Secrets as an export with `--show-secrets` has them."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return {SIGNATURE: SECRET, "plaintext": json.dumps(value.get("value"))}
        return {key: _mark(item) for key, item in value.items()}
    return [_mark(item) for item in value] if isinstance(value, list) else value
