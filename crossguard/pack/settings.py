"""
The configuration of the pack: schema, parser and documentation from one definition, `KEYS`.

The engine refuses what the schema can say before a program runs. `read_settings` refuses the same and the rest,
for whatever reaches the pack without an engine and for top-level keys that the engine lets through.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any, Literal, NamedTuple

from bucketpolicy.goal import FEW, Assumptions
from crossguard.pack.memory import remember
from crossguard.pack.partitions import PARTITIONS

#: The key in Pulumi's wire form that marks a secret; the value beside it is never shown.
SIGNATURE = "4dabf18193072939515e22adb298388d"
_LONGEST_SHOWN = 60


class Exemption(NamedTuple):
    """
    One entry of `exemptions`: a glob over bucket names, `name:` and a glob over resource names, or a whole URN.

    `document` is the hash of the one document that it is for (`bucketpolicy.canonical`); None: whatever the document is.
    """

    bucket: str
    reason: str
    owner: str | None = None
    expires: date | None = None
    document: str | None = None


class ControlPolicy(NamedTuple):
    """A resource control policy of the organization, as text, and the name by which verdicts speak of it."""

    name: str
    text: str


class Settings(NamedTuple):
    """
    A parsed configuration; the defaults are those of the pages of the policies.

    `probes` is no key of it: on how many requests there is time to try a denial, few in a pack that runs at every preview.
    """

    exemptions: tuple[Exemption, ...] = ()
    when_unknown: Literal["advisory", "mandatory"] = "advisory"
    in_preview: Literal["advisory", "mandatory"] = "mandatory"
    partition: str | None = None
    algorithms: tuple[str, ...] = ()
    kms_key_arns: tuple[str, ...] = ()
    accept_customer_provided_keys: bool = False
    accept_benchmark_snippet: bool = False
    exempt_principals: tuple[str, ...] = ()
    minimum_tls_version: Literal["1.2", "1.3"] | None = None
    assumptions: Assumptions = Assumptions()
    resource_control_policies: tuple[ControlPolicy, ...] = ()
    probes: int = FEW


class Rejected(NamedTuple):
    """A configuration that nothing is judged with; a line for each problem, which names key, value and what is accepted."""

    problems: tuple[str, ...]


Schema = Mapping[str, Any]


def _find_none(_value: object, _path: str) -> Iterator[str]:
    """The schema says it all."""
    return iter(())


class Key(NamedTuple):
    """
    One configuration key: the field of `Settings` it becomes, its JSON Schema, and how a value that fits becomes the field's.

    `find_problems` says what the schema cannot say, of a value that fits it and its place.

    The schema uses `enum`, `type`, `pattern` (of the whole text, with `description` saying it in words), `format: date`, `items`,
    `minItems`, `maxItems`, `properties`, `required` and `additionalProperties: false`. `default` and `about` are for the docs, in Markdown.
    """

    field: str
    schema: Schema
    convert: Callable[[Any], object]
    default: str
    about: str
    find_problems: Callable[[Any, str], Iterator[str]] = _find_none


def _read_exemptions(entries: list[dict[str, str]]) -> tuple[Exemption, ...]:
    return tuple(
        Exemption(
            entry["bucket"],
            entry["reason"],
            entry.get("owner"),
            date.fromisoformat(entry["expires"]) if "expires" in entry else None,
            entry.get("document"),
        )
        for entry in entries
    )


def _read_assumptions(switches: dict[str, bool]) -> Assumptions:
    return Assumptions(**{name.replace("-", "_"): value for name, value in switches.items()})


def _read_control_policies(entries: list[dict[str, Any]]) -> tuple[ControlPolicy, ...]:
    from crossguard.pack import control_policies  # noqa: PLC0415  not at boot: few have any

    return tuple(control_policies.read(entry, number) for number, entry in enumerate(entries, 1))


def _check_control_policies(entries: list[dict[str, Any]], path: str) -> Iterator[str]:
    from crossguard.pack import control_policies  # noqa: PLC0415  as above

    for index, entry in enumerate(entries):
        yield from control_policies.find_problems(entry, f"{path}[{index}]")


_FILLED: Schema = {"type": "string", "minLength": 1, "pattern": r"^[\s\S]*\S[\s\S]*$", "description": "a string that is not blank"}
_DAY: Schema = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "description": "a day as YYYY-MM-DD"}
_EXEMPTION: Schema = {
    "type": "object",
    "properties": {
        "bucket": {
            "type": "string",
            "minLength": 1,
            "pattern": r"^([A-Za-z0-9._*?-]+|name:[\s\S]+|urn:pulumi:[\s\S]+)$",
            "description": "a glob over bucket names, `name:` and a glob over resource names, or the full URN of the resource",
        },
        "reason": _FILLED,
        "owner": _FILLED,
        "expires": _DAY,
        "document": {
            "type": "string",
            "pattern": "^sha256:[0-9a-f]{64}$",
            "description": "`sha256:` and the 64 hexadecimal digits of the canonical document",
        },
    },
    "required": ["bucket", "reason"],
    "additionalProperties": False,
}
_PRINCIPAL: Schema = {
    "type": "string",
    "pattern": (
        r"^([0-9]{12}|arn:aws[a-z-]*:iam::[0-9]{12}:(root|(user|role)/[A-Za-z0-9+=,.@_/-]+)"
        r"|arn:aws[a-z-]*:iam::cloudfront:user/CloudFront Origin Access Identity [A-Z0-9]+|([a-z0-9-]+\.)+"
        r"(amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov))$"
    ),
    "description": (
        "an IAM principal's ARN without wildcards, a 12-digit account id, the ARN of a CloudFront origin access identity,"
        " or a service name such as `logging.s3.amazonaws.com`"
    ),
}
_KMS_KEY: Schema = {
    "type": "string",
    "pattern": "^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/[A-Za-z0-9/_-]+$",
    "description": "the ARN of a KMS key, without wildcards",
}
_SWITCH: Schema = {"type": "boolean"}

KEYS = {
    "exemptions": Key(
        "exemptions",
        {"type": "array", "items": _EXEMPTION},
        _read_exemptions,
        "none",
        "Resources that are not judged, each `{bucket, reason, owner?, expires?, document?}`."
        " `bucket` is a glob (`*`, `?`) over the bucket's name, or `name:` and a glob over the Pulumi name of the resource judged"
        " (the BucketPolicy; the bucket itself for an inline policy and for the stack policy), or the full URN of that resource."
        " Case matters. `expires` is the last day (UTC) on which it applies."
        " `document` is the [hash](../reports.md#the-hash-of-a-document) of the one document that it is for:"
        " a changed document is judged anew."
        " An autonamed bucket gets another suffix in every preview: exempt it by a glob or by `name:`.",
    ),
    "whenUnknown": Key(
        "when_unknown",
        {"enum": ["advisory", "mandatory"]},
        str,
        '`"advisory"`',
        "What a document that cannot be known during a preview gives: a note, or a violation. During an update it is always a violation.",
    ),
    "inPreview": Key(
        "in_preview",
        {"enum": ["advisory", "mandatory"]},
        str,
        '`"mandatory"`',
        "What a bucket without a policy gives during a preview: a violation, or a note. A policy made inside an `apply` does not exist in a"
        " first preview. During an update it is always a violation.",
    ),
    "partition": Key(
        "partition",
        {"enum": list(PARTITIONS)},
        str,
        "by the resource's region, else the provider's, else the document's own ARNs, else `aws`",
        "The AWS partition of the buckets. ARNs of another one do not count.",
    ),
    "algorithms": Key(
        "algorithms",
        {"type": "array", "minItems": 1, "items": {"enum": ["AES256", "aws:kms", "aws:kms:dsse", "aws:fsx"]}},
        tuple,
        "any",
        "Accepted values of the header: every upload without it *or with another value* must then be denied.",
    ),
    "kmsKeyArns": Key(
        "kms_key_arns",
        {"type": "array", "minItems": 1, "items": _KMS_KEY},
        tuple,
        "any",
        "Accepted KMS keys: every upload that names none, or another one, must then be denied.",
    ),
    "acceptCustomerProvidedKeys": Key(
        "accept_customer_provided_keys",
        _SWITCH,
        bool,
        "`false`",
        "True: an upload with the headers of SSE-C need not be denied.",
    ),
    "acceptBenchmarkSnippet": Key(
        "accept_benchmark_snippet",
        _SWITCH,
        bool,
        "`false`",
        "True: a Deny whose condition is the fragment that the benchmark prints counts as compliant, although it enforces neither half.",
    ),
    "exemptPrincipals": Key(
        "exempt_principals",
        {"type": "array", "maxItems": 500, "items": _PRINCIPAL},
        tuple,
        "none",
        "IAM principal ARNs, account ids, CloudFront origin access identities or service names whose requests need not be denied."
        " An account id stands for all its identities, a role for all its sessions. At most 500.",
    ),
    "minimumTlsVersion": Key(
        "minimum_tls_version",
        {"enum": ["1.2", "1.3", 1.2, 1.3]},
        str,
        "none",
        "Every TLS request below this version must be denied, too.",
    ),
    "assumptions": Key(
        "assumptions",
        {
            "type": "object",
            "properties": {name.replace("_", "-"): _SWITCH for name in Assumptions._fields},
            "additionalProperties": False,
        },
        _read_assumptions,
        "[as listed](../assumptions.md)",
        "What may be taken for granted about requests and about AWS, each `true` or `false`.",
    ),
    "resourceControlPolicies": Key(
        "resource_control_policies",
        {"type": "array", "maxItems": 100, "items": {"type": "object"}},
        _read_control_policies,
        "none",
        "The organization's resource control policies that are in force for the bucket's account, each as"
        " `aws organizations describe-policy` prints it, or its document. What they deny counts as denied,"
        " and the verdict names the policy; [limits](../limits.md#layers-above-the-bucket).",
        _check_control_policies,
    ),
}

_LEVEL: Schema = {"enum": ["advisory", "mandatory", "remediate", "disabled"]}


def write_schema(keys: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """The JSON Schema of each of these keys, by name."""
    return {name: {**KEYS[name].schema, "description": KEYS[name].about} for name in keys}


class _Value(NamedTuple):
    """What a value in the configuration became, or every problem in it."""

    read: object
    problems: tuple[str, ...] = ()


def read_settings(config: Mapping[str, object], keys: tuple[str, ...]) -> Settings | Rejected:
    """The settings in this configuration of a policy that takes `keys`, or every problem in it."""
    if not config:
        return DEFAULTS
    problems: list[str] = []
    fields: dict[str, Any] = {}
    for name, given in config.items():
        if name in keys:
            value = _READERS[name](given)
            problems += value.problems
            fields[KEYS[name].field] = value.read
        else:
            problems += _find_problems_outside(name, given, keys)
    return Rejected(tuple(problems)) if problems else Settings(**fields)


DEFAULTS = Settings()


def _read_value(name: str, given: object) -> _Value:
    key = KEYS[name]
    problems = tuple(_check(key.schema, given, name)) or tuple(key.find_problems(given, name))
    return _Value(None, problems) if problems else _Value(key.convert(given))


# The same configuration is read for every resource, and an organization's may be long.
_READERS = {name: remember(partial(_read_value, name), 8) for name in KEYS}


def _find_problems_outside(name: str, value: object, keys: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with a member of the configuration that is none of the policy's keys."""
    if name == "enforcementLevel":
        yield from _check(_LEVEL, value, name)
    else:
        names = ", ".join(f"`{key}`" for key in ("enforcementLevel", *keys))
        yield f"`{_shorten(name)}` is not a setting of this policy (it is set to {_show(value)}); accepted: {names}"


