"""
Requests near the constants of a document, to be put to `evaluate` before a `Denied` is said.

Drawn from the document and the goal alone: nothing here knows how the denial was proved. The same document and goal give the same requests,
on every machine. The first ones change one thing each; those that follow mix all that the document tells apart.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

from bucketpolicy.document import Document, Statement
from bucketpolicy.goal import TLS_VERSION, TRANSPORT, Absent, AbsentOrOther, Below, Equal, Goal, Target
from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Principal, Request, Service
from bucketpolicy.semantics.evaluate import is_denied
from bucketpolicy.semantics.feasible import (
    IS_SERVICE,
    PRINCIPAL_ACCOUNT,
    PRINCIPAL_ARN,
    PRINCIPAL_ORG,
    SERVICE_NAME,
    SOURCE_IP,
    SOURCE_VPCE,
    complete,
    in_goal,
    keys_of,
)
from bucketpolicy.semantics.quantities import read_date, read_number
from bucketpolicy.semantics.tokens import lower_ascii
from bucketpolicy.tables.keys import KeyType, find_key

#: How many requests are asked about, in a pack that runs at every preview, and where there is time.
FEW, MANY = 12, 60

_STRANGER = "999988887777"
_ACCOUNT_DIGITS = 12
_CLOUDFRONT = "cloudfront"
_MOST = 64
_FILLED = "example"
_OLD_VERSIONS = ("1.1", "1.0")
_OF_CALLER = (PRINCIPAL_ARN, PRINCIPAL_ACCOUNT, IS_SERVICE, SERVICE_NAME)
_Item = TypeVar("_Item")
_Values = dict[str, tuple[str, ...]]


def find_gap(document: Document, goal: Goal, most: int) -> Request | None:
    """A request of the goal, among so many near the document's constants, that is surely not denied; None where there is none."""
    mentioned = keys_of(document)
    for request in islice(probe(document, goal), most):
        # Most are denied, and whether anybody can send it need be asked of the others only.
        if is_denied(document, request, goal.assumptions) is False and in_goal(request, goal, mentioned):
            return request
    return None


class _Pools(NamedTuple):
    """
    What requests are put together from: `values` by key, `names` of objects, `actions` that the document writes out.

    `named`: callers that the document speaks of, and their neighbours. `exact`: of each key, the document's own values.
    `linked`: those that agree with each other where policy variables make them.
    """

    strangers: tuple[Principal, ...]
    named: tuple[Principal, ...]
    buckets: tuple[str, ...]
    names: tuple[str, ...]
    actions: frozenset[str]
    values: dict[str, tuple[str, ...]]
    exact: dict[str, tuple[str, ...]]
    linked: dict[str, tuple[str, ...]]


def probe(document: Document, goal: Goal) -> Iterator[Request]:
    """Requests without end, the most telling first; nearly all of them are in the goal."""
    denies = [statement for statement in document.statements if statement.effect == "Deny"]
    mentioned = keys_of(document)
    pools, numbers = _collect(denies, goal, mentioned), _draw()
    about_callers = not mentioned.isdisjoint(_OF_CALLER)
    named = [tuple(action for action in target.actions if lower_ascii(action) in pools.actions) for target in goal.targets]
    while True:
        for target, written in zip(goal.targets, named, strict=True):
            actions = written if written and next(numbers) & 1 else target.actions
            request = _make(pools, goal, target._replace(actions=actions), numbers)
            yield complete(request, goal.assumptions, mentioned) if about_callers else request


def _draw() -> Iterator[int]:
    """The same numbers every time, with no pattern that a document could follow (Knuth's MMIX)."""
    state = 7
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        yield state >> 33


# What the document tells apart ---------------------------------------------------------------------------------------------------------


