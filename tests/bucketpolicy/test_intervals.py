"""Numbers, instants and addresses as intervals: reading them, and the algebra of their sets."""

from random import Random

import pytest

from bucketpolicy.proof.intervals import (
    ADDRESSES,
    LINE,
    UNIT,
    V6,
    cells,
    compare,
    complement,
    intersect,
    mask,
    read_addresses,
    read_date,
    read_number,
    union,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.2", 12 * UNIT // 10),
        ("1.20", 12 * UNIT // 10),
        ("-3", -3 * UNIT),
        ("0.000000000000001", 1),
        ("0.0000000000000001", None),
        ("123456789012345", 123456789012345 * UNIT),
        ("1234567890123456", None),
        ("1e3", None),
        ("", None),
        ("1.", None),
        (".5", None),
        ("+1", None),
        ("٣", None),
    ],
)
def test_numbers_are_read_exactly(text: str, value: int | None) -> None:
    """In units of ten to the minus fifteenth; anything else is none."""
    assert read_number(text) == value


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-01-01", 1767225600),
        ("2026-01", 1767225600),
        ("2026-01-01T00:00Z", 1767225600),
        ("2026-01-01T00:00:00Z", 1767225600),
        ("2026-01-01T02:00:00+02:00", 1767225600),
        ("2025-12-31T23:30:00-00:30", 1767225600),
        ("2026-01-01T12:30:00+12:30", 1767225600),
        ("2026-01-01T14:00:00+14:00", 1767225600),
        ("2025-12-31T10:00:00-14:00", 1767225600),
        ("2026-01-01T00:59:00+00:59", 1767225600),
        ("2026-01-01T00:00:00+14:01", None),
        ("2026-01-01T00:00:00-15:00", None),
        ("2026-01-01T00:00:00+99:99", None),
        ("2026-01-01T00:00:00+00:60", None),
        ("2026-01-01T00:00:59Z", 1767225659),
        ("2026-01-01T00:59:00Z", 1767229140),
        ("2026-01-01T23:00:00Z", 1767308400),
        ("2024-02-29", 1709164800),
        ("1767225600", 1767225600),
        ("12345", 12345),
        ("2026", None),
        ("2025-02-29", None),
        ("2026-+1-01", None),
        ("2026-01-01T+1:00Z", None),
        ("2026-01-01T24:00Z", None),
        ("2026-01-01T00:60Z", None),
        ("2026-01-01T00:00:60Z", None),
        ("2026-01-01T00:00x02:00", None),
        ("2026-01-01T00:00+2:00", None),
        ("2026-01-01T00:00+0a:00", None),
        ("2026-01T00:00Z", None),
        ("2026-13-01", None),
        ("2026-1-1", None),
        ("2026-01-01T00:00:00", None),
        ("2026-01-01T00:00:00+0200", None),
        ("2026-01-01T0:00Z", None),
        ("2026-01-01T00:00.5Z", None),
        ("2026-01-01T00:00:00.Z", None),
        ("2026-01-01T00:00:00.000000000Z", 1767225600),
        ("2026-01-01T00:00:00.0000000000Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_instants_are_read_as_the_w3c_writes_them(text: str, seconds: int | None) -> None:
    """Four digits may be a year or an epoch, and a time needs its zone."""
    assert read_date(text) == (None if seconds is None else seconds * UNIT)


def test_fractions_of_seconds_count() -> None:
    """Half a second is half a unit of seconds."""
    assert read_date("1970-01-01T00:00:01.5Z") == 3 * UNIT // 2


@pytest.mark.parametrize(
    ("text", "sure", "maybe"),
    [
        ("10.1.2.3/8", (10 << 24, 11 << 24), (10 << 24, 11 << 24)),
        ("1.2.3.4", (0x01020304, 0x01020305), (0x01020304, 0x01020305)),
        ("::1", (V6 + 1, V6 + 2), (V6, V6 + (1 << 96))),
        ("1.2.3.4/32", (0x01020304, 0x01020305), (0x01020304, 0x01020305)),
        ("255.255.255.255", ((1 << 32) - 1, 1 << 32), ((1 << 32) - 1, 1 << 32)),
        ("::/0", (V6, V6 + (1 << 128)), (V6, V6 + (1 << 128))),
        ("::1/128", (V6 + 1, V6 + 2), (V6 + 1, V6 + 2)),
        ("::fffe:a00:0/128", (V6 + 0xFFFE0A000000, V6 + 0xFFFE0A000001), (V6 + 0xFFFE0A000000, V6 + 0xFFFE0A000001)),
        ("::1:0:0:0/128", (V6 + 0x1000000000000, V6 + 0x1000000000001), (V6 + 0x1000000000000, V6 + 0x1000000000001)),
    ],
)
def test_addresses_are_blocks(text: str, sure: tuple[int, int], maybe: tuple[int, int]) -> None:
    """Host bits do not count; how much a bare IPv6 address stands for is open."""
    assert read_addresses(text) == (sure, maybe)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.2.3",
        "01.2.3.4",
        "1.2.3.256",
        "1.2.3.4/33",
        "1.2.3.4/",
        "1.2.3.4/255.0.0.0",
        "::1/129",
        "fe80::1%1",
        "::g",
        "1.2.3.4/0008",
        "::ffff:10.0.0.0",
        "::ffff:10.0.0.0/104",
        "::ffff:a00:0/104",
        "0:0:0:0:0:FFFF::/96",
        "::ffff:255.255.255.255/0",
    ],
)
def test_other_texts_are_no_addresses(text: str) -> None:
    """Nothing is guessed, nor of which family an IPv4 address in IPv6 is."""
    assert read_addresses(text) is None


