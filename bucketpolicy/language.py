"""
Sets of texts: is there one that every one of these unions of globs matches, and none of those globs does?

The search runs over sets of glob positions, as bits of one `int`. Two facts keep it small. A state whose positive positions are the same and
whose negative ones are more than those of a state seen before cannot reach anything new. And unless a positive glob asks for one very
character, a character that no glob names is best: the fewest negative globs take it along.
"""

from heapq import heappop, heappush

from bucketpolicy.budget import Budget
from bucketpolicy.patterns import ANY, ANY_IN, MANY, MANY_IN, Glob

_FRESH = "xyzabcdefghijklmnopqrstuvwXYZABCDEFGHIJKLMNOPQRSTUVW0123456789-_.=+@%~^!#&()[]|;<>,'\"/ {}\\`?*$:"
_State = tuple[tuple[int, ...], int]


class Language:
    """
    The globs and unions that one variable meets, numbered; sets of them are bits of an `int`.

    `limit`: the longest text that counts, in bytes of UTF-8. One of these lives as long as one run of the search, and remembers its answers.
    """

    __slots__ = (
        "_accepts",
        "_alphabets",
        "_any_in",
        "_any_one",
        "_budget",
        "_fresh",
        "_globs",
        "_known",
        "_limit",
        "_many",
        "_many_in",
        "_ones",
        "_size",
        "_starts",
        "_union_ids",
        "_unions",
    )

    def __init__(self, budget: Budget, limit: int | None = None) -> None:
        self._budget = budget
        self._limit = limit
        self._globs: dict[Glob, int] = {}
        self._starts: list[int] = []
        self._accepts: list[int] = []
        self._alphabets: list[frozenset[str]] = []
        self._unions: list[int] = []
        self._union_ids: dict[int, int] = {}
        self._ones: dict[str, int] = {}
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
        alphabet = set()
        for position, step in enumerate(glob, base):
            bit = 1 << position
            if step == ANY:
                self._any_one |= bit
            elif step == MANY:
                self._many |= bit
            elif step == ANY_IN:
                self._any_in |= bit
            elif step == MANY_IN:
                self._many_in |= bit
            else:
                for char in str(step):
                    self._ones[char] = self._ones.get(char, 0) | bit
                    alphabet.add(char)
        self._size += len(glob) + 1
        self._starts.append(self._close(1 << base))
        self._accepts.append(1 << (self._size - 1))
        self._alphabets.append(frozenset(alphabet))
        number = self._globs[glob] = len(self._globs)
        self._fresh = ""
        return number

    def _close(self, state: int) -> int:
        return state | ((state & (self._many | self._many_in)) << 1)

    def fresh(self) -> str:
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
        states = self._open(within, without)[:2]
        positives, negative = states
        for char in text:
            positives, negative = self._advance(positives, negative, char)
        return self._accepted(positives, negative, *self._open(within, without)[2:4])

    def _open(self, within: int, without: int) -> tuple[tuple[int, ...], int, tuple[int, ...], int, frozenset[str]]:
        """Where a search starts: positive and negative positions, those that accept, and the characters that positive globs name."""
        starts, accepts = [], []
        alphabet: frozenset[str] = frozenset()
        for union in _members(within):
            globs = _members(self._unions[union])
            starts.append(_unite([self._starts[glob] for glob in globs]))
            accepts.append(_unite([self._accepts[glob] for glob in globs]))
            alphabet = alphabet.union(*(self._alphabets[glob] for glob in globs))
        negatives = _members(without)
        return (
            tuple(starts),
            _unite([self._starts[glob] for glob in negatives]),
            tuple(accepts),
            _unite([self._accepts[glob] for glob in negatives]),
            alphabet,
        )

    def _advance(self, positives: tuple[int, ...], negative: int, char: str) -> _State:
        ones = self._ones.get(char, 0) | self._any_one
        stay = self._many
        if char != ":":
            ones |= self._any_in
            stay |= self._many_in
        stars = self._many | self._many_in
        following = []
        for state in positives:
            moved = ((state & ones) << 1) | (state & stay)
            following.append(moved | ((moved & stars) << 1))
        moved = ((negative & ones) << 1) | (negative & stay)
        return tuple(following), moved | ((moved & stars) << 1)

    @staticmethod
    def _accepted(positives: tuple[int, ...], negative: int, accepts: tuple[int, ...], refuses: int) -> bool:
        if negative & refuses:
            return False
        return all(state & accept for state, accept in zip(positives, accepts, strict=True))

    def _search(self, within: int, without: int, *, shortest: bool) -> str | None:
        positives, negative, accepts, refuses, alphabet = self._open(within, without)
        fresh = self.fresh()
        size = 1 + (self._size >> 12)
        queue: list[tuple[int, int, int, str, tuple[int, ...], int]] = [(0, 0, -1, "", positives, negative)]
        path: list[tuple[int, str]] = []
        seen: dict[tuple[int, ...], list[int]] = {}
        count = 0
        while queue:
            cost, _, parent, char, positives, negative = heappop(queue)
            rivals = seen.setdefault(positives, [])
            if any(rival & negative == rival for rival in rivals):
                continue
            rivals.append(negative)
            here = len(path)
            path.append((parent, char))
            self._budget.spend(size)
            if self._accepted(positives, negative, accepts, refuses):
                return _read_back(path)
            for char in self._choices(positives, alphabet, fresh):  # noqa: PLW2901 - the character that leads on
                after, after_negative = self._advance(positives, negative, char)
                if not all(after):
                    continue
                count += 1
                price = cost + len(char.encode()) if shortest else after_negative.bit_count() - sum(map(int.bit_count, after))
                if not shortest or self._limit is None or price <= self._limit:
                    heappush(queue, (price, count, here, char, after, after_negative))
        return None

    def _choices(self, positives: tuple[int, ...], alphabet: frozenset[str], fresh: str) -> list[str]:
        """The characters worth trying: the fresh one, the colon where segments count, and those that a positive glob waits for."""
        everywhere = self._any_one | self._many
        inside = self._any_in | self._many_in
        chars = []
        if all(state & (everywhere | inside) for state in positives):
            chars.append(fresh)
        named = sorted(char for char in alphabet if any(state & self._ones[char] for state in positives))
        if inside and ":" not in named:
            named.append(":")
        return chars + named


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
