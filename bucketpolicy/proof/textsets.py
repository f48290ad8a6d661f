"""
Sets of texts: is there one that every one of these unions of globs matches, and none of those globs does?

The search runs over sets of glob positions, as bits of one `int`. Two facts keep it small. A state with the same positive positions as one
seen before, and more negative ones, cannot reach anything new. And unless a positive glob asks for one very
character, a character that no glob names is best: the fewest negative globs take it along.
"""

from collections.abc import Iterable
from heapq import heappop, heappush
from itertools import product
from math import prod
from typing import NamedTuple

from bucketpolicy.proof.budget import Budget
from bucketpolicy.proof.globs import ANY, ANY_IN, MANY, MANY_IN, Glob

_FRESH = "xyzabcdefghijklmnopqrstuvwXYZABCDEFGHIJKLMNOPQRSTUVW0123456789-_.=+@%~^!#&()[]|;<>,'\"/ {}\\`?*$:"
_CONTROLS = (*map(chr, range(0x20)), chr(0x7F))

_State = tuple[tuple[int, ...], int]


class Language:
    """
    The globs and unions that one variable meets, numbered; sets of them are bits of an `int`.

    Every glob has its own range of positions, so one `int` holds the state of all globs at once, whichever side each is on.
    One of these lives as long as one run of the cover search, and remembers its answers.
    """

    __slots__ = (
        "_accepts",
        "_any_in",
        "_any_one",
        "_budget",
        "_ends",
        "_fresh",
        "_globs",
        "_known",
        "_limit",
        "_many",
        "_many_in",
        "_moves",
        "_named",
        "_ones",
        "_ranges",
        "_size",
        "_starts",
        "_union_ids",
        "_unions",
    )

    def __init__(self, budget: Budget, limit: int | None = None) -> None:
        """`limit`: the longest text that counts, in bytes of UTF-8."""
        self._budget = budget
        self._limit = limit
        self._globs: dict[Glob, int] = {}
        self._starts: list[int] = []
        self._accepts: list[int] = []
        self._ranges: list[int] = []
        self._named: list[str] = []
        self._ends: list[int] = []
        self._unions: list[int] = []
        self._union_ids: dict[int, int] = {}
        self._ones: dict[str, int] = {}
        self._moves: dict[str, tuple[int, int]] = {}
        self._any_one = self._any_in = self._many = self._many_in = 0
        self._size = 0
        self._known: dict[tuple[int, int], str | None] = {}
        self._fresh = ""

    def add_globs(self, globs: tuple[Glob, ...]) -> int:
        """The set of these globs."""
        result = 0
        for glob in globs:
            number = self._globs.get(glob)
            if number is None:
                number = self._add(glob)
            result |= 1 << number
        return result

    def add_union(self, globs: int) -> int:
        """The set that holds one union: of this set of globs."""
        number = self._union_ids.get(globs)
        if number is None:
            number = self._union_ids[globs] = len(self._unions)
            self._unions.append(globs)
        return 1 << number

    def _add(self, glob: Glob) -> int:
        base = self._size
        wild = [0, 0, 0, 0]
        # Counted from the glob's own beginning first: positions of all globs together are long numbers.
        ones: dict[str, int] = {}
        for position, step in enumerate(glob):
            if isinstance(step, int):
                wild[step] |= 1 << position
                self._named.append("")
            else:
                self._named.append(step)
                for char in step:
                    ones[char] = ones.get(char, 0) | 1 << position
        self._named.append("")
        self._budget.spend(2 + len(glob) + (len(ones) * (8 + (base >> 10)) >> 6))
        for char, positions in ones.items():
            self._ones[char] = self._ones.get(char, 0) | positions << base
        wild = [positions << base for positions in wild]
        self._ends += [base] * (len(glob) + 1)
        end = self._size + len(glob)
        for position in range(end, base - 1, -1):
            # One character and no choice: the text goes on as far as the next step is such a one.
            if len(self._named[position]) != 1:
                end = position
            self._ends[position] = end
        self._any_one |= wild[ANY]
        self._many |= wild[MANY]
        self._any_in |= wild[ANY_IN]
        self._many_in |= wild[MANY_IN]
        self._size += len(glob) + 1
        start = 1 << base
        self._starts.append(start | ((start & (wild[MANY] | wild[MANY_IN])) << 1))
        self._accepts.append(1 << (self._size - 1))
        self._ranges.append((1 << self._size) - start)
        number = self._globs[glob] = len(self._globs)
        self._fresh = ""
        self._moves = {}
        return number

    def _find_fresh(self) -> str:
        """A character that no glob of this language names."""
        if not self._fresh:
            self._fresh = next((char for char in _FRESH if char not in self._ones), "")
            code = 0xE0
            while not self._fresh:
                if chr(code) not in self._ones:
                    self._fresh = chr(code)
                code += 1
        return self._fresh

    def find(self, within: int, without: int) -> str | None:
        """A text in every union of `within` and in no glob of `without`, or None where there is none."""
        key = (within, without)
        if key not in self._known:
            found = self._search(within, without, shortest=False)
            if found is not None and self._limit is not None and len(found.encode()) > self._limit:
                found = self._search(within, without, shortest=True)
            self._known[key] = found
        return self._known[key]

    def contains(self, text: str, within: int, without: int) -> bool:
        """Whether `text` is in every union of `within` and in no glob of `without`."""
        negatives = _members(without)
        unions = [_members(self._unions[union]) for union in _members(within)]
        self._budget.spend(4 + (1 + (self._size >> 10)) * (len(negatives) + sum(map(len, unions)) + len(text)) // 2)
        state = _unite([self._starts[glob] for globs in (negatives, *unions) for glob in globs])
        for char in text:
            state = self._advance(state, char)
        return not any(state & self._accepts[glob] for glob in negatives) and all(
            any(state & self._accepts[glob] for glob in globs) for globs in unions
        )

    def _move(self, char: str) -> tuple[int, int]:
        """The positions that this character takes one further, and those that it leaves where they are."""
        found = self._moves.get(char)
        if found is None:
            ones, stay = self._ones.get(char, 0) | self._any_one, self._many
            if char != ":":
                ones |= self._any_in
                stay |= self._many_in
            found = self._moves[char] = (ones, stay)
        return found

    def _advance(self, state: int, char: str) -> int:
        ones, stay = self._move(char)
        state = ((state & ones) << 1) | (state & stay)
        return state | ((state & (self._many | self._many_in)) << 1)

    def _search(self, within: int, without: int, *, shortest: bool) -> str | None:
        question = self._ask(within, without)
        if question is None:
            return None
        # Where the fresh character takes several bytes, a text of others may be shorter.
        thorough = shortest and not self._find_fresh().isascii()
        # What follows counts in sixteenths of a tick. One operation on a state: longer states take longer.
        size = 1 + (self._size >> 10)
        queue = [(0, count, -1, "", *state) for count, state in enumerate(question.starts)]
        path: list[tuple[int, str]] = []
        seen: dict[tuple[int, ...], list[int]] = {}
        count = len(queue)
        while queue:
            cost, _, parent, char, positives, negative = heappop(queue)
            rivals = seen.setdefault(positives, [])
            work = 64 + size * len(rivals)
            if not _is_dominated(negative, rivals):
                rivals.append(negative)
                here = len(path)
                path.append((parent, char))
                if not negative & question.refuse and question.accepts(positives):
                    return _read_back(path)
                work += 96 + 3 * size * self._count_awaited(positives, thorough=thorough)
                for following in self._choose(positives, negative, question, thorough=thorough):
                    work += 48 + 2 * size * len(following) * (len(positives) + 1) + 2 * size * question.width
                    after, after_negative = self._follow(following, positives, negative)
                    price = cost + len(following.encode()) if shortest else after_negative.bit_count()
                    if after_negative & question.doomed or not question.lives(after) or (shortest and price > (self._limit or price)):
                        continue
                    for one in product(*map(_split, after)) if question.single else (after,):
                        count += 1
                        work += 16 + 2 * len(one)
                        rank = price if shortest else price - sum(map(int.bit_count, one))
                        heappush(queue, (rank, count, here, following, one, after_negative))
            self._budget.spend(1 + (work >> 4))
        return None

    def _follow(self, text: str, positives: tuple[int, ...], negative: int) -> _State:
        stars = self._many | self._many_in
        for char in text:
            ones, stay = self._move(char)
            moved = []
            for state in positives:
                after = ((state & ones) << 1) | (state & stay)
                moved.append(after | ((after & stars) << 1))
            positives = tuple(moved)
            negative = ((negative & ones) << 1) | (negative & stay)
            negative |= (negative & stars) << 1
        return positives, negative

    def _ask(self, within: int, without: int) -> "_Question | None":
        """The question in terms of positions; None where a union is empty, or all its globs are among those to be avoided."""
        unions = [_members(self._unions[union] & ~without) for union in _members(within)]
        if not all(unions):
            return None
        negatives = _members(without)
        self._budget.spend(4 + ((1 + (self._size >> 10)) * (len(negatives) + sum(map(len, unions))) >> 1))
        starts = [_unite([self._starts[glob] for glob in globs]) for globs in unions]
        accepts = [_unite([self._accepts[glob] for glob in globs]) for globs in unions]
        ranges = [_unite([self._ranges[glob] for glob in globs]) for globs in unions]
        negative = _unite([self._starts[glob] for glob in negatives])
        refuse = _unite([self._accepts[glob] for glob in negatives])
        doomed = refuse & self._many << 1
        paths = prod(part.bit_count() for part in ranges)
        if paths <= _MOST_PATHS:
            states = tuple((combination, negative) for combination in product(*map(_split, starts)))
            return _Question(states, accepts, ranges, refuse, doomed, single=True)
        return _Question((((_unite(starts),), negative),), accepts, ranges, refuse, doomed, single=False)

    def _choose(self, positives: tuple[int, ...], negative: int, question: "_Question", *, thorough: bool) -> list[str]:
        """
        The texts worth trying next: all that a positive glob has no choice about, else single characters.

        Those are the fresh one, the colon where segments count, and those that a positive glob waits for (`thorough`: all of one byte);
        of any that move this state alike, one, of the fewest bytes.
        """
        for state in positives if question.single else ():
            place = state.bit_length() - 1
            if self._ends[place] > place + 1 and state == 1 << place:
                return ["".join(self._named[place : self._ends[place]])]
        waiting = _unite(positives)
        inside = self._any_in | self._many_in
        wild = self._any_one | self._many | inside
        chars = [*self._ones, *_CONTROLS] if thorough else self._find_awaited(waiting)
        if len(chars) == 1 and not waiting & wild:
            return chars
        state = waiting | negative
        alike = {state & self._ones.get(char, 0): char for char in sorted(chars, key=_rank, reverse=True)}
        result = [alike[move] for move in sorted(_drop_dominated(alike, waiting) if thorough else alike)]
        if inside and ":" not in result:
            result.append(":")
        if question.lives(tuple([part & wild for part in positives])):
            result.insert(0, self._find_fresh())
        return result

    def _count_awaited(self, positives: tuple[int, ...], *, thorough: bool) -> int:
        """How many characters, about, there are to choose from."""
        return len(self._ones) if thorough else min(len(self._ones), sum(map(int.bit_count, positives)))

    def _find_awaited(self, waiting: int) -> list[str]:
        """The characters that some of these positions wait for."""
        if len(self._ones) < waiting.bit_count():
            return [char for char, ones in self._ones.items() if ones & waiting]
        return list(dict.fromkeys("".join([self._named[place] for place in _members(waiting)])))


_MOST_PATHS = 3000


class _Question(NamedTuple):
    """
    What a search looks for.

    `single`: every union is at one position at a time, and a search tries them all; else all positions of all unions share one `int`, for
    unions so many or so large that there are too many such paths. `accept`, `ranges`: the bits of every union that accept, and all its
    bits. `refuse`: the bits of globs to be avoided that accept, `doomed`: of those, the ones that accept whatever comes.
    """

    starts: tuple[_State, ...]
    accept: list[int]
    ranges: list[int]
    refuse: int
    doomed: int
    single: bool

    def accepts(self, positives: tuple[int, ...]) -> bool:
        """Whether every union accepts in this state."""
        if self.single:
            return all(state & accept for state, accept in zip(positives, self.accept, strict=True))
        return _meets_all(positives[0], self.accept)

    def lives(self, positives: tuple[int, ...]) -> bool:
        """Whether every union has a position left in this state."""
        return 0 not in positives if self.single else _meets_all(positives[0], self.ranges)

    @property
    def width(self) -> int:
        """How many operations the two tests above take."""
        return 1 if self.single else len(self.ranges)


# The two innermost loops: a generator would take three times as long.


def _meets_all(state: int, parts: list[int]) -> bool:
    for part in parts:  # noqa: SIM110
        if not state & part:
            return False
    return True


def _is_dominated(negative: int, rivals: list[int]) -> bool:
    for rival in rivals:  # noqa: SIM110
        if rival & negative == rival:
            return True
    return False


def _drop_dominated(alike: dict[int, str], waiting: int) -> list[int]:
    """The moves without those that take along more negative positions than another of no more bytes, and the same positive ones."""
    least: dict[int, int] = {}
    moves = sorted(alike, key=lambda move: (len(alike[move].encode()), move.bit_count()))
    return [move for move in moves if move == (first := least.setdefault(move & waiting, move)) or first & ~move]


def _rank(char: str) -> tuple[int, bool, str]:
    """Short ones first, and of these those that can be read; the colon, which moves some positions in its own way, stands for no other."""
    return len(char.encode()), char in _CONTROLS or char == ":", char


def _split(state: int) -> list[int]:
    return [1 << place for place in _members(state)]


def _members(numbers: int) -> list[int]:
    result = []
    while numbers:
        bit = numbers & -numbers
        result.append(bit.bit_length() - 1)
        numbers ^= bit
    return result


def _unite(states: Iterable[int]) -> int:
    result = 0
    for state in states:
        result |= state
    return result


def _read_back(path: list[tuple[int, str]]) -> str:
    chars = []
    parent, char = path[-1]
    while parent >= 0:
        chars.append(char)
        parent, char = path[parent]
    return "".join(reversed(chars))