def _check(schema: Schema, value: object, path: str) -> Iterator[str]:
    """What is wrong with the value, and nothing where it fits the schema."""
    match schema.get("type"), value:
        case "array", list() if schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            for index, item in enumerate(value):
                yield from _check(schema["items"], item, f"{path}[{index}]")
        case "object", dict() if SIGNATURE not in value and "properties" not in schema:
            return
        case "object", dict() if SIGNATURE not in value:
            yield from _check_members(schema, value, path)
        case _ if not _fits(schema, value):
            yield f"`{path}` is {_show(value)}; accepted: {describe(schema)}"


def _fits(schema: Schema, value: object) -> bool:
    match schema.get("type"), value:
        case None, str() | float():
            return value in schema["enum"]
        case "boolean", bool():
            return True
        case "string", str():
            # `$` alone would also match before a line break at the end.
            return re.fullmatch(schema["pattern"], value) is not None and ("format" not in schema or _is_day(value))
        case _:
            return False


def _check_members(schema: Schema, value: dict[str, object], path: str) -> Iterator[str]:
    members = schema["properties"]
    for name, item in value.items():
        if name in members:
            yield from _check(members[name], item, f"{path}.{name}")
        else:
            yield f"`{path}.{_shorten(name)}` is not a setting (it is set to {_show(item)}); accepted: {describe(schema)}"
    for name in schema.get("required", ()):
        if name not in value:
            yield f"`{path}.{name}` is missing; accepted: {describe(members[name])}"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def describe(schema: Schema) -> str:
    """What the schema accepts, in words."""
    match schema:
        case {"enum": values}:
            return " or ".join(_show(value) for value in values)
        case {"type": "boolean"}:
            return "true or false"
        case {"type": "array"}:
            limit = f", of at most {schema['maxItems']}" if "maxItems" in schema else ""
            return f"a list{', not an empty one' if 'minItems' in schema else ''}{limit} (each: {describe(schema['items'])})"
        case {"type": "object", "properties": _}:
            return "an object of " + ", ".join(f"`{name}`" for name in schema["properties"])
        case _:
            return str(schema.get("description", "an object"))


def _show(value: object) -> str:
    """A value of the configuration for people to recognise: short, and never a secret."""
    match value:
        case dict():
            return "[secret]" if SIGNATURE in value else "an object"
        case list():
            return "a list" if value else "an empty list"
        case str():
            return json.dumps(_shorten(value), ensure_ascii=False)
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return json.dumps(value)


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
