"""
Everybody who may call S3, as finitely many representatives.

The elements of a document tell apart only the principals they name, so one of each sort in an account nobody names, and one of each sort in
every account that somebody names, stand for all the others. `aws:PrincipalArn` and its like tell apart more: a representative stands for
all principals whose ARN is among its `arns` and not among its `others`.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, NamedTuple

from bucketpolicy.document import Document, Principals
from bucketpolicy.patterns import ANY, DIGIT, MANY, Glob, join
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
    One principal, and those it stands for.

    `account`: their account, None for a fresh one and for those of no account. `arns`, `others`: see the module.
    """

    principal: Principal
    account: str | None
    arns: tuple[Glob, ...] = ()
    others: tuple[Glob, ...] = ()


class Callers(NamedTuple):
    """The representatives in the order in which a witness prefers them, and who is exempt (bits)."""

    all: tuple[Representative, ...]
    exempt: int


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


def gather(document: Document, exempt: tuple[str, ...], partition: str) -> Callers:
    """The representatives that this document and these exemptions tell apart."""
    entries: dict[tuple[str, str], None] = {}
    for statement in document.statements:
        if statement.effect == "Deny":
            entries.update(dict.fromkeys(statement.principals.entries))
    return _assemble(tuple(entries), exempt, partition)


@lru_cache(maxsize=64)
def _assemble(entries: tuple[tuple[str, str], ...], exempt: tuple[str, ...], partition: str) -> Callers:
    texts = [text for kind, text in entries if kind == "AWS"]
    services = [text for kind, text in entries if kind == "Service"]
    for text in exempt:
        (texts if read_principal(text, partition) else services).append(text)
    named = [found for text in dict.fromkeys(texts) if (found := read_principal(text, partition)) is not None]
    known_services = tuple(dict.fromkeys(service for service in services if _is_service(service)))
    accounts = tuple(dict.fromkeys(item.account for item in named))
    fresh = next(account for account in _candidates() if account not in accounts)
    everyone = (
        *_fresh(fresh, accounts, known_services, partition),
        *(caller for account in accounts for caller in _of_account(account, named, partition)),
        *(Representative(Service(service), None, (service,)) for service in known_services),
    )
    callers = Callers(everyone, 0)
    return callers._replace(exempt=_exempt(exempt, callers, partition)) if exempt else callers


def _is_service(text: str) -> bool:
    return "." in text and not any(char in text for char in "*?$:/ ")


def _candidates() -> Iterable[str]:
    yield from _ACCOUNTS
    for number in range(100_000_000_000, 1_000_000_000_000):
        yield str(number)


def _iam(partition: str, account: str | None, tail: str) -> Glob:
    """IAM ARNs of an account, or of any; a tail that ends in `/` stands for one or more characters behind it."""
    steps: list[str | int] = [*f"arn:{partition}:iam::", *(account or [DIGIT] * 12), ":", *tail]
    return join([*steps, ANY, MANY] if tail.endswith("/") else steps)


def _fresh(account: str, accounts: tuple[str, ...], services: tuple[str, ...], partition: str) -> list[Representative]:
    """One of each sort in an account that nobody names; the ordinary ones first."""
    taken = tuple(_within(partition, other) for other in accounts)
    slash = (join([MANY, "/"]),)
    arn = f"arn:{partition}:iam::{account}"
    service = next((name for name in _SERVICES if name not in services), "fresh.amazonaws.com")
    return [
        Representative(Identity("user", account, f"{arn}:user/example"), None, (_iam(partition, None, "user/"),), taken + slash),
        Representative(Anonymous(), None),
        Representative(Identity("role", account, f"{arn}:role/example", "session"), None, (_iam(partition, None, "role/"),), taken + slash),
        Representative(Service(service), None, (), services),
        Representative(Identity("root", account, f"{arn}:root"), None, (_iam(partition, None, "root"),), taken),
    ]


def _within(partition: str, account: str) -> Glob:
    return join([*f"arn:{partition}:iam::{account}:", MANY])


