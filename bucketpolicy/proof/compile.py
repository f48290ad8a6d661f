"""
From a document and a goal to rows and a box: once as what is surely denied, once as what is possibly denied.

The lower reading of a document lies inside what S3 denies: when it covers a goal, all of the goal is denied. The upper reading lies around
it: a request that it leaves out gets through, whatever the open points mean.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from bucketpolicy.document import Document, Problem, Statement
from bucketpolicy.goal import TLS_VERSION, TRANSPORT, Absent, AbsentOrOther, Assumptions, Below, Equal, Goal, Restriction, Target
from bucketpolicy.proof.axioms import World, axioms, exclude_root, facts
from bucketpolicy.proof.callers import Callers, merge
from bucketpolicy.proof.conditions import FALSE, TRUE, Kind, Meaning, Ranges, Raw, Texts, find_kind, presence, read_condition
from bucketpolicy.proof.domains import ABSENT, EMPTY
from bucketpolicy.proof.elements import Actions, Keys, Place, select_actions, select_keys
from bucketpolicy.proof.globs import EVERYTHING, Glob, read_text
from bucketpolicy.proof.intervals import compare, read_number
from bucketpolicy.proof.principals import Covered, cover, gather
from bucketpolicy.proof.rows import ACTION, OBJECT, PRINCIPAL, Named, Row, key_variable


class Clause(NamedTuple):
    """A Deny statement, as far as the target does not matter."""

    statement: Statement
    principals: Covered
    conditions: tuple[tuple[str, Meaning], ...]


class Compiled(NamedTuple):
    """
    A document, read as far as one target does not differ from another.

    `setting`: the goal without its targets. `kinds`, `paths`: the keys that Denies mention, how their values are represented, and where
    each is mentioned first. `mentioned`: the keys that any statement mentions, an Allow too.
    """

    setting: Goal
    variables: bool
    clauses: tuple[Clause, ...]
    callers: Callers
    kinds: dict[str, Kind]
    paths: dict[str, str]
    mentioned: frozenset[str]


class Readings(NamedTuple):
    """One target: the box as restrictions on variables, and the rows that must cover it, in both readings; `same`: there is but one."""

    box: Named
    lower: tuple[Row, ...]
    upper: tuple[Row, ...]
    same: bool


# The rules of a pack, and the second look at a proof, ask about the same document again and again.
_REMEMBERED = 32


@lru_cache(maxsize=_REMEMBERED)
def compile_document(document: Document, setting: Goal) -> Compiled:
    """Read every Deny statement once for all targets; `setting` is a goal without any."""
    denies = [statement for statement in document.statements if statement.effect == "Deny"]
    crowd = gather(document, setting.exempt, setting.partition)
    services = setting.assumptions.aws_star_covers_services
    callers, covers = merge(crowd, [cover(statement.principals, crowd, star_covers_services=services) for statement in denies])
    kinds, paths = _collect_keys(denies)
    clauses = tuple(
        Clause(statement, covered, tuple(_read_conditions(statement, document, setting, kinds)))
        for statement, covered in zip(denies, covers, strict=True)
    )
    if document.variables:
        _collect_variables(clauses, kinds, paths)
    mentioned = frozenset(condition.key for statement in document.statements for condition in statement.conditions)
    return Compiled(setting, document.variables, clauses, callers, kinds, paths, mentioned)


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


def _collect_variables(clauses: tuple[Clause, ...], kinds: dict[str, Kind], paths: dict[str, str]) -> None:
    """Add the keys that policy variables stand for."""
    for clause in clauses:
        resources = clause.statement.resources.patterns
        keys = [key for text in resources if "${" in text for key in read_text(text, wildcards=True, variables=True).keys]
        for key in (*keys, *(key for _, meaning in clause.conditions for key in meaning.keys)):
            kinds.setdefault(key, find_kind(key, quantified=False))
            paths.setdefault(key, clause.statement.path)


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
    """The box of one target, and its rows in both readings."""
    compiled = compile_document(document, setting)
    box = (
        (PRINCIPAL, (1 << len(compiled.callers.all)) - 1 & ~compiled.callers.exempt),
        (ACTION, (1 << len(target.actions)) - 1),
        *((key_variable(one.key), _restrict(one, _find_kind(compiled, one.key))) for one in target.restrictions),
    )
    lower, upper = _compile_rows(document, setting, target.on, target.actions)
    world = World(compiled.callers, target.actions, _find_kinds(compiled, target, upper), compiled.paths)
    given = (*exclude_root(world), *axioms(world, setting.assumptions))
    thin = tuple(facts(world))
    lower_rows = (*lower, *given)
    same = lower is upper and not thin
    return Readings(box, lower_rows, lower_rows if same else (*upper, *given, *thin), same)


@lru_cache(maxsize=_REMEMBERED)
def _compile_rows(
    document: Document, setting: Goal, on: Literal["bucket", "object"], actions: tuple[str, ...]
) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """The rows of the statements in the lower and the upper reading; one object where the readings do not differ."""
    compiled = compile_document(document, setting)
    place = Place(setting.partition, setting.bucket, on)
    pairs = [_compile_clause(clause, compiled, place, actions) for clause in compiled.clauses]
    upper = tuple(maybe for _, maybe in pairs if maybe is not None)
    if all(sure is maybe for sure, maybe in pairs):
        return upper, upper
    return tuple(sure for sure, _ in pairs if sure is not None), upper


def _find_kinds(compiled: Compiled, target: Target, rows: tuple[Row, ...]) -> dict[str, Kind]:
    """The keys that matter to the target, with their kinds: axioms about others would only cost time."""
    keys = [one.key for one in target.restrictions]
    for row in rows:
        keys += [name[1:] for name, _ in row.literals if name.startswith("=")]
    if TLS_VERSION in keys:
        keys.append(TRANSPORT)
    return {key: _find_kind(compiled, key) for key in keys}


def _find_kind(compiled: Compiled, key: str) -> Kind:
    """The kind that the document gives the key, which the table gives where it mentions none."""
    return compiled.kinds.get(key) or find_kind(key, quantified=False)


def _restrict(restriction: Restriction, kind: Kind) -> Raw:
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
                return Ranges("number", absent=False, spans=compare(number, "less"))
    raise AssertionError(restriction)


def _compile_clause(clause: Clause, compiled: Compiled, place: Place, all_actions: tuple[str, ...]) -> tuple[Row | None, Row | None]:
    """The rows of a statement in the lower and the upper reading, None where it denies nothing; one object where they are the same."""
    actions = select_actions(clause.statement.actions, all_actions)
    keys = select_keys(clause.statement.resources, place, variables=compiled.variables)
    people = clause.principals
    full = (1 << len(compiled.callers.all)) - 1, (1 << len(all_actions)) - 1
    scope = _read_scope((people.maybe, actions.maybe), full, keys.maybe, inside=keys.inside)
    if scope is None:
        return None, None
    readings = (people.reading, *(meaning.reading for _, meaning in clause.conditions))
    required = (*keys.variables, *(key for _, meaning in clause.conditions for key in meaning.keys))
    conditions = (*((key_variable(key), meaning.maybe) for key, meaning in clause.conditions), *_require(required, compiled.kinds))
    problems = tuple(_find_problems(clause, keys, actions))
    maybe = Row((*scope, *conditions), clause.statement.number, "", tuple(name for name in dict.fromkeys(readings) if name), problems)
    if not problems:
        return maybe, maybe
    scope = _read_scope((people.sure, actions.sure), full, keys.sure, inside=keys.inside)
    if scope is None:
        return None, maybe
    conditions = tuple((key_variable(key), meaning.sure) for key, meaning in clause.conditions)
    return maybe._replace(literals=(*scope, *conditions), problems=()), maybe


def _read_scope(found: tuple[int, int], full: tuple[int, int], globs: tuple[Glob, ...], *, inside: bool) -> Named | None:
    """The literals on the caller, the action and the object, without those that are always true; None where one never is."""
    if not all(found) or (not globs if inside else EVERYTHING in globs):
        return None
    literals: list[tuple[str, Raw]] = [
        (name, bits) for name, bits, every in zip((PRINCIPAL, ACTION), found, full, strict=True) if bits != every
    ]
    if EVERYTHING not in globs if inside else globs:
        literals.append((OBJECT, Texts(0, globs, inside)))
    return tuple(literals)


def _require(keys: tuple[str, ...], kinds: dict[str, Kind]) -> Iterator[tuple[str, Raw]]:
    """The literals that the keys of policy variables are in the request."""
    for key in keys:
        if kinds[key] != "set":
            yield key_variable(key), presence(kinds[key], absent=False, present=True)


def _find_problems(clause: Clause, keys: Keys, actions: Actions) -> Iterator[Problem]:
    """What keeps the lower and the upper reading of a statement apart."""
    statement = clause.statement
    if clause.principals.sure != clause.principals.maybe:
        yield Problem(statement.principals.path, clause.principals.doubt)
    if actions.sure != actions.maybe:
        yield Problem(statement.actions.path, actions.doubt)
    if keys.sure != keys.maybe:
        yield Problem(statement.resources.path, keys.doubt)
    for condition, (_, meaning) in zip(statement.conditions, clause.conditions, strict=True):
        if meaning.sure != meaning.maybe:
            yield Problem(condition.path, meaning.doubt)


def without(assumptions: Assumptions, name: str) -> Assumptions:
    """The assumptions with this one, in the spelling of the configuration, switched off."""
    return assumptions._replace(**{name.replace("-", "_"): False})
