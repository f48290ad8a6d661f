"""
From a document and a goal to rows and a box: once as what is surely denied, once as what is possibly denied.

The lower reading of a document lies inside what S3 denies: when it covers a goal, all of the goal is denied. The upper reading lies around
it: a request that it leaves out gets through, whatever the open points mean.
"""

from collections.abc import Iterator
from typing import NamedTuple

from bucketpolicy.axioms import World, axioms, exclude_root, facts
from bucketpolicy.document import Document, Problem, Statement
from bucketpolicy.domains import ABSENT, EMPTY
from bucketpolicy.goal import TLS_VERSION, TRANSPORT, Absent, AbsentOrOther, Assumptions, Below, Equal, Goal, Restriction, Target
from bucketpolicy.literals import FALSE, TRUE, Kind, Meaning, Ranges, Raw, Texts, find_kind, presence, read_condition
from bucketpolicy.patterns import EVERYTHING, read_text
from bucketpolicy.principals import Callers, Covered, cover, gather
from bucketpolicy.resources import Place, select_actions, select_keys
from bucketpolicy.rows import ACTION, OBJECT, PRINCIPAL, Row, key_variable
from bucketpolicy.spans import compare, read_number


class Clause(NamedTuple):
    """A Deny statement, as far as the target does not matter."""

    statement: Statement
    principals: Covered
    conditions: tuple[tuple[str, Meaning], ...]


class Compiled(NamedTuple):
    """
    A document and a goal, read as far as one target does not differ from another.

    `mentioned`: the keys that any statement mentions, an Allow too.
    """

    goal: Goal
    variables: bool
    clauses: tuple[Clause, ...]
    callers: Callers
    kinds: dict[str, Kind]
    paths: dict[str, str]
    mentioned: frozenset[str]


class Problems(NamedTuple):
    """One target: the box as restrictions on variables, and the rows that must cover it in the lower or the upper reading."""

    box: tuple[tuple[str, Raw], ...]
    rows: tuple[Row, ...]


def compile_document(document: Document, goal: Goal) -> Compiled:
    """Read every Deny statement once for all targets."""
    denies = [statement for statement in document.statements if statement.effect == "Deny"]
    callers = gather(document, goal.exempt, goal.partition)
    kinds, paths = _collect_keys(denies, goal)
    clauses = tuple(_read_statement(statement, document, goal, callers, kinds) for statement in denies)
    if document.variables:
        _collect_variables(clauses, kinds, paths)
    mentioned = frozenset(condition.key for statement in document.statements for condition in statement.conditions)
    return Compiled(goal, document.variables, clauses, callers, kinds, paths, mentioned)


def _collect_keys(denies: list[Statement], goal: Goal) -> tuple[dict[str, Kind], dict[str, str]]:
    """The kind of every key in play, and where the document mentions it first."""
    quantified: dict[str, bool] = {}
    paths: dict[str, str] = {}
    for statement in denies:
        for condition in statement.conditions:
            key = condition.key
            quantified[key] = quantified.get(key, False) or bool(condition.operator.quantifier)
            paths.setdefault(key, condition.path)
    for target in goal.targets:
        for restriction in target.restrictions:
            quantified.setdefault(restriction.key, False)
            paths.setdefault(restriction.key, "$")
    if TLS_VERSION in quantified:
        quantified.setdefault(TRANSPORT, False)
        paths.setdefault(TRANSPORT, "$")
    return {key: find_kind(key, quantified=sets) for key, sets in quantified.items()}, paths


def _collect_variables(clauses: tuple[Clause, ...], kinds: dict[str, Kind], paths: dict[str, str]) -> None:
    """Add the keys that policy variables stand for."""
    for clause in clauses:
        resources = clause.statement.resources.patterns
        keys = [key for text in resources for key in read_text(text, wildcards=True, variables=True).keys]
        for key in (*keys, *(key for _, meaning in clause.conditions for key in meaning.keys)):
            kinds.setdefault(key, find_kind(key, quantified=False))
            paths.setdefault(key, clause.statement.path)


def _read_statement(statement: Statement, document: Document, goal: Goal, callers: Callers, kinds: dict[str, Kind]) -> Clause:
    covered = cover(statement.principals, callers, goal.partition, star_covers_services=goal.assumptions.aws_star_covers_services)
    conditions = tuple(
        (
            condition.key,
            read_condition(
                condition,
                kinds[condition.key],
                variables=document.variables,
                text_on_bool=goal.assumptions.string_op_on_bool_key,
            ),
        )
        for condition in statement.conditions
    )
    return Clause(statement, covered, conditions)


