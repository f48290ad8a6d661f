"""Random requests near the edges of a document: built from its own constants, one step inside and one outside."""

import functools
import ipaddress
import re
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from bucketpolicy.goal import TLS_VERSION, TRANSPORT, Absent, AbsentOrOther, Assumptions, Below, Equal, Goal, Target
from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Principal, Request, Service, Unmodelled
from bucketpolicy.tables.keys import applies
from tests.differential.naive import KIND, MULTIVALUED, Json, listed, moment, number, text
from tests.differential.requests import in_goal, mention, possible

FRESH = "999988887777"
_STRANGERS: tuple[Principal, ...] = (
    Anonymous(),
    Identity("role", FRESH, f"arn:aws:iam::{FRESH}:role/x", "s"),
    Identity("user", FRESH, f"arn:aws:iam::{FRESH}:user/u"),
    Identity("root", FRESH, f"arn:aws:iam::{FRESH}:root"),
    Service("delivery.logs.amazonaws.com"),
    OriginAccessIdentity("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"),
    Unmodelled(f"arn:aws:sts::{FRESH}:federated-user/f"),
    Unmodelled("arn:aws:iam::newservice:user/n"),
)
_FILLINGS = ("", "x", "a", "b", "a/b", "zz")


class Pools(NamedTuple):
    """What the requests are put together from."""

    callers: tuple[Principal, ...]
    names: tuple[str, ...]
    values: dict[str, tuple[str, ...]]


def attack(document: Json, goal: Goal, rng: Random, count: int) -> Iterator[Request]:
    """Up to `count` requests of the goal that S3 can see."""
    pools, mentioned = collect(document, goal), mention(document)
    for _ in range(count):
        request = _request(pools, goal, rng.choice(goal.targets), rng)
        if request and in_goal(goal, request) and possible(request, goal.assumptions, mentioned):
            yield request


def collect(document: Json, goal: Goal) -> Pools:
    """The constants of a document."""
    arns: list[str] = []
    entries: list[str] = list(goal.exempt)
    constants: dict[str, list[str]] = {one.key.lower(): [] for target in goal.targets for one in target.restrictions}
    for statement in listed(document["Statement"]):
        arns += [*listed(statement.get("Resource", [])), *listed(statement.get("NotResource", []))]
        who = statement.get("Principal", statement.get("NotPrincipal"))
        entries += [] if who == "*" else [entry for texts in who.values() for entry in listed(texts)]
        for keys in statement.get("Condition", {}).values():
            for key, values in keys.items():
                constants.setdefault(key.lower(), []).extend(text(value) for value in listed(values))
    for variable in re.findall(r"\$\{([\w:/.-]+)", str(document)):
        constants.setdefault(variable.lower(), [])
    callers = [caller for entry in (*entries, *constants.get("aws:principalarn", ())) for caller in _callers(entry)]
    names = {name for arn in arns for name in _instances(arn.split(":", 5)[-1])} | {"x", "a", "b", "ab", "ba", "a/b"}
    values = {key: _edges(KIND.get(key, "String"), tuple(sorted(set(found)))) for key, found in constants.items()}
    return Pools((*_STRANGERS, *callers), tuple(sorted(names)), values)


@functools.lru_cache(maxsize=10_000)
def _callers(entry: str) -> tuple[Principal, ...]:
    """Identities that an entry may mean, and relatives that it does not."""
    if re.fullmatch(r"[a-z.0-9-]+\.amazonaws\.com", entry):
        return (Service(entry),)
    plain = re.sub("[*?]", "x", entry)
    if re.match("arn:aws:iam::cloudfront:user/.", plain):
        return (OriginAccessIdentity(plain), OriginAccessIdentity(plain + "2"))
    account = (re.findall(r"\d{12}", entry) or ["121212121212"])[0]
    found: list[Principal] = [
        Identity("root", account, f"arn:aws:iam::{account}:root"),
        Identity("role", account, f"arn:aws:iam::{account}:role/q", "s"),
    ]
    name = re.sub("[*?]", "x", entry.rpartition(":")[2])
    if re.fullmatch("arn:aws:[^:]+:[^:]*:[^:]*:.+", plain) and not re.fullmatch(r"arn:aws:iam::\d{12}:(root|(user|role)/.+)", plain):
        found.append(Unmodelled(plain))
    if name.startswith("assumed-role/"):
        _, role, session = name.split("/", 2)
        found += [Identity("role", account, f"arn:aws:iam::{account}:role/{path}{role}", session) for path in ("", "team/")]
    elif name.startswith(("role/", "user/")):
        kind = "role" if name.startswith("role/") else "user"
        found.append(
            Identity("role", account, f"arn:aws:iam::{account}:{name}", "ci")
            if kind == "role"
            else Identity("user", account, f"arn:aws:iam::{account}:{name}")
        )
    return tuple(found)


@functools.lru_cache(maxsize=10_000)
def _instances(pattern: str) -> tuple[str, ...]:
    """Texts that a glob covers, and texts just beside."""
    plain = re.sub(r"\$\{[^}]*\}", "a", pattern)
    found = {plain.replace("*", filling).replace("?", (filling or "q")[0]) for filling in _FILLINGS}
    found |= {plain, plain.replace("?", "")}
    found |= {one + "x" for one in found} | {one[:-1] for one in found} | {one.swapcase() for one in found}
    return tuple(sorted(found))


