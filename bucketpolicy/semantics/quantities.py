"""Numbers, dates and addresses as `evaluate` reads them; None for a text of which AWS does not say what it is."""

import ipaddress
import re
from datetime import date
from fractions import Fraction

from bucketpolicy.operators import Comparison

# Longer ones exist only to be hard to read; Python itself stops at 4,300 digits.
_NUMBER = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?")
_EPOCH = re.compile(r"-?[0-9]{1,15}")
_YEAR = re.compile(r"[0-9]{4}")
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2})"
    r"(?:[Tt]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2}))?)?"
)
_PREFIX = re.compile(r"[0-9]{1,3}")
_SECONDS_A_DAY = 86_400


def read_number(text: str) -> Fraction | None:
    """The number of an integer or a decimal, exactly (S-41)."""
    return Fraction(text) if _NUMBER.fullmatch(text) else None


def read_date(text: str) -> Fraction | None:
    """
    Seconds since 1970 of an epoch number or an ISO 8601 date of the W3C profile (S-42).

    Four digits alone may be a year or an epoch: not told. A date without a time is its first second, UTC.
    """
    if _YEAR.fullmatch(text):
        return None
    if _EPOCH.fullmatch(text):
        return Fraction(text)
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        days = date(int(year), int(month), int(day or "1")).toordinal() - date(1970, 1, 1).toordinal()
    except ValueError:
        return None
    clock = (int(hour or "0"), int(minute or "0"), int(second or "0"))
    east = _read_zone(zone or "Z")
    if east is None or clock > (23, 59, 59) or clock[1] > 59 or clock[2] > 59:  # noqa: PLR2004  a clock's own numbers
        return None
    moment = days * _SECONDS_A_DAY + clock[0] * 3600 + clock[1] * 60 + clock[2]
    return moment + Fraction("0" + (fraction or ".0")) - east


def _read_zone(zone: str) -> int | None:
    """Seconds east of UTC; None for more than the fourteen hours that any place is away."""
    if zone in "Zz":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if minutes > 59 or (hours, minutes) > (14, 0):  # noqa: PLR2004  a clock's own numbers
        return None
    seconds = hours * 3600 + minutes * 60
    return seconds if zone[0] == "+" else -seconds


def compare(comparison: Comparison, left: Fraction | None, right: Fraction | None) -> bool | None:
    """Whether `left` (the request's) compares so with `right` (the policy's); None where one of them is not told."""
    if left is None or right is None:
        return None
    match comparison:
        case "equals":
            return left == right
        case "less":
            return left < right
        case "less_equals":
            return left <= right
        case "greater":
            return left > right
        case "greater_equals":
            return left >= right
        case _:
            raise AssertionError(comparison)


Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def read_address(text: str) -> Address | None:
    """One IP address."""
    try:
        return None if "%" in text else ipaddress.ip_address(text)
    except ValueError:
        return None


def is_within(value: str, block: str) -> bool | None:
    """
    Whether an address is in a CIDR block, of its own family; bits after the mask are ignored (S-44).

    A bare IPv6 address is documented to mean `/32`, which can hardly be meant: only the address itself is surely inside.
    A block written as an IPv4 address in IPv6 (`::ffff:10.0.0.0`) may be of either family.
    """
    text, slash, prefix = block.partition("/")
    address, base = read_address(value), read_address(text)
    if address is None or base is None or (slash and not _PREFIX.fullmatch(prefix)):
        return None
    if isinstance(base, ipaddress.IPv6Address) and base.ipv4_mapped is not None:
        return None
    if address.version != base.version:
        return False
    length = int(prefix) if slash else base.max_prefixlen
    if length > base.max_prefixlen:
        return None
    if not slash and base.version == 6 and address != base:  # noqa: PLR2004  IPv6
        return None if _share_prefix(address, base, 32) else False
    return _share_prefix(address, base, length)


def _share_prefix(left: Address, right: Address, length: int) -> bool:
    return (int(left) ^ int(right)) >> (left.max_prefixlen - length) == 0