def _collect(denies: list[Statement], goal: Goal, mentioned: Iterable[str]) -> _Pools:
    constants: dict[str, list[str]] = {one.key: [] for target in goal.targets for one in target.restrictions}
    for statement in denies:
        for condition in statement.conditions:
            constants.setdefault(condition.key, []).extend(condition.values)
    for key in sorted(mentioned):
        # What only a policy variable stands for.
        constants.setdefault(key, [])
    entries = [text for statement in denies for _, text in statement.principals.entries]
    entries += [*goal.exempt, *constants.get(PRINCIPAL_ARN, ()), *constants.get(PRINCIPAL_ACCOUNT, ()), *constants.get(SERVICE_NAME, ())]
    tails = [text.split(":", 5)[-1] for statement in denies for text in statement.resources.patterns]
    buckets = (goal.bucket,) if goal.bucket is not None else ("example-bucket", *(tail.partition("/")[0] for tail in tails))
    names = ["example.txt", *(name for tail in tails for name in _instances(tail.partition("/")[2]))]
    return _Pools(
        _strangers(goal.partition),
        _first(caller for text in entries for caller in _relatives(text, goal.partition)),
        _first(name.replace("*", "x").replace("?", "x") for name in buckets),
        _first(name for name in names if name),
        frozenset(lower_ascii(text) for statement in denies for text in statement.actions.patterns),
        {key: _first(_edges(key, texts)) for key, texts in constants.items()},
        {key: _first(_plain(texts)) if _is_text(key) else () for key, texts in constants.items()},
        {key: _first(_plain(texts)) or (_FILLED,) for key, texts in constants.items() if not texts or any("${" in text for text in texts)},
    )


def _first(items: Iterable[_Item]) -> tuple[_Item, ...]:
    """The first distinct ones: a document of many constants is not looked through."""
    return tuple(islice(dict.fromkeys(items), _MOST))


def _strangers(partition: str) -> tuple[Principal, ...]:
    """Everybody's kind, of an account that hardly anybody names."""
    arn = f"arn:{partition}:iam::{_STRANGER}"
    return (
        Identity("role", _STRANGER, f"{arn}:role/x", "s"),
        Anonymous(),
        Service("delivery.logs.amazonaws.com"),
        Identity("user", _STRANGER, f"{arn}:user/u"),
        Identity("root", _STRANGER, f"{arn}:root"),
        OriginAccessIdentity(f"arn:{partition}:iam::{_CLOUDFRONT}:user/CloudFront Origin Access Identity E9EXAMPLE9"),
    )


def _relatives(text: str, partition: str) -> Iterator[Principal]:
    """Whom an entry may name, and others of the same account, whom it does not."""
    if f":{_CLOUDFRONT}:user/" in text:
        yield OriginAccessIdentity(text.replace("*", "x").replace("?", "x"))
        return
    account = next((part for part in text.split(":") if len(part) == _ACCOUNT_DIGITS and part.isdecimal() and part.isascii()), "")
    if not account:
        if text.isascii() and "." in text and not any(sign in text for sign in "*?:/ "):
            yield Service(text)
        return
    arn = f"arn:{partition}:iam::{account}"
    kind, _, name = text.split(":", 5)[-1].replace("*", "x").replace("?", "x").partition("/")
    if kind == "role" and name:
        yield Identity("role", account, f"{arn}:role/{name}", "ci")
    if kind == "user" and name:
        yield Identity("user", account, f"{arn}:user/{name}")
    if kind == "assumed-role" and name:
        role, _, session = name.partition("/")
        yield from (Identity("role", account, f"{arn}:role/{path}{role}", session or "s") for path in ("", "team/"))
    yield Identity("root", account, f"{arn}:root")
    yield Identity("role", account, f"{arn}:role/q", "s")


def _fill(pattern: str) -> str:
    """The pattern with the same value for every policy variable."""
    head, *parts = pattern.split("${")
    return head + "".join(_FILLED + part.partition("}")[2] for part in parts)


def _is_text(key: str) -> bool:
    found = find_key(key)
    return found is None or found.type in ("String", "Arn")


def _plain(constants: list[str]) -> Iterator[str]:
    """The constants as they stand, with something for every wildcard and variable."""
    return (_fill(text).replace("*", "x").replace("?", "x") for text in constants if text)


def _instances(pattern: str) -> Iterator[str]:
    """Strings that a glob covers, and some just beside."""
    plain = _fill(pattern)
    for filling in ("x", "", "a/b"):
        one = plain.replace("*", filling).replace("?", filling[:1] or "q")
        yield from (one, one + "x", one[:-1], one.swapcase())
    yield pattern


