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
from bucketpolicy.patterns import EVERYTHING
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

    `allowed`: the keys that the Allow statements mention.
    """

    goal: Goal
    variables: bool
    clauses: tuple[Clause, ...]
    callers: Callers
    kinds: dict[str, Kind]
    paths: dict[str, str]
    allowed: frozenset[str]


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
    for clause in clauses:
        for _, meaning in clause.conditions:
            for key in meaning.keys:
                kinds.setdefault(key, find_kind(key, quantified=False))
                paths.setdefault(key, clause.statement.path)
    allowed = frozenset(
        condition.key for statement in document.statements if statement.effect == "Allow" for condition in statement.conditions
    )
    return Compiled(goal, document.variables, clauses, callers, kinds, paths, allowed)


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


def _read_statement(statement: Statement, document: Document, goal: Goal, callers: Callers, kinds: dict[str, Kind]) -> Clause:
    covered = cover(
        statement.principals, callers, goal.partition, star_covers_services=goal.assumptions.aws_star_covers_services
    )
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
    # The keys of policy variables in `Resource` come into play here.
    kinds, paths = dict(compiled.kinds), dict(compiled.paths)
    rows = []
    for clause in compiled.clauses:
        row = _compile_clause(clause, compiled, place, target, kinds, paths, upper=upper)
        if row is not None:
            rows.append(row)
    world = World(compiled.callers, target.actions, kinds, paths)
    rows += exclude_root(world)
    rows += axioms(world, goal.assumptions)
    if upper:
        rows += facts(world)
    everyone = (1 << len(compiled.callers.all)) - 1
    box: list[tuple[str, Raw]] = [
        (PRINCIPAL, everyone & ~compiled.callers.exempt),
        (ACTION, (1 << len(target.actions)) - 1),
    ]
    box += [(key_variable(restriction.key), _restrict(restriction, kinds[restriction.key])) for restriction in target.restrictions]
    return Problems(tuple(box), tuple(rows))


def _restrict(restriction: Restriction, kind: Kind) -> Raw:
    match restriction, kind:
        case Absent(), _:
            return presence(kind, absent=True, present=False)
        case AbsentOrOther(_, accepted), "text":
            return Texts(ABSENT | EMPTY, accepted, False)
        case Equal(_, value), "bool":
            return TRUE if value == "true" else FALSE
        case Equal(_, value), "text":
            return Texts(0, (value,), True)
        case Below(_, bound), "number":
            number = read_number(bound)
            if number is not None:
                return Ranges("number", False, compare(number, "less"))
    raise AssertionError(restriction)


def _compile_clause(
    clause: Clause, compiled: Compiled, place: Place, target: Target, kinds: dict[str, Kind], paths: dict[str, str], *, upper: bool
) -> Row | None:
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
        literals += _require(required, kinds, paths, statement.path)
    problems = tuple(_find_problems(clause, keys.doubt, actions)) if upper else ()
    return Row(tuple(literals), statement.number, readings=tuple(dict.fromkeys(readings)), problems=problems)


def _require(keys: list[str], kinds: dict[str, Kind], paths: dict[str, str], path: str) -> Iterator[tuple[str, Raw]]:
    """The literals that the keys of policy variables are in the request."""
    for key in keys:
        kind = kinds.setdefault(key, find_kind(key, quantified=False))
        paths.setdefault(key, path)
        if kind != "set":
            yield key_variable(key), presence(kind, absent=False, present=True)


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