def compile_target(compiled: Compiled, target: Target, *, upper: bool) -> Problems:
    """The rows of one target in the lower or the upper reading."""
    goal = compiled.goal
    place = Place(goal.partition, goal.bucket, target.on)
    rows = [row for clause in compiled.clauses if (row := _compile_clause(clause, compiled, place, target, upper=upper)) is not None]
    box: list[tuple[str, Raw]] = [
        (PRINCIPAL, (1 << len(compiled.callers.all)) - 1 & ~compiled.callers.exempt),
        (ACTION, (1 << len(target.actions)) - 1),
    ]
    box += [(key_variable(one.key), _restrict(one, compiled.kinds[one.key])) for one in target.restrictions]
    world = World(compiled.callers, target.actions, _find_kinds(compiled, box, rows), compiled.paths)
    rows += exclude_root(world)
    rows += axioms(world, goal.assumptions)
    if upper:
        rows += facts(world)
    return Problems(tuple(box), tuple(rows))


def _find_kinds(compiled: Compiled, box: list[tuple[str, Raw]], rows: list[Row]) -> dict[str, Kind]:
    """The keys that matter to the target, with their kinds: axioms about others would only cost time."""
    names = dict.fromkeys(name for name, _ in box)
    for row in rows:
        names.update(dict.fromkeys(name for name, _ in row.literals))
    if key_variable(TLS_VERSION) in names:
        names[key_variable(TRANSPORT)] = None
    return {key: kind for key, kind in compiled.kinds.items() if key_variable(key) in names}


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


def _compile_clause(clause: Clause, compiled: Compiled, place: Place, target: Target, *, upper: bool) -> Row | None:
    """The row of a statement, or None where it denies nothing of the target in this reading."""
    statement = clause.statement
    actions = select_actions(statement.actions, target.actions)
    keys = select_keys(statement.resources, place, variables=compiled.variables)
    principals = clause.principals.maybe if upper else clause.principals.sure
    globs = keys.maybe if upper else keys.sure
    if not (actions[upper] and principals) or (keys.inside and not globs) or (not keys.inside and EVERYTHING in globs):
        return None
    literals: list[tuple[str, Raw]] = []
    if principals != (1 << len(compiled.callers.all)) - 1:
        literals.append((PRINCIPAL, principals))
    if actions[upper] != (1 << len(target.actions)) - 1:
        literals.append((ACTION, actions[upper]))
    if (EVERYTHING not in globs) if keys.inside else globs:
        literals.append((OBJECT, Texts(0, globs, keys.inside)))
    readings = [clause.principals.reading] if clause.principals.reading else []
    required = list(keys.variables)
    for key, meaning in clause.conditions:
        literals.append((key_variable(key), meaning.maybe if upper else meaning.sure))
        required += meaning.keys
        if meaning.reading:
            readings.append(meaning.reading)
    if upper:
        literals += _require(required, compiled.kinds)
    problems = tuple(_find_problems(clause, keys.doubt, actions)) if upper else ()
    return Row(tuple(literals), statement.number, readings=tuple(dict.fromkeys(readings)), problems=problems)


def _require(keys: list[str], kinds: dict[str, Kind]) -> Iterator[tuple[str, Raw]]:
    """The literals that the keys of policy variables are in the request."""
    for key in keys:
        if kinds[key] != "set":
            yield key_variable(key), presence(kinds[key], absent=False, present=True)


def _find_problems(clause: Clause, doubt: str, actions: tuple[int, int]) -> Iterator[Problem]:
    """What keeps the lower and the upper reading of a statement apart."""
    statement = clause.statement
    if clause.principals.sure != clause.principals.maybe:
        yield Problem(statement.principals.path, clause.principals.doubt)
    if actions[0] != actions[1]:
        yield Problem(statement.actions.path, "the list of actions is empty")
    if doubt:
        yield Problem(statement.resources.path, doubt)
    for condition, (_, meaning) in zip(statement.conditions, clause.conditions, strict=True):
        if meaning.sure != meaning.maybe:
            yield Problem(condition.path, meaning.doubt)


def without(assumptions: Assumptions, names: frozenset[str]) -> Assumptions:
    """The assumptions with these switched off."""
    return assumptions._replace(**{name.replace("-", "_"): False for name in names})
