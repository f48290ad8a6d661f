"""
Is a box of requests covered by the union of rows? The search behind every verdict.

A box is one domain per variable, a row a conjunction of literals on variables: exactly the requests on which all its literals are true.
The search is the classical one for propositional logic, over richer domains: a row with one literal left must be escaped through it;
a value that escapes all rows of a variable may be taken at once; else a row is taken apart, literal by literal, into disjoint cases.
"""

from typing import NamedTuple

from bucketpolicy.budget import Budget
from bucketpolicy.domains import Domain, Literal, cut, leave
from bucketpolicy.proof import Distinction, Inside, Step

Literals = tuple[tuple[int, Literal], ...]
_Open = list[tuple[int, ...] | None]


class Escape(NamedTuple):
    """A part of the box that is not empty and that no row meets."""

    box: tuple[Domain, ...]


class Covered(NamedTuple):
    """The rows cover the box; the steps prove it."""

    steps: tuple[Step, ...]


class _Task(NamedTuple):
    """A part of the box still to be decided: which literals of each row are open (None: the row is escaped), and the step to fill in."""

    box: list[Domain]
    open: _Open
    slot: int
    changed: tuple[int, ...]


def search(box: tuple[Domain, ...], rows: tuple[Literals, ...], owners: tuple[int, ...], budget: Budget) -> Escape | Covered:
    """
    Decide whether the rows cover the box, whose domains must not be empty.

    `owners`: the number under which the cost of each row is booked. Raises `TooComplexError` when the budget is used up.
    """
    return _Search(rows, owners, budget).run(box)


