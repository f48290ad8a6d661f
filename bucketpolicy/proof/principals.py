"""
Everybody who may call S3, as finitely many representatives, and whom `Principal` and `NotPrincipal` are for.

The elements of a document tell apart only the principals they name, so one of each sort in an account nobody names, and one of each sort
in every account that somebody names, stand for all the others.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from typing import Literal, NamedTuple

from bucketpolicy.document import Document, Principals
from bucketpolicy.proof.globs import ANY, MANY, Glob, join
from bucketpolicy.request import Anonymous, Identity, Principal, Service

_AWS = re.compile(
    r"(?:(?P<account>\d{12})|arn:(?P<partition>[a-z-]+):(?P<service>iam|sts)::(?P<owner>\d{12}):(?P<name>[^*?$]+))\Z", re.ASCII
)
_ACCOUNTS = ("111122223333", "444455556666", "777788889999", "123456789012")
_SERVICES = ("logging.s3.amazonaws.com", "cloudtrail.amazonaws.com", "delivery.logs.amazonaws.com", "s3.amazonaws.com")


class Named(NamedTuple):
    """
    What a text among AWS principals names.

    `kind` says how to read the rest: an account, a user or role with its ARN, a session with the role's name.
    """

    kind: Literal["account", "root", "user", "role", "session"]
    account: str
    arn: str = ""
    session: str = ""


class Representative(NamedTuple):
    """
    One principal that the elements of a document tell from others; `account` is None in an account that nobody names.

    `named`: it is named itself, and stands for itself alone. `arns`, `others`: a session may be of a role with any path, so of any role
    whose ARN matches one of those and none of these.
    """

    principal: Principal
    account: str | None
    named: bool = False
    arns: tuple[Glob, ...] = ()
    others: tuple[Glob, ...] = ()


class Crowd(NamedTuple):
    """All representatives, the ordinary ones first; `places`: those of each named account; `exempt` as bits."""

    all: tuple[Representative, ...]
    places: dict[str, tuple[int, ...]]
    exempt: int
    partition: str


def read_principal(text: str, partition: str) -> Named | None:
    """What a text under `AWS` names; None for a text that names nobody in this partition (`*` is read elsewhere)."""
    found = _AWS.match(text)
    if found is None:
        return None
    if found["account"]:
        return Named("account", found["account"])
    if found["partition"] != partition:
        return None
    read = _read_iam if found["service"] == "iam" else _read_sts
    return read(found["owner"], found["name"], text)


def _read_iam(account: str, name: str, arn: str) -> Named | None:
    kind, _, rest = name.partition("/")
    if name == "root":
        return Named("root", account, arn)
    if kind in ("user", "role") and rest and not rest.endswith("/"):
        return Named("user" if kind == "user" else "role", account, arn)
    return None


def _read_sts(account: str, name: str, _: str) -> Named | None:
    kind, *rest = name.split("/")
    if kind == "assumed-role" and len(rest) == 2 and all(rest):  # noqa: PLR2004 - the role's name and the session's
        return Named("session", account, rest[0], rest[1])
    return None


def gather(document: Document, exempt: tuple[str, ...], partition: str) -> Crowd:
    """The representatives that this document and these exemptions tell apart."""
    entries: dict[tuple[str, str], None] = {}
    for statement in document.statements:
        if statement.effect == "Deny":
            entries.update(dict.fromkeys(statement.principals.entries))
    return _assemble(tuple(entries), exempt, partition)


def find_strangers(partition: str) -> Crowd:
    """The representatives of everybody where nobody is named."""
    return _assemble((), (), partition)


@lru_cache(maxsize=64)
def _assemble(entries: tuple[tuple[str, str], ...], exempt: tuple[str, ...], partition: str) -> Crowd:
    texts = [text for kind, text in entries if kind == "AWS"]
    services = [text for kind, text in entries if kind == "Service"]
    for text in exempt:
        (texts if read_principal(text, partition) else services).append(text)
    named: dict[str, list[Named]] = {}
    for text in dict.fromkeys(texts):
        found = read_principal(text, partition)
        if found is not None:
            named.setdefault(found.account, []).append(found)
    known_services = [service for service in dict.fromkeys(services) if _is_service(service)]
    everyone = _fresh(named, known_services, partition)
    places: dict[str, tuple[int, ...]] = {}
    for account, items in named.items():
        everyone += _of_account(account, items, partition)
        places[account] = tuple(range(sum(map(len, places.values())) + STRANGERS, len(everyone)))
    everyone += [Representative(Service(service), None, named=True) for service in known_services]
    crowd = Crowd(tuple(everyone), places, 0, partition)
    return crowd._replace(exempt=_exempt(exempt, crowd))


def _is_service(text: str) -> bool:
    return "." in text and not any(char in text for char in "*?$:/ ")


def _candidates() -> Iterable[str]:
    return chain(_ACCOUNTS, map(str, range(100_000_000_000, 1_000_000_000_000)))


# How many sorts of principals there are in an account that nobody names, and outside all accounts.
STRANGERS = 5


def _fresh(named: Iterable[str], services: list[str], partition: str) -> list[Representative]:
    """One of each sort, of those that nobody names; the ordinary ones first."""
    account = next(account for account in _candidates() if account not in named)
    arn = f"arn:{partition}:iam::{account}"
    service = next((name for name in _SERVICES if name not in services), "fresh.amazonaws.com")
    return [
        Representative(Identity("user", account, f"{arn}:user/example"), None),
        Representative(Anonymous(), None),
        Representative(Identity("role", account, f"{arn}:role/example", "session"), None),
        Representative(Service(service), None),
        Representative(Identity("root", account, f"{arn}:root"), None),
    ]


def _of_account(account: str, named: list[Named], partition: str) -> list[Representative]:
    """Everybody to be told apart in a named account: others first, then the named ones."""
    arn = f"arn:{partition}:iam::{account}"
    users = [item.arn for item in named if item.kind == "user"]
    roles = [item.arn for item in named if item.kind == "role"]
    sessions = [(item.arn, item.session) for item in named if item.kind == "session"]
    fresh = _find_unused("session", [session for _, session in sessions])
    user, role = _find_unused(f"{arn}:user/example", users), _find_unused(f"{arn}:role/example", roles)
    return [
        Representative(Identity("user", account, user), account),
        Representative(Identity("role", account, role, fresh), account),
        Representative(Identity("root", account, f"{arn}:root"), account),
        *(Representative(Identity("user", account, name), account, named=True) for name in users),
        *(Representative(Identity("role", account, name, fresh), account, named=True) for name in roles),
        *(caller for name, session in sessions for caller in _of_session(account, f"{arn}:role", name, session, roles)),
    ]


def _of_session(account: str, arn: str, name: str, session: str, roles: list[str]) -> list[Representative]:
    """A named session of each named role of this name, and of one with another path: the session's ARN does not tell."""
    same = [role for role in roles if role.rpartition("/")[2] == name]
    paths = (f"{arn}/{name}", join([*f"{arn}/", ANY, MANY, "/", *name]))
    other = next(role for role in (f"{arn}/{name}", *(f"{arn}/path{number}/{name}" for number in range(len(same) + 1))) if role not in same)
    return [
        *(Representative(Identity("role", account, role, session), account, named=True) for role in same),
        Representative(Identity("role", account, other, session), account, named=True, arns=paths, others=tuple(roles)),
    ]