def test_comparisons_are_rays_and_points() -> None:
    """On either side of a value, with it and without it."""
    assert intersect(compare(3, "less_equals"), compare(3, "greater_equals")) == compare(3, "equals")
    assert intersect(compare(3, "less"), compare(3, "greater_equals")) == ()
    assert union([compare(3, "less"), compare(3, "equals"), compare(3, "greater")]) == LINE


def test_the_algebra_is_that_of_sets() -> None:
    """Complement, intersection and union, against sets of numbers."""
    rng = Random(4)
    universe = (0, 20, 30, 40)
    members = {*range(20), *range(30, 40)}
    for _ in range(200):
        one, other = ([rng.randrange(40) for _ in range(2)] for _ in range(2))
        intervals = [intersect((min(pair), max(pair) + 1), universe) for pair in (one, other)]
        sets = [{number for number in members if min(pair) <= number <= max(pair)} for pair in (one, other)]
        assert expand(intersect(*intervals)) == sets[0] & sets[1]
        assert expand(union(intervals)) == sets[0] | sets[1]
        assert expand(complement(intervals[0], universe)) == members - sets[0]


def expand(intervals: tuple[int, ...]) -> set[int]:
    """The whole numbers in the intervals."""
    return {number for place in range(0, len(intervals), 2) for number in range(intervals[place], intervals[place + 1])}


def test_nothing_and_everything_invert_into_each_other() -> None:
    """The families of addresses stay apart."""
    assert complement((), ADDRESSES) == ADDRESSES
    assert complement(ADDRESSES, ADDRESSES) == ()
    assert complement((0, 1 << 32), ADDRESSES) == ADDRESSES[2:]


def test_cells_part_the_universe_at_every_bound() -> None:
    """So that every set with these bounds is a union of cells."""
    parts = cells({5, 7, 35}, (0, 20, 30, 40))
    assert parts == [(0, 5), (5, 7), (7, 20), (30, 35), (35, 40)]
    assert mask((5, 20, 30, 35), parts) == 0b01110
    assert mask((), parts) == 0