def _edges(key: str, constants: list[str]) -> Iterator[str]:
    """Values of a key on both sides of every constant."""
    found = find_key(key)
    kind: KeyType = found.type if found is not None else "String"
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
            yield from ("203.0.113.9", "2001:db8::7", *(address for constant in constants for address in _addresses(constant)))
        case _:
            yield from (one for constant in constants for one in _instances(constant) if one)
            yield "q" if kind == "String" else "arn:aws:s3:::q"


def _addresses(constant: str) -> Iterator[str]:
    """The ends of a range of addresses, and what lies just outside."""
    try:
        network = ipaddress.ip_network(constant, strict=False)
    except ValueError:
        return
    for value in (int(network[0]), int(network[0]) - 1, int(network[-1]), int(network[-1]) + 1):
        if 0 <= value < 1 << network.max_prefixlen:
            yield str(type(network[0])(value))


# One request ---------------------------------------------------------------------------------------------------------------------------


def _make(pools: _Pools, goal: Goal, target: Target, numbers: Iterator[int]) -> Request:
    caller = _pick(pools.named if pools.named and next(numbers) & 1 else pools.strangers, numbers)
    values: _Values = {}
    for key, edges in pools.values.items():
        number = next(numbers)
        if number & 1:
            exact = pools.exact[key] if number & 2 else ()
            values[key] = _choose_values(key, exact or edges, number >> 2)
    if pools.linked and next(numbers) & 1:
        values |= {key: (_pick(found, numbers),) for key, found in pools.linked.items()}
    _restrict(values, target, numbers)
    _settle(values, caller, goal, numbers)
    bucket = _pick(pools.buckets, numbers)
    name = f"/{_pick(pools.names, numbers)}" if target.on == "object" else ""
    return Request(caller, _pick(target.actions, numbers), f"arn:{goal.partition}:s3:::{bucket}{name}", tuple(sorted(values.items())))


def _pick(items: tuple[_Item, ...], numbers: Iterator[int]) -> _Item:
    return items[next(numbers) % len(items)]


def _choose_values(key: str, edges: tuple[str, ...], number: int) -> tuple[str, ...]:
    known = find_key(key)
    first = number % len(edges)
    if known is None or not known.multi:
        return (edges[first],)
    second = (first + 1 + (number >> 8) % len(edges)) % len(edges)
    return tuple(dict.fromkeys((edges[first], edges[second])))


def _restrict(values: _Values, target: Target, numbers: Iterator[int]) -> None:
    """Make the request one of the target."""
    for restriction in target.restrictions:
        match restriction:
            case Absent(key):
                values.pop(key, None)
            case Equal(key, value):
                values[key] = (value,)
            case Below(key, _):
                values[key] = (_pick(_OLD_VERSIONS, numbers),)
            case AbsentOrOther(key, accepted) if values.get(key, accepted)[0] in accepted:
                values.pop(key, None)


def _settle(values: _Values, caller: Principal, goal: Goal, numbers: Iterator[int]) -> None:
    """Make the keys agree with each other and the caller, as far as the assumptions say."""
    assumptions = goal.assumptions
    if assumptions.secure_transport_present and TRANSPORT not in values:
        values[TRANSPORT] = (_pick(("true", "false"), numbers),)
    if assumptions.tls_version_absent_on_http and values.get(TRANSPORT) == ("false",):
        values.pop(TLS_VERSION, None)
    if assumptions.source_ip_or_vpc_endpoint and SOURCE_IP in values and SOURCE_VPCE in values:
        values.pop(_pick((SOURCE_IP, SOURCE_VPCE), numbers))
    elif assumptions.source_ip_or_vpc_endpoint and SOURCE_IP not in values and SOURCE_VPCE not in values:
        key, value = _pick(((SOURCE_IP, "203.0.113.9"), (SOURCE_VPCE, "vpce-9")), numbers)
        values[key] = (value,)
    if assumptions.principal_keys_agree and assumptions.service_principal_keys and assumptions.anonymous_has_no_identity:
        # `complete` puts the caller's own in their places.
        for key in (*_OF_CALLER, PRINCIPAL_ORG) if isinstance(caller, Anonymous) else _OF_CALLER:
            values.pop(key, None)