def _find_unused(name: str, taken: list[str]) -> str:
    return next(f"{name}{suffix}" for suffix in ("", *range(len(taken) + 1)) if f"{name}{suffix}" not in taken)


def _select_named(item: Named, crowd: Crowd) -> int:
    """Whom this principal element names, as bits."""
    return sum(_names(item, crowd.all[place].principal) << place for place in crowd.places.get(item.account, ()))


def _names(item: Named, principal: Principal) -> bool:
    """Whether this principal element names somebody of its account."""
    if item.kind in ("account", "root"):
        return True
    assert isinstance(principal, Identity)  # noqa: S101 - only they have an account
    if item.kind == "session":
        return principal.session == item.session and principal.arn.rpartition("/")[2] == item.arn
    return principal.arn == item.arn


def _select_services(names: Iterable[str], crowd: Crowd) -> int:
    """The named services of these names, as bits."""
    wanted = {Service(name) for name in names}
    return sum((caller.named and caller.principal in wanted) << place for place, caller in enumerate(crowd.all))


def _exempt(exempt: tuple[str, ...], crowd: Crowd) -> int:
    """Who is exempt; the ARN of a root stands for the root alone, which is the narrower reading."""
    result = _select_services(exempt, crowd)
    for text in exempt:
        named = read_principal(text, crowd.partition)
        if named is not None and named.kind == "root":
            root = Identity("root", named.account, text)
            result |= sum((crowd.all[place].principal == root) << place for place in crowd.places[named.account])
        elif named is not None:
            result |= _select_named(named, crowd)
    return result


