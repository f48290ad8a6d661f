"""
Made-up values for what nobody answers.

They exist so that a program can go on, never to decide a verdict: there are two variants of each, unlike in every value, and only what
holds under both is believed (`offline.engine.program.doubt`).
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from typing_extensions import assert_never

from offline.engine.cloud.aws import Location
from offline.engine.cloud.shapes import STRING, Leaf, Library, ListOf, MapOf, Record, Shape, find_shape, split_token
from offline.engine.protocol.values import Properties

Variant = Literal["first", "second"]

#: What is answered where the SDK does not show what is asked for: the properties that most results have.
_USUAL = (
    *("id", "arn", "name", "value", "accountId", "zoneId", "vpcId", "subnetId", "cidrBlock", "domainName", "dnsName", "endpoint", "url"),
    *("secretString", "state", "version", "region", "description", "type", "key", "bucket", "imageId", "kmsKeyId"),
)
_USUAL_LISTS = ("ids", "arns", "names", "values", "zoneIds", "subnetIds", "cidrBlocks", "securityGroupIds")
_UNCLEAR = Record({**dict.fromkeys(_USUAL, STRING), **dict.fromkeys(_USUAL_LISTS, ListOf(STRING)), "tags": MapOf(STRING)})
#: Words that end in `s` and are one thing.
_SINGULAR = ("ss", "us", "is", "dns", "aws", "kms", "sns", "sqs", "ecs", "eks", "rds", "sts", "tls", "https", "days", "hours", "seconds")


class Maker(NamedTuple):
    """
    What makes values up in one run: for data sources as the program's SDKs show them, for other stacks what its text asks for.

    Where no SDK shows a data source, its result has what most have, and what the text asks for (`list_properties`).
    """

    variant: Variant
    find_library: Callable[[], Library]
    list_outputs: Callable[[], tuple[str, ...] | None]
    list_properties: Callable[[], Mapping[str, tuple[str, ...]]] = dict

    def answer(self, token: str, arguments: Mapping[str, Any], location: Location) -> Properties:
        """A result of a data source: what it was asked with, and made-up values for everything else."""
        shape = find_shape(token, self.find_library()) or self._guess()
        parts = split_token(token)
        function = parts.function if parts is not None else token
        subject = _Subject(function.removeprefix("get").lower() or "value", token, self.variant, location)
        made = {key: _make(key, inner, subject) for key, inner in shape.fields.items()}
        return made | {key: value for key, value in arguments.items() if key in made and value is not None}

    def _guess(self) -> Record:
        """What most results have, and what the program's text asks for."""
        asked = self.list_properties().items()
        return Record({name: _guess_property(name, elements) for name, elements in asked} | dict(_UNCLEAR.fields))

    def refer(self, stack: str, location: Location) -> Properties | None:
        """The outputs of another stack: those that the program's text asks for; None where it does not show which."""
        subject = _Subject("output", stack, self.variant, location)
        names = self.list_outputs()
        return None if names is None else {key: _make(key, guess_shape(key), subject) for key in names}


def guess_shape(name: str) -> Shape:
    """A list where the name is a plural, else one string."""
    lower = name.lower()
    return ListOf(STRING) if lower.endswith("s") and not lower.endswith(_SINGULAR) and len(lower) > 2 else STRING  # noqa: PLR2004


def _guess_property(name: str, elements: tuple[str, ...]) -> Shape:
    guessed = guess_shape(name)
    return ListOf(Record({inner: guess_shape(inner) for inner in elements})) if elements and isinstance(guessed, ListOf) else guessed


class _Subject(NamedTuple):
    """Whose property is made up: a word for it, and what tells it from all others."""

    word: str
    whole: str
    variant: Variant
    location: Location


def _make(key: str, shape: Shape, subject: _Subject) -> Any:
    match shape:
        case Leaf("boolean"):
            return subject.variant == "first"
        case Leaf("number"):
            return 1 if subject.variant == "first" else 2
        case Leaf():
            return _write(key, subject)
        case ListOf(item):
            return [_make(key.removesuffix("s") if isinstance(item, Leaf) else key, item, subject)]
        case MapOf(item):
            return {"Name": _make(key, item, subject)}
        case Record(fields):
            return {inner: _make(inner, each, subject._replace(whole=f"{subject.whole} {key}")) for inner, each in fields.items()}
        case _:
            assert_never(shape)


def _write(key: str, subject: _Subject) -> str:
    """A string of the form that properties of this name have: programs take them apart."""
    first = subject.variant == "first"
    digest = hashlib.sha256(f"{subject.variant} {subject.whole} {key}".encode()).hexdigest()
    account = f"{int(digest[:10], 16) % 10**12:012}"
    name = f"{'made-up' if first else 'invented'}-{digest[:8]}"
    lower = key.lower()
    location = subject.location
    forms: tuple[tuple[bool, str], ...] = (
        (lower.endswith("arn"), f"arn:{location.partition}:{subject.word}:{location.region}:{account}:{subject.word}/{name}"),
        (lower.endswith(("accountid", "ownerid", "account")), account),
        ("cidr" in lower, f"10.{int(digest[:2], 16)}.{0 if first else 128}.0/{20 if first else 21}"),
        (lower.endswith("ip") or "ipaddress" in lower, f"10.{int(digest[:2], 16)}.{0 if first else 1}.10"),
        (lower.endswith(("url", "endpoint", "uri")), f"https://{name}.example.com"),
        ("domain" in lower or lower in {"dnsname", "fqdn", "hostname"}, f"{name}.example.com"),
        (lower in {"secretstring", "json", "policy", "policydocument"}, json.dumps({"value": name})),
        (lower.endswith(("date", "time")), "2026-01-01T00:00:00Z" if first else "2026-02-02T12:30:00Z"),
        (lower.endswith("zone"), f"{location.region}{'a' if first else 'b'}"),
        (lower == "region", location.region if first else "eu-north-1" if location.region != "eu-north-1" else "eu-west-2"),
        (lower.endswith("version"), "1.1" if first else "1.2"),
        (lower.endswith("id"), f"{lower.removesuffix('id').rstrip('_-') or subject.word}-{digest[:17]}"),
    )
    return next((text for fits, text in forms if fits), name)
