"""
Is a space of requests covered by the union of cubes? The search behind every verdict.

A space is one domain per variable, a cube a conjunction of literals on variables: exactly the requests on which all its literals are true.
The search is the classical one for propositional logic, over richer domains. A cube with one literal left must be left through it (unit
propagation); a value outside all cubes of a variable may be taken at once (pure literal); else the space is split along the literals of one
cube into disjoint cases (Shannon).
"""

from typing import NamedTuple

from bucketpolicy.proof.budget import Budget
from bucketpolicy.proof.certificate import Inside, Split, Step
from bucketpolicy.proof.domains import Domain, Literal, Literals, difference, split

_Live = dict[int, tuple[int, ...]]


class Uncovered(NamedTuple):
    """A part of the space that is not empty and that no cube meets."""

    space: tuple[Domain, ...]


class Covered(NamedTuple):
    """The cubes cover the space; the steps prove it."""

    steps: tuple[Step, ...]


class _Task(NamedTuple):
    """A part of the space still to be decided: the live literals of each live cube, and the step to fill in."""

    space: list[Domain]
    live: _Live
    slot: int
    changed: tuple[int, ...]


def search(space: tuple[Domain, ...], cubes: tuple[Literals, ...], owners: tuple[int, ...], budget: Budget) -> Uncovered | Covered:
    """
    Decide whether the cubes cover the space, whose domains must not be empty.

    `owners`: the number under which the cost of each cube is booked. Raises `TooComplexError` when the budget is used up.
    """
    return _Search(cubes, owners, budget).run(space)