class Covered(NamedTuple):
    """Who a `Principal` or `NotPrincipal` covers, surely and possibly, as bits; `doubt` says what is open, `reading` what was assumed."""

    sure: int
    maybe: int
    doubt: str = ""
    reading: str = ""


def cover(principals: Principals, crowd: Crowd, *, star_covers_services: bool) -> Covered:
    """Whom a Deny with this element is for."""
    full = (1 << len(crowd.all)) - 1
    if principals.everyone and not principals.negated:
        return Covered(full, full)
    if principals.negated:
        return Covered(_find_unmentioned(principals, crowd), full & ~_find_spared(principals, crowd), _NOT_PRINCIPAL)
    result = Covered(0, 0)
    for kind, text in principals.entries:
        one = _cover_entry(kind, text, crowd, star_covers_services=star_covers_services)
        result = Covered(result.sure | one.sure, result.maybe | one.maybe, result.doubt or one.doubt, result.reading or one.reading)
    return result


_WILD_SERVICE = "S3 is not known to take a wildcard for the name of a service"
_NOT_PRINCIPAL = "a Deny with `NotPrincipal` may also deny principals it lists (permissions boundaries, account and session)"


def _cover_entry(kind: str, text: str, crowd: Crowd, *, star_covers_services: bool) -> Covered:
    if kind == "AWS" and text == "*":
        full, services = (1 << len(crowd.all)) - 1, _select(crowd, Service)
        if star_covers_services:
            return Covered(full, full, reading="aws-star-covers-services")
        return Covered(full & ~services, full, 'whether `{"AWS": "*"}` covers AWS services is open')
    if kind == "AWS":
        named = read_principal(text, crowd.partition)
        bits = 0 if named is None else _select_named(named, crowd)
        return Covered(bits, bits)
    if kind == "Service":
        bits = _select_services((text,), crowd)
        return Covered(0, _select(crowd, Service), _WILD_SERVICE) if "*" in text else Covered(bits, bits)
    if kind == "CanonicalUser":
        return Covered(0, _select(crowd, Identity), "whose account a canonical user id is, is not known")
    return Covered(0, _select(crowd, Identity), "AWS does not say whom a `Federated` principal covers in S3")


def _select(crowd: Crowd, sort: type[Principal]) -> int:
    return sum(isinstance(caller.principal, sort) << place for place, caller in enumerate(crowd.all))


def _find_unmentioned(principals: Principals, crowd: Crowd) -> int:
    """Who is surely denied by `NotPrincipal`: nobody listed shares anything with them, not even the account."""
    if principals.everyone or not principals.entries:
        return 0
    spared = _select_services((text for kind, text in principals.entries if kind == "Service"), crowd)
    for kind, text in principals.entries:
        named = read_principal(text, crowd.partition) if kind == "AWS" else None
        if named is not None:
            spared |= sum(1 << place for place in crowd.places[named.account])
        elif kind == "AWS":
            return 0
        elif kind != "Service":
            spared |= _select(crowd, Identity)
        elif not _is_service(text):
            spared |= _select(crowd, Service)
    return (1 << len(crowd.all)) - 1 & ~spared


def _find_spared(principals: Principals, crowd: Crowd) -> int:
    """
    Who is surely not denied by `NotPrincipal`: those listed themselves, and their accounts, and the roles of their sessions.

    Surely for callers without a permissions boundary (AWS: "NotPrincipal"); a caller that a document speaks of may have none.
    """
    bits = {"account": 0, "user": 0, "role": 0, "session": 0}
    for kind, text in principals.entries:
        named = read_principal(text, crowd.partition) if kind == "AWS" else None
        if named is not None:
            bits["account" if named.kind == "root" else named.kind] |= _select_named(named, crowd)
    roots = sum(
        (isinstance(caller.principal, Identity) and caller.principal.kind == "root") << place for place, caller in enumerate(crowd.all)
    )
    chains = bits["account"] & (roots | bits["user"] | bits["role"] & bits["session"])
    return chains | _select_services((text for kind, text in principals.entries if kind == "Service"), crowd)