class _Search:
    """One search: the rows, where each variable occurs, and the steps of the proof so far."""

    __slots__ = ("_budget", "_occurrences", "_owners", "_rows", "_steps")

    def __init__(self, rows: tuple[Literals, ...], owners: tuple[int, ...], budget: Budget) -> None:
        self._rows = rows
        self._owners = owners
        self._budget = budget
        self._steps: list[Step] = []
        self._occurrences: dict[int, list[int]] = {}
        for number, row in enumerate(rows):
            for variable in dict.fromkeys(variable for variable, _ in row):
                self._occurrences.setdefault(variable, []).append(number)

    def run(self, box: tuple[Domain, ...]) -> Escape | Covered:
        tasks = [_Task(list(box), [tuple(range(len(row))) for row in self._rows], self._reserve(), tuple(range(len(box))))]
        for number, row in enumerate(self._rows):
            if not row:
                return Covered((Inside(number),))
        while tasks:
            task = tasks.pop()
            self._budget.spend(1 + (len(self._rows) >> 5))
            slot = self._propagate(task)
            if slot is None:
                continue
            if self._escape(task):
                return Escape(tuple(task.box))
            self._split(task, slot, tasks)
        return Covered(self._prune())

    def _reserve(self) -> int:
        self._steps.append(Inside(-1))
        return len(self._steps) - 1

    def _propagate(self, task: _Task) -> int | None:
        """
        Escape every row that has one literal left through that literal, as long as there is any.

        The slot of the step that must be proved still, or None where the box is covered.
        """
        box, open_, slot, changed = task
        pending = list(changed)
        # Texts are looked at only where a row depends on them alone: each look is a search of its own.
        texts: dict[int, None] = {}
        while pending or texts:
            variable = pending.pop() if pending else texts.popitem()[0]
            for number in self._occurrences.get(variable, ()):
                literals = self._reduce(number, variable, box[variable], open_)
                if literals is None or len(literals) > 1:
                    continue
                if not literals:
                    self._steps[slot] = Inside(number)
                    return None
                target, literal = self._rows[number][literals[0]]
                if not isinstance(literal, int) and target != variable:
                    texts[target] = None
                    continue
                self._budget.spender = self._owners[number]
                outside = leave(box[target], [literal])
                if not outside:
                    self._steps[slot] = Inside(number)
                    return None
                open_[number] = None
                inside, rest = self._reserve(), self._reserve()
                self._steps[inside] = Inside(number)
                self._steps[slot] = Distinction(number, literals[0], rest, inside)
                slot = rest
                if outside != box[target]:
                    box[target] = outside
                    if isinstance(literal, int) and target not in pending:
                        pending.append(target)
        return slot

    def _reduce(self, number: int, variable: int, domain: Domain, open_: _Open) -> tuple[int, ...] | None:
        """What is open of a row after a change of this variable's domain; literals about texts stay open unseen."""
        literals = open_[number]
        if literals is None or not isinstance(domain, int):
            return literals
        row = self._rows[number]
        kept = []
        for index in literals:
            own, literal = row[index]
            if own == variable and isinstance(literal, int):
                if not domain & literal:
                    open_[number] = None
                    return None
                if not domain & ~literal:
                    continue
            kept.append(index)
        if len(kept) < len(literals):
            literals = open_[number] = tuple(kept)
        return literals

    def _escape(self, task: _Task) -> bool:
        """Take values that escape every open row of a variable, as long as there are any; whether no row is open then."""
        box, open_ = task.box, task.open
        again = True
        while again:
            again = False
            uses: dict[int, list[tuple[int, Literal]]] = {}
            for number, literals in enumerate(open_):
                for index in literals or ():
                    variable, literal = self._rows[number][index]
                    uses.setdefault(variable, []).append((number, literal))
            for variable, occurrences in uses.items():
                domain = leave(box[variable], [literal for _, literal in occurrences])
                if domain:
                    box[variable] = domain
                    for number, _ in occurrences:
                        open_[number] = None
                    again = True
                    break
        return not any(open_)

    def _split(self, task: _Task, slot: int, tasks: list[_Task]) -> None:
        """Take the shortest open row apart: outside its first literal; inside that and outside the second; and so on."""
        box, open_ = task.box, task.open
        counts: dict[int, int] = {}
        best = -1
        for number, literals in enumerate(open_):
            if literals is not None:
                for index in literals:
                    variable = self._rows[number][index][0]
                    counts[variable] = counts.get(variable, 0) + 1
                if best < 0 or len(literals) < len(open_[best] or ()):
                    best = number
        row = self._rows[best]
        self._budget.spender = self._owners[best]
        changed: tuple[int, ...] = ()
        parts = []
        for index in sorted(open_[best] or (), key=lambda index: -counts[row[index][0]]):
            variable, literal = row[index]
            outside, inside = cut(box[variable], literal)
            where = -1
            if outside:
                where = self._reserve()
                part = list(box)
                part[variable] = outside
                still_open = list(open_)
                still_open[best] = None
                parts.append(_Task(part, still_open, where, (*changed, variable)))
            rest = self._reserve() if inside else -1
            self._steps[slot] = Distinction(best, index, where, rest)
            slot = rest
            if not inside:
                break
            box[variable] = inside
            changed = (*changed, variable)
        else:
            self._steps[slot] = Inside(best)
        tasks += reversed(parts)

    def _prune(self) -> tuple[Step, ...]:
        """The proof without distinctions that no later step makes use of; so that it names what is needed, not what was tried."""
        uses: list[set[int]] = [set() for _ in self._steps]
        better = list(range(len(self._steps)))
        for number in range(len(self._steps) - 1, -1, -1):
            step = self._steps[number]
            if not isinstance(step, Distinction):
                uses[number] = {variable for variable, _ in self._rows[step.row]}
                continue
            variable = self._rows[step.row][step.literal][0]
            parts = [better[part] for part in (step.outside, step.inside) if part >= 0]
            idle = next((part for part in parts if variable not in uses[part]), None)
            if idle is not None:
                better[number] = idle
            else:
                uses[number] = {variable}.union(*(uses[part] for part in parts))
        return _renumber(self._steps, better)


def _renumber(steps: list[Step], better: list[int]) -> tuple[Step, ...]:
    """The steps that the first one leads to, where `better` replaces some by others; children still come after their parents."""
    order: list[int] = []
    tasks = [better[0]]
    while tasks:
        number = tasks.pop()
        order.append(number)
        step = steps[number]
        if isinstance(step, Distinction):
            tasks += [better[part] for part in (step.inside, step.outside) if part >= 0]
    order = sorted(set(order))
    places = {number: place for place, number in enumerate(order)} | {-1: -1}
    result: list[Step] = []
    for number in order:
        step = steps[number]
        if isinstance(step, Distinction):
            outside, inside = (places[better[part]] if part >= 0 else -1 for part in (step.outside, step.inside))
            step = Distinction(step.row, step.literal, outside, inside)
        result.append(step)
    return tuple(result)