class _Search:
    """One search: the cubes, where each variable occurs in them (cube, literal's index, literal), and the steps of the proof so far."""

    __slots__ = ("_bits", "_budget", "_cubes", "_owners", "_steps", "_texts")

    def __init__(self, cubes: tuple[Literals, ...], owners: tuple[int, ...], budget: Budget) -> None:
        self._cubes = cubes
        self._owners = owners
        self._budget = budget
        self._steps: list[Step] = []
        self._bits: dict[int, list[tuple[int, int, int]]] = {}
        self._texts: dict[int, list[tuple[int, int, Literal]]] = {}
        for number, cube in enumerate(cubes):
            for index, (variable, literal) in enumerate(cube):
                if isinstance(literal, int):
                    self._bits.setdefault(variable, []).append((number, index, literal))
                else:
                    self._texts.setdefault(variable, []).append((number, index, literal))

    def run(self, space: tuple[Domain, ...]) -> Uncovered | Covered:
        for number, cube in enumerate(self._cubes):
            if not cube:
                return Covered((Inside(number),))
        tasks = [
            _Task(
                list(space),
                {number: tuple(range(len(cube))) for number, cube in enumerate(self._cubes)},
                self._reserve(),
                tuple(range(len(space))),
            )
        ]
        while tasks:
            task = tasks.pop()
            slot = self._propagate(task)
            if slot is None:
                continue
            counts = self._take_pure_literals(task)
            if not counts:
                return Uncovered(tuple(task.space))
            self._split(task, slot, counts, tasks)
        return Covered(self._prune())

    def _reserve(self) -> int:
        # A step is found, pruned and checked.
        self._budget.spend(3)
        self._steps.append(Inside(-1))
        return len(self._steps) - 1

    def _propagate(self, task: _Task) -> int | None:
        """
        Leave every cube that has one literal left through that literal, as long as there is any.

        The slot of the step that must be proved still, or None where the space is covered.
        """
        space, live, slot, changed = task
        pending = [variable for variable in changed if variable in self._bits]
        # Texts are looked at only where a cube depends on them alone: each look is a search of its own.
        texts = [variable for variable in changed if variable in self._texts]
        while pending or texts:
            if pending:
                units = self._reduce(pending.pop(), space, live)
            else:
                variable = texts.pop()
                self._budget.spend(2 + (len(self._texts[variable]) >> 2))
                units = [number for number, index, _ in self._texts[variable] if live.get(number) == (index,)]
            for number in units:
                literals = live.get(number)
                if literals is None:
                    continue
                outside = None
                if literals:
                    target, literal = self._cubes[number][literals[0]]
                    if not isinstance(literal, int) and pending:
                        texts.append(target)
                        continue
                    self._budget.spender = self._owners[number]
                    outside = difference(space[target], (literal,))
                if not outside:
                    self._steps[slot] = Inside(number)
                    return None
                del live[number]
                rest = self._reserve()
                self._steps[slot] = Split(number, literals[0], rest, -1)
                slot = rest
                if outside != space[target]:
                    space[target] = outside
                    if target in self._bits:
                        pending.append(target)
        return slot

    def _reduce(self, variable: int, space: list[Domain], live: _Live) -> list[int]:
        """Take in the change of a finite variable; the cubes that have one literal left, or none."""
        domain = space[variable]
        assert isinstance(domain, int)  # noqa: S101 - a variable has one representation
        self._budget.spend(2 + (len(self._bits[variable]) >> 2))
        units = []
        for number, index, literal in self._bits[variable]:
            literals = live.get(number)
            if literals is None or index not in literals:
                continue
            if not domain & literal:
                del live[number]
                continue
            if not domain & ~literal:
                literals = live[number] = tuple([other for other in literals if other != index])
            if not literals:
                # The whole space lies in this cube: nothing else need be looked at.
                return [number]
            if len(literals) == 1:
                units.append(number)
        return units

    def _take_pure_literals(self, task: _Task) -> dict[int, int]:
        """
        Take values outside every live cube of a variable (pure literals), as long as there are any.

        How many live literals each variable has then; empty where no cube is live.
        """
        space, live = task.space, task.live
        again = True
        counts: dict[int, int] = {}
        while again:
            again = False
            counts = {}
            masks: dict[int, int] = {}
            uses: dict[int, list[Literal]] = {}
            for number, literals in live.items():
                cube = self._cubes[number]
                for index in literals:
                    variable, literal = cube[index]
                    counts[variable] = counts.get(variable, 0) + 1
                    if isinstance(literal, int):
                        masks[variable] = masks.get(variable, 0) | literal
                    else:
                        uses.setdefault(variable, []).append(literal)
            self._budget.spend(8 + sum(counts.values()) // 2 + len(masks))
            uses.update((variable, [mask]) for variable, mask in masks.items())
            for variable, found in uses.items():
                outside = difference(space[variable], found)
                if outside:
                    space[variable] = outside
                    self._close(variable, live)
                    again = True
        return counts

    def _close(self, variable: int, live: _Live) -> None:
        """Drop all live cubes that depend on this variable: nothing left of the space meets them."""
        for number, index, _ in (*self._bits.get(variable, ()), *self._texts.get(variable, ())):
            if index in live.get(number, ()):
                del live[number]

    def _split(self, task: _Task, slot: int, counts: dict[int, int], tasks: list[_Task]) -> None:
        """Split along the shortest live cube: outside its first literal; inside that and outside the second; and so on."""
        space, live = task.space, task.live
        self._budget.spend(8 + (len(live) >> 2))
        best = min(live, key=lambda number: len(live[number]))
        cube, literals = self._cubes[best], live.pop(best)
        self._budget.spender = self._owners[best]
        changed: tuple[int, ...] = ()
        parts = []
        for index in sorted(literals, key=lambda index: -counts[cube[index][0]]):
            variable, literal = cube[index]
            outside, inside = split(space[variable], literal)
            where = -1
            if outside:
                where = self._reserve()
                self._budget.spend(4 + (len(live) + len(space) >> 4))
                part = list(space)
                part[variable] = outside
                parts.append(_Task(part, dict(live), where, (*changed, variable)))
            rest = self._reserve() if inside else -1
            self._steps[slot] = Split(best, index, where, rest)
            slot = rest
            if not inside:
                break
            space[variable] = inside
            changed = (*changed, variable)
        else:
            self._steps[slot] = Inside(best)
        tasks += reversed(parts)

    def _prune(self) -> tuple[Step, ...]:
        """The proof without distinctions that no later step makes use of; so that it names what is needed, not what was tried."""
        if len(self._steps) > _LONG:
            return tuple(self._steps)
        whole = [sum({1 << variable for variable, _ in cube}) for cube in self._cubes]
        uses = [0] * len(self._steps)
        better = list(range(len(self._steps)))
        for number in range(len(self._steps) - 1, -1, -1):
            step = self._steps[number]
            if isinstance(step, Inside):
                uses[number] = whole[step.cube]
                continue
            own = 1 << self._cubes[step.cube][step.literal][0]
            parts = [better[part] for part in (step.outside, step.inside) if part >= 0]
            idle = next((part for part in parts if not uses[part] & own), None)
            if idle is not None:
                better[number] = idle
                continue
            uses[number] = own if step.inside >= 0 else whole[step.cube]
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
        if isinstance(step, Split):
            tasks += [better[part] for part in (step.inside, step.outside) if part >= 0]
    order = sorted(set(order))
    places = {number: place for place, number in enumerate(order)} | {-1: -1}
    result: list[Step] = []
    for number in order:
        step = steps[number]
        if isinstance(step, Split):
            outside, inside = (places[better[part]] if part >= 0 else -1 for part in (step.outside, step.inside))
            step = Split(step.cube, step.literal, outside, inside)
        result.append(step)
    return tuple(result)
