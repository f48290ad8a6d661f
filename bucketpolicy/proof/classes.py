"""
Everybody who may call S3, in as few classes as a document treats them.

However many principals a document lists, it usually treats them in a handful of ways. Those that no element and no exemption tells apart
are one class; what their ARNs and accounts may be is said by globs, as `aws:PrincipalArn` and its like tell more apart than elements do.
"""

from functools import lru_cache
from typing import NamedTuple

from bucketpolicy.proof.globs import MANY, MANY_IN, Glob, join
from bucketpolicy.proof.principals import MatchedPrincipals, Representatives, name_identities, name_others, represent_unnamed
from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Principal, Service, Unmodelled


class PrincipalClass(NamedTuple):
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


class PrincipalClasses(NamedTuple):
    """Everybody who may call, and who of them is exempt, anonymous, a service, a root, a user, a role, and so on (bits)."""

    all: tuple[PrincipalClass, ...]
    exempt: int
    anonymous: int
    services: int
    roots: int
    users: int
    roles: int
    origins: int
    unmodelled: int


def classify(representatives: Representatives, matched: list[MatchedPrincipals]) -> tuple[PrincipalClasses, list[MatchedPrincipals]]:
    """Put together whom none of these elements tells from one another, so that few classes are left whatever a document lists."""
    if not any(one.named or one.account for one in representatives.all):
        arns = any(isinstance(one.principal, Unmodelled) for one in representatives.all)
        return _classify_unnamed(representatives.partition, arns=arns), matched
    parts = _group_by_sort(representatives)
    for mask in dict.fromkeys((representatives.exempt, *(mask for one in matched for mask in (one.sure, one.maybe)))):
        parts = [part for whole in parts for part in (whole & mask, whole & ~mask) if part]
    parts.sort(key=lambda part: part & -part)
    classes = tuple(_unite(part, representatives) for part in parts)

    def translate(mask: int) -> int:
        return sum(bool(part & mask) << place for place, part in enumerate(parts))

    moved = [one._replace(sure=translate(one.sure), maybe=translate(one.maybe)) for one in matched]
    return _sort_classes(classes, translate(representatives.exempt)), moved


@lru_cache(maxsize=16)
def _classify_unnamed(partition: str, *, arns: bool) -> PrincipalClasses:
    """Everybody where a document names nobody."""
    representatives = represent_unnamed(partition, arns=arns)
    return _sort_classes(tuple(_unite(1 << place, representatives) for place in range(len(representatives.all))), 0)


def _sort_classes(classes: tuple[PrincipalClass, ...], exempt: int) -> PrincipalClasses:
    masks = dict.fromkeys((Anonymous, Service, "root", "user", "role", OriginAccessIdentity, Unmodelled), 0)
    for place, group in enumerate(classes):
        principal = group.principal
        masks[principal.kind if isinstance(principal, Identity) else type(principal)] |= 1 << place
    return PrincipalClasses(classes, exempt, *masks.values())


def _group_by_sort(representatives: Representatives) -> list[int]:
    """The representatives by what they are; a named session stays by itself, as no other key tells it from its role's others."""
    sessions = {one.principal.session for one in representatives.all if one.account is None and isinstance(one.principal, Identity)}
    groups: dict[tuple[object, ...], int] = {}
    for place, group in enumerate(representatives.all):
        principal = group.principal
        key: tuple[object, ...] = (type(principal), group.named)
        if isinstance(principal, Identity):
            key = (principal.kind, group.named, "" if principal.session in sessions or not group.named else place)
        groups[key] = groups.get(key, 0) | 1 << place
    return list(groups.values())


def _unite(part: int, representatives: Representatives) -> PrincipalClass:
    """These representatives as one class."""
    found = [group for place, group in enumerate(representatives.all) if part >> place & 1]
    members = tuple(group.principal for group in found)
    first = found[0]
    accounts = tuple(dict.fromkeys(group.account for group in found if group.account is not None))
    if isinstance(first.principal, Anonymous):
        return PrincipalClass(members)
    if isinstance(first.principal, Service):
        names = tuple(group.principal.name for group in representatives.all if group.named and isinstance(group.principal, Service))
        return PrincipalClass(members, arns=tuple(name for name in names if Service(name) in members), others=() if first.named else names)
    if isinstance(first.principal, Unmodelled):
        away = (
            ()
            if first.account
            else (name_others(representatives.partition, account) for account in representatives.places if account not in accounts)
        )
        return PrincipalClass(members, accounts, arns=tuple(arn for caller in found for arn in caller.arns), others=(*first.others, *away))
    if first.arns:
        return PrincipalClass(members, accounts, arns=first.arns, others=first.others)
    if first.named or not isinstance(first.principal, Identity):
        return PrincipalClass(
            members, accounts, arns=tuple(member.arn for member in members if isinstance(member, Identity | OriginAccessIdentity))
        )
    return _unite_rest(first.principal.kind, members, accounts, representatives, fresh=first.account is None)


def _unite_rest(
    kind: str, members: tuple[Principal, ...], accounts: tuple[str, ...], representatives: Representatives, *, fresh: bool
) -> PrincipalClass:
    """The identities of one sort that nobody names, in these accounts, and in all unnamed accounts where there is a fresh one."""
    tail = kind if kind == "root" else f"{kind}/"
    other_accounts = tuple(account for account in representatives.places if account not in accounts) if fresh else ()
    arns = tuple(name_identities(representatives.partition, account, tail) for account in ((None,) if fresh else accounts))
    found = [representatives.all[place] for account in accounts for place in representatives.places[account]]
    # A representative with `arns` stands for a role that nobody names, but for one of its sessions.
    named = [
        one.principal.arn
        for one in found
        if one.named and not one.arns and isinstance(one.principal, Identity) and one.principal.kind == kind
    ]
    others: list[Glob] = [join([*f"arn:{representatives.partition}:", MANY_IN, *f"::{account}:", MANY]) for account in other_accounts]
    others += dict.fromkeys(named)
    if kind != "root":
        others.append(join([MANY, "/"]))
    return PrincipalClass(members, accounts, fresh, arns, tuple(others), other_accounts)