def _of_account(account: str, named: list[Named], partition: str) -> list[Representative]:
    """Everybody to be told apart in a named account: others first, then the named ones."""
    arn = f"arn:{partition}:iam::{account}"
    mine = [item for item in named if item.account == account]
    users = tuple(dict.fromkeys(item.arn for item in mine if item.kind == "user"))
    roles = tuple(dict.fromkeys(item.arn for item in mine if item.kind == "role"))
    sessions = tuple(dict.fromkeys((item.arn, item.session) for item in mine if item.kind == "session"))
    slash = (join([MANY, "/"]),)
    user, role = _unused("user", arn, users), _unused("role", arn, roles)
    return [
        Representative(Identity("user", account, user), account, (_iam(partition, account, "user/"),), users + slash),
        Representative(
            Identity("role", account, role, _fresh_session(session for _, session in sessions)),
            account,
            (_iam(partition, account, "role/"),),
            roles + slash,
        ),
        Representative(Identity("root", account, f"{arn}:root"), account, (f"{arn}:root",)),
        *(Representative(Identity("user", account, name), account, (name,)) for name in users),
        *(caller for name in roles for caller in _of_role(name, account, sessions)),
        *(_of_session(arn, account, name, session, roles) for name, session in sessions),
    ]


def _of_role(arn: str, account: str, sessions: tuple[tuple[str, str], ...]) -> list[Representative]:
    """A fresh session of a role, and the named ones."""
    taken = [session for name, session in sessions if name == arn.rpartition("/")[2]]
    return [Representative(Identity("role", account, arn, session), account, (arn,)) for session in (_fresh_session(taken), *taken)]


def _fresh_session(taken: Iterable[str]) -> str:
    names = set(taken)
    return next(name for name in (f"session{suffix}" for suffix in ("", *range(len(names) + 1))) if name not in names)


def _of_session(arn: str, account: str, name: str, session: str, roles: tuple[str, ...]) -> Representative:
    """A named session of a role of this name, whatever its path: the session's ARN does not tell it."""
    role = next(
        role
        for role in (f"{arn}:role/{path}{name}" for path in ("", *(f"path{number}/" for number in range(len(roles) + 1))))
        if role not in roles
    )
    paths = (f"{arn}:role/{name}", join([*f"{arn}:role/", ANY, MANY, "/", *name]))
    return Representative(Identity("role", account, role, session), account, paths, roles)


def _unused(sort: str, arn: str, taken: tuple[str, ...]) -> str:
    return next(name for name in (f"{arn}:{sort}/example{suffix}" for suffix in ("", *range(len(taken) + 1))) if name not in taken)


def _names(item: Named, caller: Representative) -> bool:
    """Whether this principal element names the representative."""
    principal = caller.principal
    if not isinstance(principal, Identity) or principal.account != item.account or caller.account is None:
        return False
    if item.kind in ("account", "root"):
        return True
    if item.kind == "session":
        return principal.kind == "role" and principal.session == item.session and principal.arn.rpartition("/")[2] == item.arn
    return principal.arn == item.arn


def _exempt(exempt: tuple[str, ...], callers: Callers, partition: str) -> int:
    """Who is exempt; the ARN of a root stands for the root alone, which is the narrower reading."""
    result = 0
    for text in exempt:
        named = read_principal(text, partition)
        for bit, caller in enumerate(callers.all):
            principal = caller.principal
            if named is None:
                hit = isinstance(principal, Service) and principal.name == text and bool(caller.arns)
            elif named.kind == "root":
                hit = isinstance(principal, Identity) and principal.arn == text and caller.account is not None
            else:
                hit = _names(named, caller)
            result |= hit << bit
    return result


class Covered(NamedTuple):
    """Who a `Principal` or `NotPrincipal` covers, surely and possibly, as bits; `doubt` says what is open, `reading` what was assumed."""

    sure: int
    maybe: int
    doubt: str = ""
    reading: str = ""


