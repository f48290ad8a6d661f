"""Numbers, dates and addresses: exact, or not told."""

from fractions import Fraction

import pytest

from bucketpolicy.operators import Comparison
from bucketpolicy.semantics.quantities import compare, is_within, read_address, read_date, read_number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2", Fraction(6, 5)),
        ("1.20", Fraction(6, 5)),
        ("-0", Fraction(0)),
        ("0.1", Fraction(1, 10)),
        ("007", Fraction(7)),
        ("9" * 60, Fraction(10**60 - 1)),
        ("9" * 61, None),
        ("1" + "0" * 5000, None),
        ("", None),
        ("1.", None),
        (".5", None),
        ("+1", None),
        ("1e2", None),
        ("1,5", None),
        (" 1", None),
        ("1\n", None),
        ("٣", None),
        ("NaN", None),
    ],
)
def test_a_number_is_an_integer_or_a_decimal(text: str, expected: Fraction | None) -> None:
    """Read exactly, so that 1.2 and 1.20 are one number; other notations are not told."""
    assert read_number(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:00Z", Fraction(0)),
        ("1970-01-01", Fraction(0)),
        ("1970-02", Fraction(31 * 86400)),
        ("2020-04-01T00:00:01Z", Fraction(1585699201)),
        ("2020-04-01T00:01Z", Fraction(1585699260)),
        ("2020-04-01t02:00:00.25+02:00", Fraction(1585699200) + Fraction(1, 4)),
        ("2020-03-31T19:30:00-04:30", Fraction(1585699200)),
        ("2020-04-01T23:59:59z", Fraction(1585699200 + 86399)),
        ("1969-12-31T23:59:59Z", Fraction(-1)),
        ("1585699200", Fraction(1585699200)),
        ("-1", Fraction(-1)),
        ("12345", Fraction(12345)),
        ("2020", None),
        ("0000", None),
        ("2020-13-01", None),
        ("2020-02-30", None),
        ("0000-01-01", None),
        ("2020-04-01T24:00:00Z", None),
        ("2020-04-01T00:60:00Z", None),
        ("2020-04-01T00:00:60Z", None),
        ("2020-04-01T00:00:00", None),
        ("2020-04-01T14:00:00+14:00", Fraction(1585699200)),
        ("2020-03-31T10:00:00-14:00", Fraction(1585699200)),
        ("2020-04-01T13:59:00+13:59", Fraction(1585699200)),
        ("2020-04-01T00:00:00+14:01", None),
        ("2020-04-01T00:00:00-15:00", None),
        ("2020-04-01T00:00:00+00:60", None),
        ("2020-04-01T00:00:00+99:99", None),
        ("2020-04-01 00:00:00Z", None),
        ("2020-4-1", None),
        ("20200401", Fraction(20200401)),
        ("", None),
        ("now", None),
    ],
)
def test_a_date_is_iso_or_epoch(text: str, expected: Fraction | None) -> None:
    """Seconds since 1970; four digits could be either, and are not told."""
    assert read_date(text) == expected


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        ("equals", [2]),
        ("less", [1]),
        ("less_equals", [1, 2]),
        ("greater", [3]),
        ("greater_equals", [2, 3]),
    ],
)
def test_numbers_compare(comparison: Comparison, expected: list[int]) -> None:
    """The request's number, which stands on the left, is compared with two."""
    assert [left for left in (1, 2, 3) if compare(comparison, Fraction(left), Fraction(2))] == expected
    assert compare(comparison, None, Fraction(2)) is None
    assert compare(comparison, Fraction(2), None) is None


def test_other_comparisons_are_no_comparisons_of_numbers() -> None:
    """A programming mistake, not an answer."""
    with pytest.raises(AssertionError):
        compare("within", Fraction(1), Fraction(1))


@pytest.mark.parametrize(
    ("value", "block", "expected"),
    [
        ("10.1.2.3", "10.0.0.0/8", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("10.1.2.3", "10.9.9.9/8", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.4", "10.1.2.3", False),
        ("255.255.255.255", "0.0.0.0/0", True),
        ("10.1.2.3", "10.1.2.3/32", True),
        ("10.1.2.3", "10.1.2.3/33", None),
        ("10.1.2.3", "::/0", False),
        ("2001:db8::1", "0.0.0.0/0", False),
        ("2001:db8::1", "2001:DB8::/32", True),
        ("2001:db9::1", "2001:db8::/32", False),
        ("2001:db8::1", "2001:db8:0:0::1", True),
        ("2001:db8::2", "2001:db8::1", None),
        ("2001:db8:8000::1", "2001:db8::1", None),
        ("2001:db9::1", "2001:db8::1", False),
        ("2001:db8::1", "::/129", None),
        ("10.1.2.3", "10.0.0.0/255.0.0.0", None),
        ("10.1.2.3", "10.0.0.0/", None),
        ("10.1.2.3", "10.0.0.0/+8", None),
        ("10.1.2.3", "10.0.0.0/8/8", None),
        ("10.1.2.3", "10.0.0", None),
        ("10.1.2.3", "010.0.0.0/8", None),
        ("10.1.2.3", "*", None),
        ("fe80::1%eth0", "fe80::/10", None),
        ("nowhere", "10.0.0.0/8", None),
        ("10.1.2.3", "::ffff:10.0.0.0/104", None),
        ("2001:db8::1", "::ffff:a00:0", None),
        ("::ffff:10.1.2.3", "10.0.0.0/8", False),
        ("::fffe:a00:1", "::fffe:a00:0/96", True),
    ],
)
def test_an_address_is_in_a_block_of_its_family(value: str, block: str, *, expected: bool | None) -> None:
    """Host bits are ignored, families do not mix, and of a bare IPv6 address only itself is surely meant."""
    assert is_within(value, block) is expected


def test_an_address_with_a_zone_is_none() -> None:
    """Nor is any other text."""
    assert [text for text in ("10.0.0.1", "::1", "::1%lo", "1", "") if read_address(text) is None] == ["::1%lo", "1", ""]
