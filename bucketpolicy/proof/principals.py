"""
Everybody who may call S3, as finitely many representatives, and whom `Principal` and `NotPrincipal` are for.

The elements of a document tell apart only the principals they name, so one of each sort in an account nobody names, and one of each sort
in every account that somebody names, stand for all the others.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from typing import Literal, NamedTuple

from bucketpolicy.document import Document, Principals
from bucketpolicy.proof.budget import TooComplexError
from bucketpolicy.proof.globs import ANY, DIGIT, MANY, MANY_IN, Glob, join
from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Principal, Service, Unmodelled

_AWS = re.compile(
    r"(?:(?P<account>\d{12})|arn:(?P<partition>[a-z-]+):(?P<service>iam|sts)::(?P<owner>\d{12}):(?P<name>[^*?$]+))\Z", re.ASCII
)
_IDENTITY = re.compile(r"arn:(?P<partition>[a-z-]+):iam::cloudfront:user/CloudFront Origin Access Identity [^\s*?$]+\Z", re.ASCII)
"""An origin access identity."""
_NO_ACCOUNT = "cloudfront"
_ACCOUNTS = ("111122223333", "444455556666", "777788889999", "123456789012")
_SERVICES = ("logging.s3.amazonaws.com", "cloudtrail.amazonaws.com", "delivery.logs.amazonaws.com", "s3.amazonaws.com")


class ParsedPrincipal(NamedTuple):
    """
    What a text among AWS principals names.

    `kind` says how to read the rest: an account, a user or role with its ARN, a session with the role's name, an origin access identity.
    """

    kind: Literal["account", "root", "user", "role", "session", "origin"]
    account: str
    arn: str = ""
    session: str = ""


class Representative(NamedTuple):
    """
    One principal that the elements of a document tell from others; `account` is None in an account that nobody names.

    `named`: it is named itself, and stands for itself alone. `arns`, `others`: it stands for all whose ARN matches one of those and none
    of these, as a session may be of a role with any path.
    """

    principal: Principal
    account: str | None
    named: bool = False
    arns: tuple[Glob, ...] = ()
    others: tuple[Glob, ...] = ()


class Representatives(NamedTuple):
    """All representatives, the ordinary ones first; `places`: those of each named account; `exempt` as bits."""

    all: tuple[Representative, ...]
    places: dict[str, tuple[int, ...]]
    exempt: int
    partition: str


def read_principal(text: str, partition: str) -> ParsedPrincipal | None:
    """What a text under `AWS` names; None for a text that names nobody in this partition (`*` is read elsewhere) (S-14)."""
    found = _AWS.match(text)
    if found is None:
        identity = _IDENTITY.match(text)
        return ParsedPrincipal("origin", _NO_ACCOUNT, text) if identity and identity["partition"] == partition else None
    if found["account"]:
        return ParsedPrincipal("account", found["account"])
    if found["partition"] != partition:
        return None
    read = _read_iam if found["service"] == "iam" else _read_sts
    return read(found["owner"], found["name"], text)


def _read_iam(account: str, name: str, arn: str) -> ParsedPrincipal | None:
    kind, _, rest = name.partition("/")
    if name == "root":
        return ParsedPrincipal("root", account, arn)
    if kind in ("user", "role") and rest and not rest.endswith("/"):
        return ParsedPrincipal("user" if kind == "user" else "role", account, arn)
    return None


def _read_sts(account: str, name: str, _: str) -> ParsedPrincipal | None:
    kind, *rest = name.split("/")
    if kind == "assumed-role" and len(rest) == 2 and all(rest):  # noqa: PLR2004 - the role's name and the session's
        return ParsedPrincipal("session", account, rest[0], rest[1])
    return None


def list_representatives(document: Document, exempt: tuple[str, ...], partition: str, *, arns: bool = False) -> Representatives:
    """
    The representatives that this document and these exemptions tell apart.

    `arns`: the document speaks of `aws:PrincipalArn` or of the account, so that callers of other forms are told apart, too.
    """
    entries: dict[tuple[str, str], None] = {}
    for statement in document.statements:
        if statement.effect == "Deny":
            entries.update(dict.fromkeys(statement.principals.entries))
    return _assemble(tuple(entries), exempt, partition, arns=arns)


def represent_unnamed(partition: str, *, arns: bool) -> Representatives:
    """The representatives of everybody where nobody is named."""
    return _assemble((), (), partition, arns=arns)


@lru_cache(maxsize=64)
def _assemble(entries: tuple[tuple[str, str], ...], exempt: tuple[str, ...], partition: str, *, arns: bool) -> Representatives:
    texts = [text for kind, text in entries if kind == "AWS"]
    services = [text for kind, text in entries if kind == "Service"]
    for text in exempt:
        (texts if read_principal(text, partition) else services).append(text)
    named: dict[str, list[ParsedPrincipal]] = {}
    for text in dict.fromkeys(texts):
        found = read_principal(text, partition)
        if found is not None:
            named.setdefault(found.account, []).append(found)
    if sum(map(_count, named.values())) > _MOST:
        raise TooComplexError
    known_services = [service for service in dict.fromkeys(services) if _is_service(service)]
    everyone = _fresh(named, known_services, partition)
    if arns or _NO_ACCOUNT in named:
        everyone.append(_fresh_origin(named, partition))
    if arns:
        everyone.append(_unmodelled(None, partition))
    places: dict[str, tuple[int, ...]] = {}
    for account, items in named.items():
        first = len(everyone)
        everyone += _of_account(account, items, partition)
        if arns and account != _NO_ACCOUNT:
            everyone.append(_unmodelled(account, partition))
        places[account] = tuple(range(first, len(everyone)))
    everyone += [Representative(Service(service), None, named=True) for service in known_services]
    representatives = Representatives(tuple(everyone), places, 0, partition)
    return representatives._replace(exempt=_exempt(exempt, representatives))


#: The most representatives of named principals; a document of everyday size has a handful, and five hundred exempt ones are as many.
_MOST = 2_000


def _count(named: list[ParsedPrincipal]) -> int:
    """About how many principals of an account must be told apart: every session has a role of each path."""
    roles = Counter(item.arn.rpartition("/")[2] for item in named if item.kind == "role")
    return len(named) + sum(roles[item.arn] for item in named if item.kind == "session")


def _is_service(text: str) -> bool:
    return "." in text and not any(char in text for char in "*?$:/ ")


def _candidates() -> Iterable[str]:
    return chain(_ACCOUNTS, map(str, range(100_000_000_000, 1_000_000_000_000)))


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


def _fresh_origin(named: dict[str, list[ParsedPrincipal]], partition: str) -> Representative:
    """An origin access identity that nobody names (S-18)."""
    taken = [item.arn for item in named.get(_NO_ACCOUNT, ())]
    head = f"arn:{partition}:iam::{_NO_ACCOUNT}:user/"
    name = _find_unused(f"{head}CloudFront Origin Access Identity E1EXAMPLE", taken)
    return Representative(OriginAccessIdentity(name), None, arns=(join([*head, ANY, MANY]),), others=tuple(taken))


def _unmodelled(account: str | None, partition: str) -> Representative:
    """Every caller of an account, or of any, whose ARN is of another form (S-19)."""
    forms = (
        *(name_identities(partition, None, tail) for tail in ("root", "user/", "role/")),
        join([*f"arn:{partition}:iam::{_NO_ACCOUNT}:user/", ANY, MANY]),
    )
    example = Unmodelled(f"arn:{partition}:sts::{account or _ACCOUNTS[0]}:federated-user/example")
    return Representative(example, account, arns=(name_others(partition, account),), others=forms)


def name_others(partition: str, account: str | None) -> Glob:
    """ARNs of any form of an account, or of any."""
    return join([*f"arn:{partition}:", MANY_IN, ":", MANY_IN, ":", *(account or [MANY_IN]), ":", MANY])


def name_identities(partition: str, account: str | None, tail: str) -> Glob:
    """ARNs of an account, or of any; a tail that ends in `/` stands for one or more characters behind it."""
    steps: list[str | int] = [*f"arn:{partition}:iam::", *(account or [DIGIT] * 12), ":", *tail]
    return join([*steps, ANY, MANY] if tail.endswith("/") else steps)


def _of_account(account: str, named: list[ParsedPrincipal], partition: str) -> list[Representative]:
    """Everybody to be told apart in a named account: others first, then the named ones."""
    if account == _NO_ACCOUNT:
        return [Representative(OriginAccessIdentity(item.arn), account, named=True) for item in named]
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


def _select_named(item: ParsedPrincipal, representatives: Representatives) -> int:
    """Whom this principal element names, as bits."""
    return sum(1 << place for place in representatives.places.get(item.account, ()) if _names(item, representatives.all[place].principal))


def _names(item: ParsedPrincipal, principal: Principal) -> bool:
    """Whether this principal element names somebody of its account (S-12, S-13)."""
    if item.kind in ("account", "root"):
        return True
    if isinstance(principal, OriginAccessIdentity | Unmodelled):
        return principal.arn == item.arn
    assert isinstance(principal, Identity)  # noqa: S101 - only they have an account
    if item.kind == "session":
        return principal.session == item.session and principal.arn.rpartition("/")[2] == item.arn
    return principal.arn == item.arn


def _select_services(names: Iterable[str], representatives: Representatives) -> int:
    """The named services of these names, as bits."""
    wanted = set(names)
    return sum(
        (caller.named and isinstance(caller.principal, Service) and caller.principal.name in wanted) << place
        for place, caller in enumerate(representatives.all)
    )


def _exempt(exempt: tuple[str, ...], representatives: Representatives) -> int:
    """Who is exempt; the ARN of a root stands for the root alone, which is the narrower reading."""
    result = _select_services(exempt, representatives)
    for text in exempt:
        named = read_principal(text, representatives.partition)
        if named is not None and named.kind == "root":
            root = Identity("root", named.account, text)
            result |= sum((representatives.all[place].principal == root) << place for place in representatives.places[named.account])
        elif named is not None:
            result |= _select_named(named, representatives)
    return result


class MatchedPrincipals(NamedTuple):
    """Whom a `Principal` or `NotPrincipal` matches, surely and possibly, as bits; `doubt`: what is open; `assumption`: its switch."""

    sure: int
    maybe: int
    doubt: str = ""
    assumption: str = ""


def match_principals(principals: Principals, representatives: Representatives, *, star_covers_services: bool) -> MatchedPrincipals:
    """Whom a Deny with this element is for (S-06, S-10, S-16)."""
    full = (1 << len(representatives.all)) - 1
    if principals.everyone and not principals.negated:
        return MatchedPrincipals(full, full)
    if not principals.entries:
        # Nobody is listed, or everybody is spared.
        return MatchedPrincipals(0, 0)
    if principals.negated and ("AWS", "*") in principals.entries:
        open_services = 0 if star_covers_services else _select(representatives, Service) & ~_find_spared(principals, representatives)
        return MatchedPrincipals(0, open_services, 'whether `{"AWS": "*"}` covers AWS services is open')
    if principals.negated:
        return MatchedPrincipals(
            _find_unmentioned(principals, representatives), full & ~_find_spared(principals, representatives), _NOT_PRINCIPAL
        )
    result = MatchedPrincipals(0, 0)
    for kind, text in principals.entries:
        one = _match_entry(kind, text, representatives, star_covers_services=star_covers_services)
        result = MatchedPrincipals(
            result.sure | one.sure, result.maybe | one.maybe, result.doubt or one.doubt, result.assumption or one.assumption
        )
    return result


_WILD_SERVICE = "S3 is not known to take a wildcard for the name of a service"
_NOT_PRINCIPAL = "a Deny with `NotPrincipal` may also deny principals it lists (permissions boundaries, account and session)"


def _match_entry(kind: str, text: str, representatives: Representatives, *, star_covers_services: bool) -> MatchedPrincipals:
    """Whom one entry of a `Principal` matches (S-11, S-15)."""
    if kind == "AWS" and text == "*":
        full, services = (1 << len(representatives.all)) - 1, _select(representatives, Service)
        if star_covers_services:
            return MatchedPrincipals(full, full, assumption="aws-star-covers-services")
        return MatchedPrincipals(full & ~services, full, 'whether `{"AWS": "*"}` covers AWS services is open')
    if kind == "AWS":
        named = read_principal(text, representatives.partition)
        bits = 0 if named is None else _select_named(named, representatives)
        return MatchedPrincipals(bits, bits)
    if kind == "Service":
        bits = _select_services((text,), representatives)
        return MatchedPrincipals(0, _select(representatives, Service), _WILD_SERVICE) if "*" in text else MatchedPrincipals(bits, bits)
    if kind == "CanonicalUser":
        return MatchedPrincipals(0, _select(representatives, *_SIGNED), "a canonical user id does not say whose account it is")
    return MatchedPrincipals(0, _select(representatives, *_SIGNED), "AWS does not say whom a `Federated` principal covers in S3")


_SIGNED = (Identity, OriginAccessIdentity, Unmodelled)


def _select(representatives: Representatives, *sorts: type[Principal]) -> int:
    return sum(isinstance(caller.principal, sorts) << place for place, caller in enumerate(representatives.all))


def _find_unmentioned(principals: Principals, representatives: Representatives) -> int:
    """Who is surely denied by `NotPrincipal`: nobody listed shares anything with them, not even the account."""
    spared = _select_services((text for kind, text in principals.entries if kind == "Service"), representatives)
    for kind, text in principals.entries:
        named = read_principal(text, representatives.partition) if kind == "AWS" else None
        if named is not None and named.kind == "origin":
            spared |= _select_named(named, representatives)
        elif named is not None:
            spared |= sum(1 << place for place in representatives.places[named.account])
        elif kind == "AWS":
            return 0
        elif kind != "Service":
            spared |= _select(representatives, *_SIGNED)
        elif not _is_service(text):
            spared |= _select(representatives, Service)
    return (1 << len(representatives.all)) - 1 & ~spared


def _find_spared(principals: Principals, representatives: Representatives) -> int:
    """
    Who is surely not denied by `NotPrincipal`: those listed themselves, and their accounts, and the roles of their sessions.

    Surely for callers without a permissions boundary (AWS: "NotPrincipal"); a caller that a document speaks of may have none.
    """
    bits = {"account": 0, "user": 0, "role": 0, "session": 0, "origin": 0}
    for kind, text in principals.entries:
        named = read_principal(text, representatives.partition) if kind == "AWS" else None
        if named is not None:
            bits["account" if named.kind == "root" else named.kind] |= _select_named(named, representatives)
    roots = sum(
        (isinstance(caller.principal, Identity) and caller.principal.kind == "root") << place
        for place, caller in enumerate(representatives.all)
    )
    chains = bits["account"] & (roots | bits["user"] | bits["role"] & bits["session"])
    return chains | bits["origin"] | _select_services((text for kind, text in principals.entries if kind == "Service"), representatives)
