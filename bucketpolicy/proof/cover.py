"""
Is a box of requests covered by the union of rows? The search behind every verdict.

A box is one domain per variable, a row a conjunction of literals on variables: exactly the requests on which all its literals are true.
The search is the classical one for propositional logic, over richer domains: a row with one literal left must be escaped through it;
a value that escapes all rows of a variable may be taken at once; else a row is taken apart, literal by literal, into disjoint cases.
"""

from typing import NamedTuple

from bucketpolicy.proof.budget import Budget
from bucketpolicy.proof.certificate import Distinction, Inside, Step
from bucketpolicy.proof.domains import Domain, Literal, Literals, cut, leave

_Open = dict[int, tuple[int, ...]]


class Escape(NamedTuple):
    """A part of the box that is not empty and that no row meets."""

    box: tuple[Domain, ...]


class Covered(NamedTuple):
    """The rows cover the box; the steps prove it."""

    steps: tuple[Step, ...]


class _Task(NamedTuple):
    """A part of the box still to be decided: the open literals of each row that is not escaped, and the step to fill in."""

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
    """One search: the rows, where each variable occurs in them (row, literal's index, literal), and the steps of the proof so far."""

    __slots__ = ("_bits", "_budget", "_owners", "_rows", "_steps", "_texts")

    def __init__(self, rows: tuple[Literals, ...], owners: tuple[int, ...], budget: Budget) -> None:
        self._rows = rows
        self._owners = owners
        self._budget = budget
        self._steps: list[Step] = []
        self._bits: dict[int, list[tuple[int, int, int]]] = {}
        self._texts: dict[int, list[tuple[int, int, Literal]]] = {}
        for number, row in enumerate(rows):
            for index, (variable, literal) in enumerate(row):
                if isinstance(literal, int):
                    self._bits.setdefault(variable, []).append((number, index, literal))
                else:
                    self._texts.setdefault(variable, []).append((number, index, literal))

    def run(self, box: tuple[Domain, ...]) -> Escape | Covered:
        for number, row in enumerate(self._rows):
            if not row:
                return Covered((Inside(number),))
        tasks = [
            _Task(
                list(box),
                {number: tuple(range(len(row))) for number, row in enumerate(self._rows)},
                self._reserve(),
                tuple(range(len(box))),
            )
        ]
        size = 1 + (len(self._rows) >> 6)
        while tasks:
            task = tasks.pop()
            self._budget.spend(size)
            slot = self._propagate(task)
            if slot is None:
                continue
            counts = self._escape(task)
            if not counts:
                return Escape(tuple(task.box))
            self._split(task, slot, counts, tasks)
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
        pending = [variable for variable in changed if variable in self._bits]
        # Texts are looked at only where a row depends on them alone: each look is a search of its own.
        texts = [variable for variable in changed if variable in self._texts]
        while pending or texts:
            if pending:
                units = self._reduce(pending.pop(), box, open_)
            else:
                variable = texts.pop()
                units = [number for number, index, _ in self._texts[variable] if open_.get(number) == (index,)]
            for number in units:
                literals = open_.get(number)
                if literals is None:
                    continue
                outside = None
                if literals:
                    target, literal = self._rows[number][literals[0]]
                    if not isinstance(literal, int) and pending:
                        texts.append(target)
                        continue
                    self._budget.spender = self._owners[number]
                    outside = leave(box[target], (literal,))
                if not outside:
                    self._steps[slot] = Inside(number)
                    return None
                del open_[number]
                rest = self._reserve()
                self._steps[slot] = Distinction(number, literals[0], rest, -1)
                slot = rest
                if outside != box[target]:
                    box[target] = outside
                    if target in self._bits:
                        pending.append(target)
        return slot

    def _reduce(self, variable: int, box: list[Domain], open_: _Open) -> list[int]:
        """Take in the change of a finite variable; the rows that have one literal left, or none."""
        domain = box[variable]
        assert isinstance(domain, int)  # noqa: S101 - a variable has one representation
        units = []
        for number, index, literal in self._bits[variable]:
            literals = open_.get(number)
            if literals is None or index not in literals:
                continue
            if not domain & literal:
                del open_[number]
                continue
            if not domain & ~literal:
                literals = open_[number] = tuple([other for other in literals if other != index])
            if len(literals) <= 1:
                units.append(number)
        return units

    def _escape(self, task: _Task) -> dict[int, int]:
        """
        Take values that escape every open row of a variable, as long as there are any.

        How many open literals each variable has then; empty where no row is open.
        """
        box, open_ = task.box, task.open
        again = True
        counts: dict[int, int] = {}
        while again:
            again = False
            counts = {}
            masks: dict[int, int] = {}
            uses: dict[int, list[Literal]] = {}
            for number, literals in open_.items():
                row = self._rows[number]
                for index in literals:
                    variable, literal = row[index]
                    counts[variable] = counts.get(variable, 0) + 1
                    if isinstance(literal, int):
                        masks[variable] = masks.get(variable, 0) | literal
                    else:
                        uses.setdefault(variable, []).append(literal)
            uses.update((variable, [mask]) for variable, mask in masks.items())
            for variable, found in uses.items():
                outside = leave(box[variable], found)
                if outside:
                    box[variable] = outside
                    self._close(variable, open_)
                    again = True
        return counts

    def _close(self, variable: int, open_: _Open) -> None:
        """Mark all open rows that depend on this variable as escaped."""
        for number, index, _ in (*self._bits.get(variable, ()), *self._texts.get(variable, ())):
            if index in open_.get(number, ()):
                del open_[number]

    def _split(self, task: _Task, slot: int, counts: dict[int, int], tasks: list[_Task]) -> None:
        """Take the shortest open row apart: outside its first literal; inside that and outside the second; and so on."""
        box, open_ = task.box, task.open
        best = min(open_, key=lambda number: len(open_[number]))
        row, literals = self._rows[best], open_.pop(best)
        self._budget.spender = self._owners[best]
        changed: tuple[int, ...] = ()
        parts = []
        for index in sorted(literals, key=lambda index: -counts[row[index][0]]):
            variable, literal = row[index]
            outside, inside = cut(box[variable], literal)
            where = -1
            if outside:
                where = self._reserve()
                part = list(box)
                part[variable] = outside
                parts.append(_Task(part, dict(open_), where, (*changed, variable)))
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
        if len(self._steps) > _LONG:
            return tuple(self._steps)
        whole = [sum({1 << variable for variable, _ in row}) for row in self._rows]
        uses = [0] * len(self._steps)
        better = list(range(len(self._steps)))
        for number in range(len(self._steps) - 1, -1, -1):
            step = self._steps[number]
            if isinstance(step, Inside):
                uses[number] = whole[step.row]
                continue
            own = 1 << self._rows[step.row][step.literal][0]
            parts = [better[part] for part in (step.outside, step.inside) if part >= 0]
            idle = next((part for part in parts if not uses[part] & own), None)
            if idle is not None:
                better[number] = idle
                continue
            uses[number] = own if step.inside >= 0 else whole[step.row]
            for part in parts:
                uses[number] |= uses[part]
        return _renumber(self._steps, better)


# A proof of more steps is kept as it was found.
_LONG = 20_000


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
