"""
Everybody who may call S3, in as few sorts as a document treats them.

However many principals a document lists, it usually treats them in a handful of ways. Those that no element and no exemption tells apart
are one caller; what their ARNs and accounts may be is said by globs, as `aws:PrincipalArn` and its like tell more apart than elements do.
"""

from functools import lru_cache
from typing import NamedTuple

from bucketpolicy.proof.globs import ANY, DIGIT, MANY, MANY_IN, Glob, join
from bucketpolicy.proof.principals import STRANGERS, Covered, Crowd, find_strangers
from bucketpolicy.request import Anonymous, Identity, Principal, Service


class Caller(NamedTuple):
    """
    Principals that a document treats alike, however far its elements tell them apart.

    `members`: their representatives, the first one to be shown. `accounts`: the named ones they belong to, `fresh`: and all that nobody
    names, so not to `other_accounts`. Their ARNs (the names of services) match one of `arns` and none of `others`; of a service that
    nobody names `arns` is empty.
    """

    members: tuple[Principal, ...]
    accounts: tuple[str, ...] = ()
    fresh: bool = False
    arns: tuple[Glob, ...] = ()
    others: tuple[Glob, ...] = ()
    other_accounts: tuple[str, ...] = ()

    @property
    def principal(self) -> Principal:
        """The one to be shown."""
        return self.members[0]


class Callers(NamedTuple):
    """Everybody who may call, and who of them is exempt, anonymous, a service, a root, a user, a role (bits)."""

    all: tuple[Caller, ...]
    exempt: int
    anonymous: int
    services: int
    roots: int
    users: int
    roles: int


def merge(crowd: Crowd, covers: list[Covered]) -> tuple[Callers, list[Covered]]:
    """Put together whom none of these elements tells from one another, so that few callers are left whatever a document lists."""
    if len(crowd.all) == STRANGERS:
        return _meet_strangers(crowd.partition), covers
    parts = _sort(crowd)
    for mask in dict.fromkeys((crowd.exempt, *(mask for covered in covers for mask in (covered.sure, covered.maybe)))):
        parts = [part for whole in parts for part in (whole & mask, whole & ~mask) if part]
    parts.sort(key=lambda part: part & -part)
    callers = tuple(_unite(part, crowd) for part in parts)

    def translate(mask: int) -> int:
        return sum(bool(part & mask) << place for place, part in enumerate(parts))

    moved = [covered._replace(sure=translate(covered.sure), maybe=translate(covered.maybe)) for covered in covers]
    return _gather_callers(callers, translate(crowd.exempt)), moved


@lru_cache(maxsize=16)
def _meet_strangers(partition: str) -> Callers:
    """Everybody where a document names nobody."""
    crowd = find_strangers(partition)
    return _gather_callers(tuple(_unite(1 << place, crowd) for place in range(STRANGERS)), 0)


def _gather_callers(callers: tuple[Caller, ...], exempt: int) -> Callers:
    masks = dict.fromkeys(("anonymous", "service", "root", "user", "role"), 0)
    for place, caller in enumerate(callers):
        principal = caller.principal
        sort = principal.kind if isinstance(principal, Identity) else "service" if isinstance(principal, Service) else "anonymous"
        masks[sort] |= 1 << place
    return Callers(callers, exempt, *masks.values())


def _sort(crowd: Crowd) -> list[int]:
    """The representatives by what they are; a named session stays by itself, as no other key tells it from its role's others."""
    sessions = {caller.principal.session for caller in crowd.all[:STRANGERS] if isinstance(caller.principal, Identity)}
    groups: dict[tuple[object, ...], int] = {}
    for place, caller in enumerate(crowd.all):
        principal = caller.principal
        key: tuple[object, ...] = (type(principal), caller.named)
        if isinstance(principal, Identity):
            key = (principal.kind, caller.named, "" if principal.session in sessions or not caller.named else place)
        groups[key] = groups.get(key, 0) | 1 << place
    return list(groups.values())


def _unite(part: int, crowd: Crowd) -> Caller:
    """These representatives as one caller."""
    found = [caller for place, caller in enumerate(crowd.all) if part >> place & 1]
    members = tuple(caller.principal for caller in found)
    first = found[0]
    accounts = tuple(dict.fromkeys(caller.account for caller in found if caller.account is not None))
    if isinstance(first.principal, Anonymous):
        return Caller(members)
    if isinstance(first.principal, Service):
        names = tuple(caller.principal.name for caller in crowd.all if caller.named and isinstance(caller.principal, Service))
        return Caller(members, arns=tuple(name for name in names if Service(name) in members), others=() if first.named else names)
    if first.arns:
        return Caller(members, accounts, arns=first.arns, others=first.others)
    if first.named:
        return Caller(members, accounts, arns=tuple(member.arn for member in members if isinstance(member, Identity)))
    return _unite_rest(first.principal.kind, members, accounts, crowd, fresh=first.account is None)


def _unite_rest(kind: str, members: tuple[Principal, ...], accounts: tuple[str, ...], crowd: Crowd, *, fresh: bool) -> Caller:
    """The identities of one sort that nobody names, in these accounts, and in all unnamed accounts where there is a fresh one."""
    tail = kind if kind == "root" else f"{kind}/"
    other_accounts = tuple(account for account in crowd.places if account not in accounts) if fresh else ()
    wanted = (None,) if fresh else accounts
    arns = tuple(_name(crowd.partition, "iam", account, tail) for account in wanted)
    if kind == "user":
        # A federated user is an identity of its account like a user that nobody names.
        arns += tuple(_name(crowd.partition, "sts", account, "federated-user/") for account in wanted)
    found = [crowd.all[place] for account in accounts for place in crowd.places[account]]
    # A representative with `arns` stands for a role that nobody names, but for one of its sessions.
    named = [
        one.principal.arn
        for one in found
        if one.named and not one.arns and isinstance(one.principal, Identity) and one.principal.kind == kind
    ]
    others: list[Glob] = [join([*f"arn:{crowd.partition}:", MANY_IN, *f"::{account}:", MANY]) for account in other_accounts]
    others += dict.fromkeys(named)
    if kind != "root":
        others.append(join([MANY, "/"]))
    return Caller(members, accounts, fresh, arns, tuple(others), other_accounts)


def _name(partition: str, service: str, account: str | None, tail: str) -> Glob:
    """ARNs of an account, or of any; a tail that ends in `/` stands for one or more characters behind it."""
    steps: list[str | int] = [*f"arn:{partition}:{service}::", *(account or [DIGIT] * 12), ":", *tail]
    return join([*steps, ANY, MANY] if tail.endswith("/") else steps)
