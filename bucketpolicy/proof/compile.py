"""
From a document and a goal to cubes and a space: once as what is surely denied, once as what is possibly denied.

The lower reading of a document lies inside what S3 denies: when it covers a goal, all of the goal is denied. The upper reading lies around
it: a request that it leaves out gets through, whatever the open points mean.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from bucketpolicy.document import Document, Problem, Statement
from bucketpolicy.goal import TLS_VERSION, TRANSPORT, Absent, AbsentOrOther, Assumptions, Below, Equal, Goal, Restriction, Target
from bucketpolicy.proof.axioms import PRINCIPAL_ACCOUNT, PRINCIPAL_ARN, World, axioms, exclude_root, facts
from bucketpolicy.proof.budget import TooComplexError
from bucketpolicy.proof.classes import PrincipalClasses, classify
from bucketpolicy.proof.conditions import FALSE, TRUE, Constraint, Kind, Meaning, Ranges, Texts, find_kind, presence, read_condition
from bucketpolicy.proof.cubes import ACTION, OBJECT, PRINCIPAL, Constraints, Cube, key_variable
from bucketpolicy.proof.domains import ABSENT, EMPTY
from bucketpolicy.proof.elements import Actions, Objects, Scope, select_actions, select_objects
from bucketpolicy.proof.globs import EVERYTHING, Glob, read_text
from bucketpolicy.proof.intervals import compare, read_number
from bucketpolicy.proof.principals import MatchedPrincipals, list_representatives, match_principals
from bucketpolicy.proof.written import CLOSED, is_of_bucket
from bucketpolicy.tables.actions import NEVER_ASKED


class CompiledStatement(NamedTuple):
    """A Deny statement, as far as the target does not matter."""

    statement: Statement
    principals: MatchedPrincipals
    conditions: tuple[tuple[str, Meaning], ...]


class CompiledDocument(NamedTuple):
    """
    A document, read as far as one target does not differ from another.

    `setting`: the goal without its targets. `kinds`, `paths`: the keys that Denies mention, how their values are represented, and where
    each is mentioned first. `mentioned`: the keys that any statement mentions, an Allow too.
    """

    setting: Goal
    variables: bool
    denies: tuple[CompiledStatement, ...]
    classes: PrincipalClasses
    kinds: dict[str, Kind]
    paths: dict[str, str]
    mentioned: frozenset[str]


class Readings(NamedTuple):
    """
    One target: the space as restrictions on variables, and the cubes that must cover it, in both readings; `same`: there is but one.

    `sent`: the part of the space in which requests are looked for, as far as it is known which ones can be sent.
    """

    space: Constraints
    lower: tuple[Cube, ...]
    upper: tuple[Cube, ...]
    same: bool
    sent: Constraints


_ONE_VALUE = "the condition key has one value for a bucket, which is not known"
# The rules of a pack, and the second look at a proof, ask about the same document again and again.
_REMEMBERED = 32
#: Each pattern is held against every action of S3. All of those are fewer than two hundred.
_MOST_ACTIONS = 1_000


@lru_cache(maxsize=_REMEMBERED)
def compile_document(document: Document, setting: Goal) -> CompiledDocument:
    """Read every Deny statement once for all targets; `setting` is a goal without any (S-07)."""
    denies = [statement for statement in document.statements if statement.effect == "Deny"]
    if sum(len(statement.actions.patterns) for statement in denies) > _MOST_ACTIONS:
        raise TooComplexError
    kinds, paths = _collect_keys(denies)
    representatives = list_representatives(
        document, setting.exempt, setting.partition, arns=_tells_arns(denies, kinds, variables=document.variables)
    )
    services = setting.assumptions.aws_star_covers_services
    classes, matched = classify(
        representatives, [match_principals(statement.principals, representatives, star_covers_services=services) for statement in denies]
    )
    compiled = tuple(
        CompiledStatement(statement, principals, tuple(_read_conditions(statement, document, setting, kinds)))
        for statement, principals in zip(denies, matched, strict=True)
    )
    if document.variables:
        _collect_variables(compiled, kinds, paths)
    mentioned = frozenset(condition.key for statement in document.statements for condition in statement.conditions)
    return CompiledDocument(setting, document.variables, compiled, classes, kinds, paths, mentioned)


def _tells_arns(denies: list[Statement], kinds: dict[str, Kind], *, variables: bool) -> bool:
    """Whether some Deny may tell callers of forms that are not modelled from others: by ARN, by account, or by sparing somebody."""
    keys = (PRINCIPAL_ARN, PRINCIPAL_ACCOUNT)
    if any(key in kinds for key in keys) or any(item.principals.negated for item in denies):
        return True
    if not variables:
        return False
    texts = (text for item in denies for part in (item.resources.patterns, *(one.values for one in item.conditions)) for text in part)
    return any(f"${{{key}" in text.lower() for text in texts if "${" in text for key in keys)


def _collect_keys(denies: list[Statement]) -> tuple[dict[str, Kind], dict[str, str]]:
    """The kind of every key that a Deny mentions, and where it is mentioned first."""
    quantified: dict[str, bool] = {}
    paths: dict[str, str] = {}
    for statement in denies:
        for condition in statement.conditions:
            key = condition.key
            quantified[key] = quantified.get(key, False) or bool(condition.operator.quantifier)
            paths.setdefault(key, condition.path)
    return {key: find_kind(key, quantified=sets) for key, sets in quantified.items()}, paths


def _collect_variables(denies: tuple[CompiledStatement, ...], kinds: dict[str, Kind], paths: dict[str, str]) -> None:
    """Add the keys that policy variables stand for."""
    for deny in denies:
        resources = deny.statement.resources.patterns
        keys = [key for text in resources if "${" in text for key in read_text(text, wildcards=True, variables=True).keys]
        for key in (*keys, *(key for _, meaning in deny.conditions for key in meaning.keys)):
            kinds.setdefault(key, find_kind(key, quantified=False))
            paths.setdefault(key, deny.statement.path)


def _read_conditions(statement: Statement, document: Document, setting: Goal, kinds: dict[str, Kind]) -> Iterator[tuple[str, Meaning]]:
    for condition in statement.conditions:
        yield (
            condition.key,
            read_condition(
                condition,
                kinds[condition.key],
                variables=document.variables,
                text_on_bool=setting.assumptions.string_op_on_bool_key,
            ),
        )


@lru_cache(maxsize=_REMEMBERED)
def compile_target(document: Document, setting: Goal, target: Target) -> Readings:
    """The space of one target, and its cubes in both readings."""
    compiled = compile_document(document, setting)
    space = (
        (PRINCIPAL, (1 << len(compiled.classes.all)) - 1 & ~compiled.classes.exempt),
        (ACTION, (1 << len(target.actions)) - 1),
        *((key_variable(one.key), _restrict(one, _find_kind(compiled, one.key))) for one in target.restrictions),
    )
    known = frozenset(one.key for one in target.restrictions if is_of_bucket(one.key))
    lower, upper = _compile_cubes(document, setting, target.on, target.actions, known)
    exempt_accounts = tuple(text for text in setting.exempt if text.isdigit())
    kinds = _find_kinds(compiled, target, upper)
    world = World(compiled.classes, target.actions, kinds, compiled.paths, exempt_accounts)
    given = (*exclude_root(world), *axioms(world, setting.assumptions))
    thin = tuple(facts(world))
    lower_cubes = (*lower, *given)
    same = lower is upper and not thin
    return Readings(space, lower_cubes, lower_cubes if same else (*upper, *given, *thin), same, _find_sent(target, kinds))


_LISTED = {name: (name, Texts(ABSENT, texts, inside=True)) for name, texts in CLOSED.items()}


def _find_sent(target: Target, kinds: dict[str, Kind]) -> Constraints:
    """Operations (S-64), and values of closed lists (S-61); callers of whom it is not known whether they exist are left out by a fact."""
    never = _select_never_asked(target.actions)
    listed = tuple(_LISTED[name] for name in map(key_variable, kinds) if name in _LISTED)
    return ((ACTION, (1 << len(target.actions)) - 1 & ~never), *listed) if never else listed


@lru_cache(maxsize=_REMEMBERED)
def _select_never_asked(actions: tuple[str, ...]) -> int:
    return sum((action in NEVER_ASKED) << bit for bit, action in enumerate(actions))


@lru_cache(maxsize=_REMEMBERED)
def _compile_cubes(
    document: Document, setting: Goal, on: Literal["bucket", "object"], actions: tuple[str, ...], known: frozenset[str]
) -> tuple[tuple[Cube, ...], tuple[Cube, ...]]:
    """The cubes of the statements in the lower and the upper reading; one object where the readings do not differ."""
    compiled = compile_document(document, setting)
    scope = Scope(setting.partition, setting.bucket, on)
    pairs = [_compile_statement(deny, compiled, scope, actions, known) for deny in compiled.denies]
    upper = tuple(maybe for _, maybe in pairs if maybe is not None)
    if all(sure is maybe for sure, maybe in pairs):
        return upper, upper
    return tuple(sure for sure, _ in pairs if sure is not None), upper


def _find_kinds(compiled: CompiledDocument, target: Target, cubes: tuple[Cube, ...]) -> dict[str, Kind]:
    """The keys that matter to the target, with their kinds: axioms about others would only cost time."""
    keys = [one.key for one in target.restrictions]
    for cube in cubes:
        keys += [name[1:] for name, _ in cube.literals if name.startswith("=")]
    if TLS_VERSION in keys:
        keys.append(TRANSPORT)
    return {key: _find_kind(compiled, key) for key in keys}


def _find_kind(compiled: CompiledDocument, key: str) -> Kind:
    """The kind that the document gives the key, which the table gives where it mentions none."""
    return compiled.kinds.get(key) or find_kind(key, quantified=False)


def _restrict(restriction: Restriction, kind: Kind) -> Constraint:
    match restriction, kind:
        case Absent(), _:
            return presence(kind, absent=True, present=False)
        case AbsentOrOther(_, accepted), "text":
            return Texts(ABSENT | EMPTY, accepted, inside=False)
        case Equal(_, value), "bool":
            return TRUE if value == "true" else FALSE
        case Equal(_, value), "text":
            return Texts(0, (value,), inside=True)
        case Below(_, bound), "number":
            number = read_number(bound)
            if number is not None:
                return Ranges("number", absent=False, intervals=compare(number, "less"))
    raise AssertionError(restriction)


def _compile_statement(
    deny: CompiledStatement, compiled: CompiledDocument, scope: Scope, all_actions: tuple[str, ...], known: frozenset[str]
) -> tuple[Cube | None, Cube | None]:
    """
    The cubes of a statement in the lower and the upper reading (S-08), None where it denies nothing; one object where they agree.

    A key of the bucket has one value, which is known where it is among `known`: else what is asked of it may always be true (S-62).
    """
    actions = select_actions(deny.statement.actions, all_actions)
    objects = select_objects(deny.statement.resources, scope, variables=compiled.variables)
    principals = deny.principals
    full = (1 << len(compiled.classes.all)) - 1, (1 << len(all_actions)) - 1
    where = _read_elements((principals.maybe, actions.maybe), full, objects.maybe, inside=objects.inside)
    if where is None:
        return None, None
    assumptions = (principals.assumption, *(meaning.assumption for _, meaning in deny.conditions))
    required = (*objects.variables, *(key for _, meaning in deny.conditions for key in meaning.keys))
    unknown = frozenset(key for key, _ in deny.conditions if is_of_bucket(key)) - known
    told = ((key_variable(key), meaning.maybe) for key, meaning in deny.conditions if key not in unknown)
    conditions = (*told, *_require(required, compiled.kinds))
    problems = tuple(_find_problems(deny, objects, actions, unknown))
    maybe = Cube((*where, *conditions), deny.statement.number, tuple(name for name in dict.fromkeys(assumptions) if name), problems)
    if not problems:
        return maybe, maybe
    where = _read_elements((principals.sure, actions.sure), full, objects.sure, inside=objects.inside)
    if where is None:
        return None, maybe
    conditions = tuple((key_variable(key), meaning.sure) for key, meaning in deny.conditions)
    return maybe._replace(literals=(*where, *conditions), problems=()), maybe


def _read_elements(found: tuple[int, int], full: tuple[int, int], globs: tuple[Glob, ...], *, inside: bool) -> Constraints | None:
    """The literals on the caller, the action and the object, without those that are always true; None where one never is."""
    if not all(found) or (not globs if inside else EVERYTHING in globs):
        return None
    literals: list[tuple[str, Constraint]] = [
        (name, bits) for name, bits, every in zip((PRINCIPAL, ACTION), found, full, strict=True) if bits != every
    ]
    if EVERYTHING not in globs if inside else globs:
        literals.append((OBJECT, Texts(0, globs, inside)))
    return tuple(literals)


def _require(keys: tuple[str, ...], kinds: dict[str, Kind]) -> Iterator[tuple[str, Constraint]]:
    """The literals that the keys of policy variables are in the request."""
    for key in keys:
        if kinds[key] != "set":
            yield key_variable(key), presence(kinds[key], absent=False, present=True)


def _find_problems(deny: CompiledStatement, objects: Objects, actions: Actions, unknown: frozenset[str]) -> Iterator[Problem]:
    """What keeps the lower and the upper reading of a statement apart."""
    statement = deny.statement
    if deny.principals.sure != deny.principals.maybe:
        yield Problem(statement.principals.path, deny.principals.doubt)
    if actions.sure != actions.maybe:
        yield Problem(statement.actions.path, actions.doubt)
    if objects.sure != objects.maybe:
        yield Problem(statement.resources.path, objects.doubt)
    for condition, (_, meaning) in zip(statement.conditions, deny.conditions, strict=True):
        if condition.key in unknown:
            yield Problem(condition.path, _ONE_VALUE)
        elif meaning.sure != meaning.maybe:
            yield Problem(condition.path, meaning.doubt)


def without(assumptions: Assumptions, name: str) -> Assumptions:
    """The assumptions with this one, in the spelling of the configuration, switched off."""
    return assumptions._replace(**{name.replace("-", "_"): False})
