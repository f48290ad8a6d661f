"""
Sets of texts: is there one that every one of these unions of globs matches, and none of those globs does?

The search runs over sets of glob positions, as bits of one `int`. Two facts keep it small. A state with the same positive positions as one
seen before, and more negative ones, cannot reach anything new. And unless a positive glob asks for one very
character, a character that no glob names is best: the fewest negative globs take it along.
"""

from heapq import heappop, heappush

from bucketpolicy.budget import Budget
from bucketpolicy.patterns import ANY, ANY_IN, MANY, MANY_IN, Glob

_FRESH = "xyzabcdefghijklmnopqrstuvwXYZABCDEFGHIJKLMNOPQRSTUVW0123456789-_.=+@%~^!#&()[]|;<>,'\"/ {}\\`?*$:"


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
        for position, step in enumerate(glob, base):
            if isinstance(step, int):
                wild[step] |= 1 << position
                self._named.append("")
            else:
                self._named.append(step)
                for char in step:
                    self._ones[char] = self._ones.get(char, 0) | 1 << position
        self._named.append("")
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
        negatives = _members(without)
        unions = [_members(self._unions[union]) for union in _members(within)]
        refused = _unite([self._accepts[glob] for glob in negatives])
        negative = _unite([self._ranges[glob] for glob in negatives])
        accepted = [_unite([self._accepts[glob] for glob in globs]) for globs in unions]
        ranges = [_unite([self._ranges[glob] for glob in globs]) for globs in unions]
        positive = _unite(ranges)
        state = _unite([self._starts[glob] for globs in (negatives, *unions) for glob in globs])
        size = 1 + (self._size >> 12)
        queue = [(0, 0, -1, "", state)]
        path: list[tuple[int, str]] = []
        seen: dict[int, list[int]] = {}
        count = 0
        while queue:
            cost, _, parent, char, state = heappop(queue)
            rivals = seen.setdefault(state & positive, [])
            harm = state & negative
            if any(rival & harm == rival for rival in rivals):
                continue
            rivals.append(harm)
            here = len(path)
            path.append((parent, char))
            self._budget.spend(size)
            if not state & refused and all(state & accept for accept in accepted):
                return _read_back(path)
            for following in self._choose(state, positive, ranges):
                after = self._advance(state, following)
                if not all(after & part for part in ranges):
                    continue
                count += 1
                if not shortest:
                    heappush(queue, ((after & negative).bit_count() - (after & positive).bit_count(), count, here, following, after))
                elif self._limit is None or cost + len(following.encode()) <= self._limit:
                    heappush(queue, (cost + len(following.encode()), count, here, following, after))
        return None

    def _choose(self, state: int, positive: int, ranges: list[int]) -> list[str]:
        """
        The characters worth trying: the fresh one, the colon where segments count, and those that a positive glob waits for.

        Of characters that move this state alike, one.
        """
        waiting = state & positive
        inside = self._any_in | self._many_in
        wild = self._any_one | self._many | inside
        if waiting & (waiting - 1) == 0 and waiting and not waiting & wild:
            return list(self._named[waiting.bit_length() - 1])
        chars = dict.fromkeys("".join([self._named[place] for place in _members(waiting)]))
        if inside:
            chars[":"] = None
        alike = {state & self._ones.get(char, 0): char for char in sorted(chars, reverse=True) if char != ":"}
        result = [alike[move] for move in sorted(alike)]
        if ":" in chars:
            result.append(":")
        if all(waiting & part & wild for part in ranges):
            result.insert(0, self._find_fresh())
        return result


def _members(numbers: int) -> list[int]:
    result = []
    while numbers:
        bit = numbers & -numbers
        result.append(bit.bit_length() - 1)
        numbers ^= bit
    return result


def _unite(states: list[int]) -> int:
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