@functools.lru_cache(maxsize=10_000)
def _edges(kind: str, constants: tuple[str, ...]) -> tuple[str, ...]:
    """Values of a key on both sides of every constant."""
    if kind == "Bool":
        return ("true", "false")
    if kind == "Numeric":
        exact = [value for value in map(number, constants) if value is not None]
        return (
            "0",
            "1.1",
            "99",
            *(near for value in exact for step in (-1, 0, 1) if number(near := f"{float(value + step):.6g}") is not None),
            *(c for c in constants if number(c) is not None),
        )
    if kind == "Date":
        moments = [int(value) for value in map(moment, constants) if value is not None]
        return ("100000", "4102444800", *(str(value + step) for value in moments for step in (-1, 0, 1)))
    if kind == "Ip":
        return ("203.0.113.9", "2001:db8::7", *(address for constant in constants for address in _addresses(constant)))
    found = {one for constant in constants for one in _instances(constant)} - {""} | {"q"}
    return tuple(sorted(one for one in found if kind != "Arn" or one.count(":") >= 5)) or ("arn:aws:s3:::q",)


def _addresses(constant: str) -> Iterator[str]:
    try:
        network = ipaddress.ip_network(constant, strict=False)
    except ValueError:
        return
    for value in (int(network[0]) - 1, int(network[0]), int(network[-1]), int(network[-1]) + 1):
        if 0 <= value < 1 << network.max_prefixlen:
            yield str((ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address)(value))


def _request(pools: Pools, goal: Goal, target: Target, rng: Random) -> Request | None:
    caller, action = rng.choice(pools.callers), rng.choice(target.actions)
    values: dict[str, tuple[str, ...]] = {}
    for key, edges in pools.values.items():
        if rng.random() < 0.5:
            values[key] = tuple(rng.choice(edges) for _ in range(rng.choice((1, 1, 2, 3)))) if key in MULTIVALUED else (rng.choice(edges),)
    if rng.random() < 0.2:
        equal = rng.choice(("a", "b", "team"))
        values |= {key: (equal,) for key in pools.values if KIND.get(key, "String") == "String" and key not in MULTIVALUED}
    _restrict(values, target, rng)
    _settle(values, caller, goal.assumptions, rng)
    if goal.assumptions.inapplicable_keys_absent:
        values = {key: found for key, found in values.items() if applies(action, key)}
    name = _name(goal.bucket or rng.choice(("bkt", "other-bucket")), target, pools, rng)
    return Request(caller, action, f"arn:{goal.partition}:s3:::{name}", tuple(sorted(values.items())))


def _name(bucket: str, target: Target, pools: Pools, rng: Random) -> str:
    if target.on == "bucket":
        return bucket
    name = rng.choice(pools.names)
    return name if name.startswith(f"{bucket}/") else f"{bucket}/{name.partition('/')[2] or name}"


def _restrict(values: dict[str, tuple[str, ...]], target: Target, rng: Random) -> None:
    for one in target.restrictions:
        match one:
            case Absent(key):
                values.pop(key.lower(), None)
            case Equal(key, value):
                values[key.lower()] = (value,)
            case Below(key, bound):
                values[key.lower()] = (rng.choice(("1.1", "1.0", "1.0", "0", f"{float(bound) - 0.01:.2f}")),)
            case AbsentOrOther(key, accepted) if values.get(key.lower(), ("",))[0] in accepted:
                values.pop(key.lower())


def _settle(values: dict[str, tuple[str, ...]], caller: Principal, assumptions: Assumptions, rng: Random) -> None:
    """Make the keys agree with each other and the caller, as far as the assumptions say."""
    if assumptions.secure_transport_present:
        values.setdefault(TRANSPORT, (rng.choice(("true", "false")),))
    if assumptions.tls_versions_are_known and not set(values.get(TLS_VERSION, ())) <= {"1.0", "1.1", "1.2", "1.3", "1.20"}:
        below = float(values[TLS_VERSION][0]) < 1.2
        values[TLS_VERSION] = (rng.choice(("1.0", "1.1") if below else ("1.2", "1.3")),)
    if assumptions.tls_version_absent_on_http and values.get(TRANSPORT) == ("false",):
        values.pop(TLS_VERSION, None)
    if assumptions.source_ip_or_vpc_endpoint and ("aws:sourceip" in values) == ("aws:sourcevpce" in values):
        values.pop(rng.choice(("aws:sourcevpce", "aws:sourceip")), None)
        if "aws:sourcevpce" not in values and "aws:sourceip" not in values:
            values.update([rng.choice((("aws:sourceip", ("203.0.113.9",)), ("aws:sourcevpce", ("vpce-9",))))])
    if assumptions.principal_keys_agree:
        _introduce(values, caller, rng)
    if caller == Anonymous() and assumptions.anonymous_has_no_identity:
        for key in ("aws:principalarn", "aws:principalorgid", "aws:principalisawsservice"):
            values.pop(key, None)
    if assumptions.service_principal_keys:
        _serve(values, caller)


def _introduce(values: dict[str, tuple[str, ...]], caller: Principal, rng: Random) -> None:
    values.pop("aws:principalaccount", None)
    if isinstance(caller, Identity):
        values["aws:principalarn"], values["aws:principalaccount"] = (caller.arn,), (caller.account,)
    elif isinstance(caller, OriginAccessIdentity | Unmodelled):
        values["aws:principalarn"], values["aws:principalaccount"] = (caller.arn,), (rng.choice((FRESH, "111122223333", "cloudfront")),)
    elif isinstance(caller, Service):
        values.pop("aws:principalarn", None)
        if rng.random() < 0.5:
            values["aws:principalaccount"] = (FRESH,)
    elif rng.random() < 0.5:
        values["aws:principalaccount"] = ("anonymous",)


def _serve(values: dict[str, tuple[str, ...]], caller: Principal) -> None:
    if isinstance(caller, Service):
        values["aws:principalisawsservice"], values["aws:principalservicename"] = ("true",), (caller.name,)
        return
    values.pop("aws:principalservicename", None)
    if values.get("aws:principalisawsservice") == ("true",):
        values["aws:principalisawsservice"] = ("false",)
