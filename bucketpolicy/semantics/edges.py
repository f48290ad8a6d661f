"""What a document tells apart: callers, objects and values of keys on both sides of each of its constants."""

import ipaddress
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from bucketpolicy.goal import TLS_VERSION, TRANSPORT, Assumptions
from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Principal, Service
from bucketpolicy.semantics.quantities import read_date, read_number
from bucketpolicy.tables.keys import KeyType, find_key

#: The account of those whom hardly any document names.
STRANGER = "999988887777"
#: What stands for every policy variable.
FILLED = "example"

#: How many of each kind there are: a document of many constants is not looked through.
_MOST = 64
_ACCOUNT_DIGITS = 12
# An ARN has five colons before its resource.
_COLONS = 5
_CLOUDFRONT = "cloudfront"
_TLS_VERSIONS = ("1.0", "1.1", "1.2", "1.3")
_Item = TypeVar("_Item")


def _first(items: Iterable[_Item]) -> tuple[_Item, ...]:
    """The first distinct ones."""
    return tuple(dict.fromkeys(islice(items, 4 * _MOST)))[:_MOST]


# Callers -------------------------------------------------------------------------------------------------------------------------------


def list_callers(entries: Iterable[str], partition: str) -> tuple[Principal, ...]:
    """One of each kind whom nobody names, whom these entries may name, and others of the same accounts."""
    return _first((*_strangers(partition), *_first(caller for text in entries for caller in _relatives(text, partition))))


def _strangers(partition: str) -> tuple[Principal, ...]:
    arn = f"arn:{partition}:iam::{STRANGER}"
    return (
        Identity("role", STRANGER, f"{arn}:role/x", "s"),
        Anonymous(),
        Service("delivery.logs.amazonaws.com"),
        Identity("user", STRANGER, f"{arn}:user/u"),
        Identity("root", STRANGER, f"{arn}:root"),
        OriginAccessIdentity(f"arn:{partition}:iam::{_CLOUDFRONT}:user/CloudFront Origin Access Identity E9EXAMPLE9"),
    )


def _relatives(text: str, partition: str) -> Iterator[Principal]:
    """Whom an entry, or a pattern of an ARN or of an account, may name, and others of the same account, whom it does not."""
    plain = text.replace("*", "x").replace("?", "x")
    if f":{_CLOUDFRONT}:user/" in text:
        yield OriginAccessIdentity(plain)
        return
    account = _find_account(text)
    if not account:
        if "." in text and text.isascii() and not any(sign in text for sign in "*?:/ "):
            yield Service(text)
        return
    arn = f"arn:{partition}:iam::{account}"
    kind, _, name = plain.split(":", _COLONS)[-1].partition("/")
    if kind == "role" and name:
        yield Identity("role", account, f"{arn}:role/{name}", "ci")
    if kind == "user" and name:
        yield Identity("user", account, f"{arn}:user/{name}")
    if kind == "assumed-role" and name:
        role, _, session = name.partition("/")
        yield from (Identity("role", account, f"{arn}:role/{path}{role}", session or "s") for path in ("", "team/"))
    yield Identity("root", account, f"{arn}:root")
    yield Identity("role", account, f"{arn}:role/q", "s")


def _find_account(text: str) -> str:
    """The account that an ARN or an account's number names, or one that its pattern covers; empty where there is none."""
    segments = text.split(":", _COLONS)
    written = segments[4] if len(segments) > _COLONS else text
    if written == "*":
        return STRANGER if len(segments) > _COLONS else ""
    missing = _ACCOUNT_DIGITS - len(written.replace("*", ""))
    account = written.replace("*", "0" * missing, 1).replace("*", "").replace("?", "0")
    return account if len(account) == _ACCOUNT_DIGITS and account.isdecimal() and account.isascii() else ""


# Objects -------------------------------------------------------------------------------------------------------------------------------


def list_resources(patterns: Iterable[str], partition: str, bucket: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """ARNs of buckets, the given one where it is known, and of objects in them."""
    tails = [text.split(":", _COLONS)[-1].partition("/") for text in patterns]
    written = (name.replace("*", "x").replace("?", "x") for name, _, _ in tails)
    buckets = [f"arn:{partition}:s3:::{name}" for name in ((bucket,) if bucket else _first(("example-bucket", *filter(None, written))))]
    names = _first(("example.txt", *(one for _, _, name in tails for one in _list_instances(name) if one)))
    return tuple(buckets), _first(f"{start}/{name}" for name in names for start in buckets)


# Values of keys ------------------------------------------------------------------------------------------------------------------------


def list_values(key: str, constants: Iterable[str], assumptions: Assumptions) -> tuple[tuple[str, ...], ...]:
    """What a request can have of a key: nothing, one value, and two where it takes several."""
    known = find_key(key)
    limited = key == TLS_VERSION and assumptions.tls_versions_are_known
    edges = _TLS_VERSIONS if limited else _first(_list_edges(known.type if known else "String", constants))
    absent = () if key == TRANSPORT and assumptions.secure_transport_present else ((),)
    pairs = zip(edges, (*edges[1:], edges[0]), strict=True) if known and known.multi and len(edges) > 1 else ()
    return (*absent, *((edge,) for edge in edges), *pairs)


def _list_edges(kind: KeyType, constants: Iterable[str]) -> Iterator[str]:
    """Values on both sides of every constant."""
    match kind:
        case "Bool":
            yield from ("false", "true")
        case "Numeric":
            exact = [number for number in map(read_number, constants) if number is not None]
            yield from (f"{float(number + step):.15g}" for number in exact for step in (0, -1, 1))
            yield from ("0", "1.1", "99")
        case "Date":
            moments = [int(moment) for moment in map(read_date, constants) if moment is not None]
            yield from (str(moment + step) for moment in moments for step in (0, -1, 1))
            yield from ("4102444800", "100000")
        case "Ip":
            yield from ("203.0.113.9", "2001:db8::7", *(address for constant in constants for address in _list_addresses(constant)))
        case _:
            yield from ("q", "arn:aws:s3:::q") if kind == "Arn" else ("q",)
            yield from (one for constant in constants for one in _list_instances(constant) if one)


def _list_addresses(constant: str) -> Iterator[str]:
    """The ends of a range of addresses, and what lies just outside."""
    try:
        network = ipaddress.ip_network(constant, strict=False)
    except ValueError:
        return
    for value in (int(network[0]), int(network[0]) - 1, int(network[-1]), int(network[-1]) + 1):
        if 0 <= value < 1 << network.max_prefixlen:
            yield str(type(network[0])(value))


def _list_instances(pattern: str) -> Iterator[str]:
    """Strings that a glob covers, and some just beside."""
    plain = _fill(pattern)
    for filling in ("x", "", "a/b") if "*" in plain or "?" in plain else ("",):
        one = plain.replace("*", filling).replace("?", filling[:1] or "q")
        yield from (one, one + "x", one[:-1], one.swapcase())
    yield pattern


def _fill(pattern: str) -> str:
    """The pattern with the same value for every policy variable."""
    head, *parts = pattern.split("${")
    return head + "".join(FILLED + part.partition("}")[2] for part in parts)
