"""
Sets of numbers, instants and addresses: intervals of whole numbers, and how the texts of a document become such.

A set is a flat tuple of bounds `(first, end, first, end, ...)`, sorted, ends excluded. Numbers and instants are dense: a value v, in units
of 10**-15 (instants: seconds), is the span (2v, 2v + 1), what lies between two neighbours the span (2v + 1, 2v + 2). An IPv4 address is its
number, an IPv6 address its number above 2**64: the families never intersect.
"""

from itertools import pairwise

Intervals = tuple[int, ...]

DIGITS = 15
UNIT: int = 10**DIGITS
FAR = 1 << 200
V6 = 1 << 64
_HOUR, _FARTHEST_ZONE = 60, 14 * 60
_DIGITS_OF_SECONDS = 9
_MAPPED = 0xFFFF
LINE: Intervals = (-FAR, FAR)
ADDRESSES: Intervals = (0, 1 << 32, V6, V6 + (1 << 128))


def complement(intervals: Intervals, universe: Intervals) -> Intervals:
    """What is in the universe and not in the intervals."""
    return intersect(universe, (-2 * FAR, *intervals, 2 * FAR) if intervals else universe)


def intersect(one: Intervals, other: Intervals) -> Intervals:
    """What is in both."""
    result: list[int] = []
    i = j = 0
    while i < len(one) and j < len(other):
        first, end = max(one[i], other[j]), min(one[i + 1], other[j + 1])
        if first < end:
            result += (first, end)
        if one[i + 1] < other[j + 1]:
            i += 2
        else:
            j += 2
    return tuple(result)


def union(intervals: list[Intervals]) -> Intervals:
    """What is in any of them."""
    pairs = sorted((item[i], item[i + 1]) for item in intervals for i in range(0, len(item), 2))
    result: list[int] = []
    for first, end in pairs:
        if result and first <= result[-1]:
            result[-1] = max(result[-1], end)
        else:
            result += (first, end)
    return tuple(result)


def compare(value: int, comparison: str) -> Intervals:
    """The numbers v with `v comparison value`."""
    low, high = 2 * value, 2 * value + 1
    return {
        "equals": (low, high),
        "less": (-FAR, low),
        "less_equals": (-FAR, high),
        "greater": (high, FAR),
        "greater_equals": (low, FAR),
    }[comparison]


def read_number(text: str) -> int | None:
    """A decimal number in units of 10**-15; None for anything else, and for more digits than S3 is known to compare."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    whole, point, part = digits.partition(".")
    if not _is_digits(whole) or (point and not _is_digits(part)):
        return None
    return sign * (int(whole) * UNIT + int(part.ljust(DIGITS, "0") if point else "0"))


def _is_digits(text: str) -> bool:
    return 0 < len(text) <= DIGITS and text.isascii() and text.isdigit()


def read_date(text: str) -> int | None:
    """An instant in units of 10**-15 seconds since 1970: ISO 8601 as the W3C profiles it, or epoch seconds; four digits could be either."""
    if text.isdigit():
        return None if len(text) == 4 else read_number(text)  # noqa: PLR2004 - a year or an epoch
    day, separator, clock = text.partition("T")
    if len(day) == 7 and not separator:  # noqa: PLR2004 - YYYY-MM
        day += "-01"
    offset = 0
    if separator:
        clock, offset_text = (clock[:-1], "+00:00") if clock.endswith("Z") else (clock[:-6], clock[-6:])
        if not _is_clock(offset_text[1:]) or len(offset_text) != 6 or offset_text[0] not in "+-":  # noqa: PLR2004 - +hh:mm
            return None
        hours, minutes = int(offset_text[1:3]), int(offset_text[4:])
        if minutes >= _HOUR or 60 * hours + minutes > _FARTHEST_ZONE:
            return None
        offset = (60 * hours + minutes) * (-60 if offset_text[0] == "+" else 60)
    return _read_instant(day, clock if separator else "00:00", offset)


def _is_clock(text: str) -> bool:
    return all(_is_digits(part) and len(part) == 2 for part in text.split(":"))  # noqa: PLR2004 - two digits each


def _read_instant(day: str, clock: str, offset: int) -> int | None:
    from datetime import datetime, timezone  # noqa: PLC0415 - few documents need it, and every start of the pack would pay

    seconds, point, part = clock.partition(".")
    fields = day.split("-")
    if [len(field) for field in fields] != [4, 2, 2] or not all(map(_is_digits, fields)):
        return None
    if not _is_clock(seconds) or len(seconds) not in (5, 8) or (point and (len(seconds) != 8 or not _is_digits(part))):  # noqa: PLR2004
        return None
    if len(part) > _DIGITS_OF_SECONDS:
        return None
    try:
        moment = datetime(*map(int, fields), *map(int, seconds.split(":")), tzinfo=timezone.utc)  # type: ignore[arg-type, misc]
    except ValueError:
        return None
    return (int(moment.timestamp()) + offset) * UNIT + int(part.ljust(DIGITS, "0") if point else "0")


def read_addresses(text: str) -> tuple[Intervals, Intervals] | None:
    """
    The addresses of a CIDR block or of one address, as surely and as possibly meant; None for anything else.

    Host bits do not count. No prefix means /32 (AWS); whether also for IPv6 is open.
    """
    address, slash, length = text.partition("/")
    if slash and not (_is_digits(length) and len(length) <= 3):  # noqa: PLR2004 - at most 128
        return None
    if ":" not in address:
        number = _read_v4(address)
        bits = int(length) if slash else 32
        if number is None or bits > 32:  # noqa: PLR2004 - the width of IPv4
            return None
        block = _block(number, 32 - bits, 0)
        return block, block
    return _read_v6(address, int(length) if slash else None)


def _block(number: int, free: int, base: int) -> Intervals:
    first = number >> free << free
    return (base + first, base + first + (1 << free))


def _read_v4(text: str) -> int | None:
    parts = text.split(".")
    if len(parts) != 4 or not all(_is_digits(part) and str(int(part)) == part and int(part) < 256 for part in parts):  # noqa: PLR2004
        return None
    result = 0
    for part in parts:
        result = result << 8 | int(part)
    return result


def _read_v6(text: str, bits: int | None) -> tuple[Intervals, Intervals] | None:
    from ipaddress import IPv6Address  # noqa: PLC0415 - few documents need it, and every start of the pack would pay

    if (bits or 0) > 128 or "%" in text:  # noqa: PLR2004 - the width of IPv6
        return None
    try:
        number = int(IPv6Address(text))
    except ValueError:
        return None
    if number >> 32 == _MAPPED:
        # `::ffff:10.0.0.0`: an IPv4 address to some, an IPv6 address to others.
        return None
    if bits is None:
        return _block(number, 0, V6), _block(number, 96, V6)
    block = _block(number, 128 - bits, V6)
    return block, block


def cells(bounds: set[int], universe: Intervals) -> list[tuple[int, int]]:
    """The universe cut at all bounds, in order."""
    points = sorted(bounds.union(universe))
    result: list[tuple[int, int]] = []
    for place in range(0, len(universe), 2):
        first, end = universe[place : place + 2]
        inner = [point for point in points if first <= point <= end]
        result += pairwise(inner)
    return result


def mask(intervals: Intervals, parts: list[tuple[int, int]]) -> int:
    """Which of these cells lie in the intervals, as bits."""
    result = 0
    at = 0
    for number, (first, _) in enumerate(parts):
        while at < len(intervals) and intervals[at + 1] <= first:
            at += 2
        if at < len(intervals) and intervals[at] <= first:
            result |= 1 << number
    return result