def cover(principals: Principals, callers: Callers, partition: str, *, star_covers_services: bool) -> Covered:
    """Whom a Deny with this element is for."""
    full = (1 << len(callers.all)) - 1
    if principals.everyone and not principals.negated:
        return Covered(full, full)
    if principals.negated:
        spared = _spared(principals, callers, partition)
        return Covered(_unmentioned(principals, callers, partition), full & ~spared, _NOT_PRINCIPAL)
    result = Covered(0, 0)
    for kind, text in principals.entries:
        one = _cover_entry(kind, text, callers, partition, star_covers_services=star_covers_services)
        result = Covered(result.sure | one.sure, result.maybe | one.maybe, result.doubt or one.doubt, result.reading or one.reading)
    return result


_NOT_PRINCIPAL = "a Deny with `NotPrincipal` may also deny principals it lists (permissions boundaries, account and session)"


def _cover_entry(kind: str, text: str, callers: Callers, partition: str, *, star_covers_services: bool) -> Covered:
    if kind == "AWS" and text == "*":
        full, services = (1 << len(callers.all)) - 1, _select(callers, Service)
        if star_covers_services:
            return Covered(full, full, reading="aws-star-covers-services")
        return Covered(full & ~services, full, 'whether `{"AWS": "*"}` covers AWS services is open')
    if kind == "AWS":
        named = read_principal(text, partition)
        bits = 0 if named is None else sum(_names(named, caller) << bit for bit, caller in enumerate(callers.all))
        return Covered(bits, bits)
    if kind == "Service":
        bits = sum((isinstance(caller.principal, Service) and caller.arns == (text,)) << bit for bit, caller in enumerate(callers.all))
        return Covered(bits, bits)
    identities = _select(callers, Identity)
    if kind == "CanonicalUser":
        return Covered(0, identities, "whose account a canonical user id is, is not known")
    return Covered(0, identities, "AWS does not say whom a `Federated` principal covers in S3")


def _select(callers: Callers, sort: type[Principal]) -> int:
    return sum(isinstance(caller.principal, sort) << bit for bit, caller in enumerate(callers.all))


def _spared(principals: Principals, callers: Callers, partition: str) -> int:
    """
    Who is surely not denied by `NotPrincipal`: those listed themselves, and their accounts, and the roles of their sessions.

    Surely for callers without a permissions boundary (AWS: "NotPrincipal"); a caller that a document speaks of may have none.
    """
    named = [found for kind, text in principals.entries if kind == "AWS" and (found := read_principal(text, partition)) is not None]
    services = {text for kind, text in principals.entries if kind == "Service"}
    result = 0
    for bit, caller in enumerate(callers.all):
        principal = caller.principal
        if isinstance(principal, Service):
            result |= (caller.arns != () and principal.name in services) << bit
        elif isinstance(principal, Identity):
            kinds = {item.kind for item in named if _names(item, caller)}
            account = not kinds.isdisjoint({"account", "root"})
            wanted = {"root": set[str](), "user": {"user"}, "role": {"role", "session"}}[principal.kind]
            result |= (account and wanted <= kinds) << bit
    return result


def _unmentioned(principals: Principals, callers: Callers, partition: str) -> int:
    """Who is surely denied by `NotPrincipal`: nobody listed shares anything with them, not even the account."""
    if principals.everyone or not principals.entries:
        return 0
    result = (1 << len(callers.all)) - 1
    for kind, text in principals.entries:
        named = read_principal(text, partition) if kind == "AWS" else None
        for bit, caller in enumerate(callers.all):
            principal = caller.principal
            if isinstance(principal, Service):
                spared = (kind == "AWS" and named is None) or (kind == "Service" and (caller.arns == (text,) or not _is_service(text)))
            elif isinstance(principal, Identity):
                spared = kind != "Service" and (named is None or named.account == caller.account)
            else:
                spared = kind == "AWS" and named is None
            if spared:
                result &= ~(1 << bit)
    return result
