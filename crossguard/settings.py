"""
The configuration of the pack: schema, parser and documentation from one definition, `KEYS`.

The engine refuses what the schema can say before a program runs. `read_settings` refuses the same and the rest,
for whatever reaches the pack without an engine and for top-level keys that the engine lets through.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple

from bucketpolicy.goal import Assumptions

#: The key in Pulumi's wire form that marks a secret; the value beside it is never shown.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_LONGEST_SHOWN = 60

PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc")


class Exemption(NamedTuple):
    """One entry of `exemptions`: a glob over bucket names, `name:` and a glob over resource names, or a whole URN."""

    bucket: str
    reason: str
    owner: str | None = None
    expires: date | None = None


class Settings(NamedTuple):
    """A parsed configuration; the defaults are those of the contract."""

    exemptions: tuple[Exemption, ...] = ()
    when_unknown: Literal["advisory", "mandatory"] = "advisory"
    partition: str | None = None
    algorithms: tuple[str, ...] = ()
    kms_key_arns: tuple[str, ...] = ()
    accept_customer_provided_keys: bool = False
    accept_benchmark_snippet: bool = False
    exempt_principals: tuple[str, ...] = ()
    minimum_tls_version: Literal["1.2", "1.3"] | None = None
    assumptions: Assumptions = Assumptions()


class Rejected(NamedTuple):
    """A configuration that nothing is judged with; a line for each problem, which names key, value and what is accepted."""

    problems: tuple[str, ...]


class Switch(NamedTuple):
    """`true` or `false`."""


class Choice(NamedTuple):
    """One of these values."""

    values: tuple[str | float, ...]


class Text(NamedTuple):
    """A text that matches the pattern as a whole; `accepted` says the same in words."""

    pattern: str
    accepted: str


class Day(NamedTuple):
    """A calendar day, `YYYY-MM-DD`."""


class Many(NamedTuple):
    """A list; `filled` refuses the empty one, where it could be read as "none" as well as "any"."""

    item: "Shape"
    filled: bool = False


class Record(NamedTuple):
    """An object with these members and no others; `required` ones must be there."""

    members: tuple[tuple[str, "Shape"], ...]
    required: tuple[str, ...] = ()


Shape = Switch | Choice | Text | Day | Many | Record
Schema = dict[str, Any]


class Key(NamedTuple):
    """
    One configuration key: `field` of `Settings`, what may be written, and how that becomes the field's value.

    `default` and `about` are for the docs, in Markdown.
    """

    name: str
    field: str
    shape: Shape
    convert: Callable[[Any], object]
    default: str
    about: str


def _read_exemptions(entries: list[dict[str, str]]) -> tuple[Exemption, ...]:
    return tuple(
        Exemption(
            entry["bucket"], entry["reason"], entry.get("owner"), date.fromisoformat(entry["expires"]) if "expires" in entry else None
        )
        for entry in entries
    )


def _read_assumptions(switches: dict[str, bool]) -> Assumptions:
    return Assumptions(**{name.replace("-", "_"): value for name, value in switches.items()})


_FILLED = Text(r"[\s\S]*\S[\s\S]*", "a text that is not empty")
_EXEMPTION = Record(
    (
        (
            "bucket",
            Text(
                r"[A-Za-z0-9._*?-]+|name:[\s\S]+|urn:pulumi:[\s\S]+",
                "a glob over bucket names, `name:` and a glob over resource names, or the full URN of the resource",
            ),
        ),
        ("reason", _FILLED),
        ("owner", _FILLED),
        ("expires", Day()),
    ),
    required=("bucket", "reason"),
)
_PRINCIPAL = Text(
    r"[0-9]{12}"
    r"|arn:aws[a-z-]*:iam::[0-9]{12}:(root|(user|role)/[A-Za-z0-9+=,.@_/-]+)"
    r"|([a-z0-9-]+\.)+(amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)",
    "an IAM principal's ARN without wildcards, a 12-digit account id, or a service name such as `logging.s3.amazonaws.com`",
)
_KMS_KEY = Text(
    r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/[A-Za-z0-9/_-]+",
    "the ARN of a KMS key, without wildcards",
)

KEYS = {
    key.name: key
    for key in (
        Key(
            "exemptions",
            "exemptions",
            Many(_EXEMPTION),
            _read_exemptions,
            "none",
            "Resources that are not judged, each `{bucket, reason, owner?, expires?}`."
            " `bucket` is a glob (`*`, `?`) over the bucket's name, or `name:` and a glob over the Pulumi name of the resource judged"
            " (the BucketPolicy; the bucket itself for an inline policy and for the stack policy), or the full URN of that resource."
            " Case matters. `expires` is the last day (UTC) on which it applies."
            " An autonamed bucket gets another suffix in every preview: exempt it by a glob or by `name:`.",
        ),
        Key(
            "whenUnknown",
            "when_unknown",
            Choice(("advisory", "mandatory")),
            str,
            '`"advisory"`',
            "What a document that cannot be known during a preview gives: a note, or a violation."
            " During an update it is always a violation.",
        ),
        Key(
            "partition",
            "partition",
            Choice(PARTITIONS),
            str,
            "by the resource's region, else the provider's, else the document's own ARNs, else `aws`",
            "The AWS partition of the buckets. ARNs of another one do not count.",
        ),
        Key(
            "algorithms",
            "algorithms",
            Many(Choice(("AES256", "aws:kms", "aws:kms:dsse", "aws:fsx")), filled=True),
            tuple,
            "any",
            "Accepted values of the header: every upload without it *or with another value* must then be denied.",
        ),
        Key(
            "kmsKeyArns",
            "kms_key_arns",
            Many(_KMS_KEY, filled=True),
            tuple,
            "any",
            "Accepted KMS keys: every upload that names none, or another one, must then be denied.",
        ),
        Key(
            "acceptCustomerProvidedKeys",
            "accept_customer_provided_keys",
            Switch(),
            bool,
            "`false`",
            "True: an upload with the headers of SSE-C need not be denied.",
        ),
        Key(
            "acceptBenchmarkSnippet",
            "accept_benchmark_snippet",
            Switch(),
            bool,
            "`false`",
            "True: a Deny whose condition is the fragment that the benchmark prints counts as compliant,"
            " although it enforces neither half.",
        ),
        Key(
            "exemptPrincipals",
            "exempt_principals",
            Many(_PRINCIPAL),
            tuple,
            "none",
            "IAM principal ARNs, account ids or service names whose requests need not be denied."
            " An account id stands for all its identities, a role for all its sessions.",
        ),
        Key(
            "minimumTlsVersion",
            "minimum_tls_version",
            Choice(("1.2", "1.3", 1.2, 1.3)),
            str,
            "none",
            "Every TLS request below this version must be denied, too.",
        ),
        Key(
            "assumptions",
            "assumptions",
            Record(tuple((name.replace("_", "-"), Switch()) for name in Assumptions._fields)),
            _read_assumptions,
            "[as listed](../semantics.md)",
            "What may be taken for granted about requests and about AWS, each `true` or `false`.",
        ),
    )
}

_LEVEL = Choice(("advisory", "mandatory", "remediate", "disabled"))


def write_schema(keys: tuple[str, ...]) -> dict[str, Schema]:
    """The JSON Schema of each of these keys, by name."""
    return {name: {"description": KEYS[name].about, **_describe(KEYS[name].shape)} for name in keys}


def read_settings(config: Mapping[str, object], keys: tuple[str, ...]) -> Settings | Rejected:
    """The settings in this configuration of a policy that takes `keys`, or every problem in it."""
    if not config:
        return DEFAULTS
    problems = tuple(_find_problems(config, keys))
    if problems:
        return Rejected(problems)
    fields: dict[str, Any] = {KEYS[name].field: KEYS[name].convert(value) for name, value in config.items() if name in keys}
    return Settings(**fields)


DEFAULTS = Settings()


def _find_problems(config: Mapping[str, object], keys: tuple[str, ...]) -> Iterator[str]:
    for name, value in config.items():
        if name in keys:
            yield from _check(KEYS[name].shape, value, name)
        elif name == "enforcementLevel":
            yield from _check(_LEVEL, value, name)
        else:
            names = ", ".join(f"`{key}`" for key in ("enforcementLevel", *keys))
            yield f"`{_shorten(name)}` is no setting of this policy (it is set to {_show(value)}); accepted: {names}"


def _check(shape: Shape, value: object, path: str) -> Iterator[str]:
    """What is wrong with the value, and nothing where it has the shape."""
    match shape, value:
        case Many(item, filled), list() if value or not filled:
            for index, member in enumerate(value):
                yield from _check(item, member, f"{path}[{index}]")
        case Record(), dict() if _SIGNATURE not in value:
            yield from _check_record(shape, value, path)
        case _ if not _has_shape(shape, value):
            yield f"`{path}` is {_show(value)}; accepted: {describe(shape)}"


def _has_shape(shape: Shape, value: object) -> bool:
    match shape, value:
        case Switch(), bool():
            return True
        case Choice(values), str() | float():
            return value in values
        case Text(pattern), str():
            return re.fullmatch(pattern, value) is not None
        case Day(), str():
            return _is_day(value)
        case _:
            return False


def _check_record(shape: Record, value: dict[str, object], path: str) -> Iterator[str]:
    members = dict(shape.members)
    for name, item in value.items():
        if name in members:
            yield from _check(members[name], item, f"{path}.{name}")
        else:
            yield f"`{path}.{_shorten(name)}` is not known (it is set to {_show(item)}); accepted: {describe(shape)}"
    for name in shape.required:
        if name not in value:
            yield f"`{path}.{name}` is missing; accepted: {describe(members[name])}"


def _is_day(text: str) -> bool:
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def describe(shape: Shape) -> str:
    """What is accepted, in words."""
    match shape:
        case Switch():
            return "true or false"
        case Choice(values):
            return " or ".join(_show(value) for value in values)
        case Text(_, accepted):
            return accepted
        case Day():
            return "a day as YYYY-MM-DD"
        case Many(item, filled):
            return f"a list{', not an empty one' if filled else ''} (each: {describe(item)})"
        case Record(members):
            return "an object of " + ", ".join(f"`{name}`" for name, _ in members)


def _describe(shape: Shape) -> Schema:
    match shape:
        case Switch():
            return {"type": "boolean"}
        case Choice(values):
            return {"enum": list(values)}
        case Text(pattern):
            return {"type": "string", "minLength": 1, "pattern": f"^({pattern})$"}
        case Day():
            return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
        case Many(item, filled):
            return {"type": "array", "items": _describe(item), **({"minItems": 1} if filled else {})}
        case Record(members, required):
            return {
                "type": "object",
                "properties": {name: _describe(member) for name, member in members},
                "additionalProperties": False,
                **({"required": list(required)} if required else {}),
            }


def _show(value: object) -> str:
    """A value of the configuration for people to recognise: short, and never a secret."""
    match value:
        case dict():
            return "[secret]" if _SIGNATURE in value else "an object"
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
