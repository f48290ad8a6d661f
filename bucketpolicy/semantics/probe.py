"""
A search for a request that is not surely denied, made by asking `evaluate` alone, before a `Denied` is said.

Nothing here knows how the denial was proved. A walk begins at some request of the goal. Where a statement denies it, one thing that the
statement asks for is changed, to something near the document's constants with which it does not apply; and so on, until no statement
denies the request or nothing is left to change. Walks begin with each kind of caller and each object in turn. Where the first one begins
follows from the document's own strings: the same question is asked in the same way on every machine, and no start suits the tests only.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple, TypeVar

from bucketpolicy.document import Condition, Document, Statement
from bucketpolicy.goal import TLS_VERSION, TRANSPORT, Absent, AbsentOrOther, Below, Equal, Goal, Target
from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Principal, Request, Service
from bucketpolicy.semantics.edges import FILLED, STRANGER, list_callers, list_resources, list_values
from bucketpolicy.semantics.evaluate import applies_to, holds, match_action, match_principal, match_resource
from bucketpolicy.semantics.feasible import (
    IS_SERVICE,
    PRINCIPAL_ACCOUNT,
    PRINCIPAL_ARN,
    PRINCIPAL_ORG,
    SERVICE_NAME,
    SOURCE_IP,
    SOURCE_VPCE,
    in_goal,
    keys_of,
    satisfies,
)
from bucketpolicy.tables.keys import applies

_OLD_VERSIONS = ("1.1", "1.0")
_SOURCES = (SOURCE_IP, SOURCE_VPCE)
_OF_CALLER = frozenset((PRINCIPAL_ARN, PRINCIPAL_ACCOUNT, IS_SERVICE, SERVICE_NAME))
#: How many comparisons of strings are made to learn what a part of a statement does not match, and how many things are tried at least.
_COMPARED, _LEAST = 2_000, 4
#: How many changes are tried at most where it is not known before whether they help.
_ASKED = 8
_LAST_OF_16_BITS = "\uffff"
# The rules of a pack ask about the same document.
_REMEMBERED = 32
_Item = TypeVar("_Item")

#: The values of a key; none where it is absent.
_Texts = tuple[str, ...]
_Values = dict[str, _Texts]


class Tried(NamedTuple):
    """A request, and a statement that surely denies it; None where there is none."""

    request: Request
    denier: Statement | None


def find_gap(document: Document, goal: Goal, most: int) -> Request | None:
    """A request of the goal that is not surely denied; None where there is none among the first so many that are tried."""
    survey = _survey(document, goal._replace(targets=()))
    found = (one.request for one in islice(probe(document, goal), most) if one.denier is None)
    return next((one for one in found if in_goal(one, goal, survey.mentioned) and not _has_two_readings(one, survey.denies)), None)


def _has_two_readings(request: Request, denies: Iterable[Statement]) -> bool:
    """
    Whether a letter of the request may be one or two to some `?`.

    Each reading may deny the request, by a statement of its own. So it can be denied for sure while no statement surely denies it.
    """
    sent = "".join((request.resource, *(text for _, found in request.context for text in found)))
    compared = (text for item in denies for text in (*item.resources.patterns, *(text for one in item.conditions for text in one.values)))
    return max(sent) > _LAST_OF_16_BITS and any("?" in text for text in compared)


def probe(document: Document, goal: Goal) -> Iterator[Tried]:
    """Requests without end, nearly all of them in the goal, and what denies them."""
    survey = _survey(document, goal._replace(targets=()))
    numbers = _draw(survey.seed)
    walkers = [_Walker(survey, goal, target, numbers) for target in goal.targets]
    while walkers:
        for walker in walkers:
            yield from walker.walk()


def _draw(state: int) -> Iterator[int]:
    """Numbers that follow from the first, with no pattern that a document could follow (Knuth's MMIX)."""
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        yield state >> 33


# What the document tells apart ---------------------------------------------------------------------------------------------------------


class _Caller(NamedTuple):
    """Somebody, with the keys that follow from who it is."""

    principal: Principal
    keys: tuple[tuple[str, _Texts], ...]


class _Survey(NamedTuple):
    """
    A document, as far as one target does not differ from another.

    `constants`: what it compares each key with. `bound`: the keys that follow from the caller. `linked`: keys that policy variables make
    equal to others. `resources`: ARNs of buckets, and ARNs of objects.
    """

    denies: tuple[Statement, ...]
    variables: bool
    mentioned: frozenset[str]
    seed: int
    constants: dict[str, _Texts]
    bound: frozenset[str]
    linked: tuple[str, ...]
    callers: tuple[_Caller, ...]
    resources: tuple[_Texts, _Texts]


@lru_cache(maxsize=_REMEMBERED)
def _survey(document: Document, setting: Goal) -> _Survey:
    denies = tuple(statement for statement in document.statements if statement.effect == "Deny")
    mentioned = keys_of(document)
    found: dict[str, list[str]] = {key: [] for key in sorted(mentioned)}
    for condition in (condition for item in denies for condition in item.conditions):
        # The values of `Null` are none of the key's.
        found[condition.key] += condition.values if condition.operator.family != "Null" else ()
    constants = {key: tuple(texts) for key, texts in found.items()}
    given = setting.assumptions
    settled = given.principal_keys_agree and given.service_principal_keys and given.anonymous_has_no_identity
    bound = mentioned & _OF_CALLER if settled else frozenset()
    patterns = [text for item in denies for text in item.resources.patterns]
    linked = [key for key, texts in constants.items() if not texts or any("${" in text for text in texts)] if document.variables else []
    return _Survey(
        denies,
        document.variables,
        mentioned,
        _mix(
            (*patterns, *(text for item in denies for text in item.actions.patterns), *(text for one in constants.values() for text in one))
        ),
        constants,
        bound,
        tuple(linked),
        tuple(_list_callers(denies, setting, constants, bound)),
        list_resources(patterns, setting.partition, setting.bucket),
    )


def _mix(texts: Iterable[str]) -> int:
    """A number that follows from the strings."""
    return zlib.crc32("\n".join(texts).encode("utf-8", "surrogatepass"))


def _list_callers(denies: tuple[Statement, ...], setting: Goal, constants: dict[str, _Texts], bound: frozenset[str]) -> Iterator[_Caller]:
    """Whoever is not exempt, in each guise that the document tells apart."""
    entries = [text for item in denies for _, text in item.principals.entries]
    written = [text for key in (PRINCIPAL_ARN, PRINCIPAL_ACCOUNT, SERVICE_NAME) for text in constants.get(key, ())]
    for principal in list_callers((*entries, *written, *setting.exempt), setting.partition):
        if _spell(principal).isdisjoint(setting.exempt):
            guises = [tuple((key, (text,)) for key, text in guise if key in bound) for guise in _list_guises(principal)]
            yield from (_Caller(principal, guise) for guise in dict.fromkeys(guises))


def _spell(principal: Principal) -> frozenset[str]:
    """What an exemption may call somebody."""
    match principal:
        case Identity(_, account, arn):
            return frozenset((account, arn))
        case Service(name) | OriginAccessIdentity(name):
            return frozenset((name,))
        case _:
            return frozenset()


def _list_guises(principal: Principal) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The keys that follow from who calls, in several ways where some may be there or not."""
    match principal:
        case Identity(_, account, arn):
            known = ((PRINCIPAL_ARN, arn), (PRINCIPAL_ACCOUNT, account))
            return known, (*known, (IS_SERVICE, "false"))
        case Service(name):
            return (((IS_SERVICE, "true"), (SERVICE_NAME, name)),)
        case OriginAccessIdentity(arn):
            return ((PRINCIPAL_ARN, arn),), ((PRINCIPAL_ARN, arn), (IS_SERVICE, "false"), (PRINCIPAL_ACCOUNT, STRANGER))
        case _:
            return (), ((PRINCIPAL_ACCOUNT, "anonymous"),)


# Walks ---------------------------------------------------------------------------------------------------------------------------------


class _Draft(NamedTuple):
    """A request that is being put together."""

    caller: _Caller
    action: str
    resource: str
    values: _Values


class _Change(NamedTuple):
    """What is put in the place of one thing of a draft: what is empty stays as it is, and `texts` are those of `key`."""

    caller: _Caller | None = None
    action: str = ""
    resource: str = ""
    key: str = ""
    texts: _Texts = ()


class _Way(NamedTuple):
    """Changes of one thing with which a statement does not apply; `asked`: whether it does depends on the rest of the request."""

    name: str
    changes: tuple[_Change, ...]
    asked: bool = False


class _Walker:
    """The walks of one target of a goal; what is found out about statements and keys is kept."""

    __slots__ = ("_fixed", "_goal", "_last", "_numbers", "_resources", "_survey", "_target", "_turn", "_values", "_ways")

    def __init__(self, survey: _Survey, goal: Goal, target: Target, numbers: Iterator[int]) -> None:
        """Begin where the first number says."""
        self._survey, self._goal, self._target, self._numbers = survey, goal, target, numbers
        self._turn = next(numbers)
        self._fixed = {one.key for one in target.restrictions if isinstance(one, Absent | Equal)}
        self._resources = survey.resources[target.on == "object"]
        self._values: dict[str, tuple[_Texts, ...]] = {}
        self._ways: dict[int, tuple[_Way, ...]] = {}
        self._last: Statement | None = None

    def walk(self) -> Iterator[Tried]:
        """Requests, each with one thing changed, until one is not denied or nothing is left to change."""
        draft: _Draft | None = self._begin()
        changed: set[str] = set()
        while draft is not None:
            request = _finish(draft)
            denier = self._find_denier(request)
            yield Tried(request, denier)
            draft = None if denier is None else self._escape(draft, denier, changed)

    def _find_denier(self, request: Request) -> Statement | None:
        """A statement that surely denies the request; the one that denied the last request is asked first."""
        last = self._last
        if last is None or not self._denies(last, request):
            self._last = next((item for item in self._survey.denies if item is not last and self._denies(item, request)), None)
        return self._last

    def _denies(self, statement: Statement, request: Request) -> bool:
        return applies_to(statement, request, self._goal.assumptions, variables=self._survey.variables) is True

    def _begin(self) -> _Draft:
        """Callers and objects in turn, and by chance; half of the requests have no keys but those that they must have."""
        self._turn += 1
        number = next(self._numbers)
        values: _Values = {}
        for key in self._survey.constants if number & 1 else ():
            draw = next(self._numbers)
            if draw & 1:
                values[key] = _pick(self._list_values(key), draw >> 1)
        if number & 2:
            values |= dict.fromkeys(self._survey.linked, (FILLED,))
        caller = _pick(self._survey.callers, self._turn if number & 4 else number >> 3)
        resource = _pick(self._resources, self._turn + (number >> 8))
        return self._settle(_Draft(caller, _pick(self._target.actions, number >> 16), resource, values), "")

    def _list_values(self, key: str) -> tuple[_Texts, ...]:
        """What a request of the target can have of the key."""
        found = self._values.get(key)
        if found is None:
            restrictions = [one for one in self._target.restrictions if one.key == key]
            accepted = [text for one in restrictions if isinstance(one, AbsentOrOther) for text in one.accepted]
            some = list_values(key, (*self._survey.constants.get(key, ()), *accepted), self._goal.assumptions)
            found = tuple(texts for texts in some if all(satisfies(one, {key: texts} if texts else {}) for one in restrictions)) or ((),)
            self._values[key] = found
        return found

    # Away from a statement

    def _escape(self, draft: _Draft, statement: Statement, changed: set[str]) -> _Draft | None:
        """The draft with one more thing changed, so that the statement does not apply; None where there is none."""
        ways = self._ways.get(statement.number)
        if ways is None:
            ways = self._ways[statement.number] = tuple(way for way in self._list_ways(statement) if way.changes)
        number = next(self._numbers) if ways else 0
        for step in range(len(ways)):
            way = _pick(ways, number + step)
            moved = None if way.name in changed else self._move(draft, statement, way, number >> 8)
            if moved is not None:
                changed.add(way.name)
                return moved
        return None

    def _move(self, draft: _Draft, statement: Statement, way: _Way, number: int) -> _Draft | None:
        for step in range(min(len(way.changes), _ASKED) if way.asked else 1):
            change = _pick(way.changes, number + step)
            moved = self._settle(_apply(draft, change), change.key)
            if not way.asked or not self._denies(statement, _finish(moved)):
                return moved
        return None

    def _list_ways(self, statement: Statement) -> Iterator[_Way]:
        """What each part of the statement does not match."""
        survey, principals, actions = self._survey, statement.principals, statement.actions
        if principals.negated or not principals.everyone:
            spared = (one for one in survey.callers if match_principal(principals, one.principal, self._goal.assumptions) is False)
            yield _Way("caller", tuple(_Change(caller=one) for one in spared))
        if actions.negated or "s3:*" not in actions.patterns:
            some = _limit(self._target.actions, len(actions.patterns))
            yield _Way("action", tuple(_Change(action=one) for one in some if match_action(actions, one) is False))
        yield self._leave_resources(statement)
        yield from (self._leave_condition(condition) for condition in statement.conditions if condition.key not in self._fixed)

    def _leave_resources(self, statement: Statement) -> _Way:
        names, variables = statement.resources, self._survey.variables
        asked = variables and any("${" in text for text in names.patterns)
        whole = f"arn:{self._goal.partition}:s3:::{self._goal.bucket}{'/*' if self._target.on == 'object' else ''}"
        some = () if whole in names.patterns and not names.negated else _limit(self._resources, len(names.patterns))
        found = (one for one in some if asked or match_resource(names, one, {}, variables=variables) is False)
        return _Way("resource", tuple(_Change(resource=one) for one in found), asked)

    def _leave_condition(self, condition: Condition) -> _Way:
        survey, key, given = self._survey, condition.key, self._goal.assumptions
        asked = survey.variables and any("${" in text for text in condition.values)
        if key in survey.bound:
            some = [(_Change(caller=one), dict(one.keys)) for one in _limit(survey.callers, len(condition.values))]
        else:
            values = _limit(self._list_values(key), len(condition.values))
            some = [(_Change(key=key, texts=texts), {key: texts} if texts else {}) for texts in values]
        found = (one for one, context in some if asked or holds(condition, context, given, variables=survey.variables) is False)
        return _Way("caller" if key in survey.bound else f"key {key}", tuple(found), asked)

    # Requests of the target that somebody can send

    def _settle(self, draft: _Draft, kept: str) -> _Draft:
        """The draft with keys that the target, the caller and each other allow; where two do not go together, `kept` stays."""
        given = self._goal.assumptions
        values = {key: texts for key, texts in draft.values.items() if texts and key not in self._survey.bound}
        values.update(draft.caller.keys)
        self._restrict(values)
        if given.secure_transport_present and TRANSPORT not in values:
            values[TRANSPORT] = _pick((("true",), ("false",)), next(self._numbers))
        if given.tls_version_absent_on_http and TLS_VERSION in values and values.get(TRANSPORT) == ("false",):
            if kept == TLS_VERSION and TRANSPORT not in self._fixed:
                values[TRANSPORT] = ("true",)
            else:
                del values[TLS_VERSION]
        if given.source_ip_or_vpc_endpoint and (SOURCE_IP in values) == (SOURCE_VPCE in values):
            self._settle_source(values, kept)
        if given.anonymous_has_no_identity and isinstance(draft.caller.principal, Anonymous):
            values.pop(PRINCIPAL_ORG, None)
        if given.principal_keys_agree and isinstance(draft.caller.principal, Service):
            # It is of none of the accounts that the document names, and of which it is, is not known (S-55).
            values.pop(PRINCIPAL_ACCOUNT, None)
        if given.inapplicable_keys_absent:
            values = {key: texts for key, texts in values.items() if applies(draft.action, key)}
        return _Draft(draft.caller, draft.action, draft.resource, values)

    def _restrict(self, values: _Values) -> None:
        for restriction in self._target.restrictions:
            if satisfies(restriction, values):
                continue
            match restriction:
                case Equal(key, value):
                    values[key] = (value,)
                case Below(key):
                    values[key] = (_pick(_OLD_VERSIONS, next(self._numbers)),)
                case _:
                    del values[restriction.key]

    def _settle_source(self, values: _Values, kept: str) -> None:
        """Leave one of both, or give one where there is none: the one that was not just changed."""
        other = 1 - _SOURCES.index(kept) if kept in _SOURCES else next(self._numbers)
        key = _pick(_SOURCES, other)
        if values.pop(key, None) is None:
            values[key] = _pick([texts for texts in self._list_values(key) if texts], next(self._numbers))


def _pick(items: Sequence[_Item], number: int) -> _Item:
    return items[number % len(items)]


def _limit(items: Sequence[_Item], size: int) -> Sequence[_Item]:
    """As many as are compared with so many patterns in bounded time, some at least."""
    return items[: max(_LEAST, _COMPARED // max(1, size))]


def _apply(draft: _Draft, change: _Change) -> _Draft:
    values = {**draft.values, change.key: change.texts} if change.key else draft.values
    return _Draft(change.caller or draft.caller, change.action or draft.action, change.resource or draft.resource, values)


def _finish(draft: _Draft) -> Request:
    return Request(draft.caller.principal, draft.action, draft.resource, tuple(sorted(draft.values.items())))
