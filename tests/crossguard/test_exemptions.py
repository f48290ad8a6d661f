"""Exemptions: which entry applies to which resource on which day."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossguard.judging.exemptions import Applies, Expired, MightApply, NoExemption, Standing, find_exemption, matches
from crossguard.judging.finding import Subject
from crossguard.pack.settings import Exemption
from tests.crossguard.pack import BUCKET_POLICY, TODAY

URN = f"urn:pulumi:dev::shop::{BUCKET_POLICY}::logs-policy"
KNOWN = Subject(URN, BUCKET_POLICY, "logs-policy", "logs-1a2b3c4")
NAMELESS = KNOWN._replace(bucket=None)


def find(*entries: Exemption, subject: Subject = KNOWN) -> tuple[type[Standing], Standing]:
    """The standing and its type, since values of different types are equal where their members are."""
    standing = find_exemption(entries, subject, TODAY)
    return type(standing), standing


def be(standing: Standing) -> tuple[type[Standing], Standing]:
    """The same of an expected standing."""
    return type(standing), standing


@pytest.mark.parametrize(
    ("bucket", "applies"),
    [
        ("logs-1a2b3c4", True),
        ("logs-*", True),
        ("logs-???????", True),
        ("*", True),
        ("logs", False),
        ("Logs-*", False),
        ("logs-??????", False),
        ("name:logs-policy", True),
        ("name:logs-*", True),
        ("name:logs", False),
        ("name:logs-1a2b3c4", False),
        (URN, True),
        (URN + "2", False),
        (URN.replace("logs-policy", "*"), False),
    ],
)
def test_an_entry_applies_by_bucket_name_resource_name_or_urn(bucket: str, applies: bool) -> None:  # noqa: FBT001  a table
    """Globs are over whole names, `name:` is over the resource's own name, a URN is taken literally, and case matters."""
    entry = Exemption(bucket, "because")
    assert be(Applies(entry) if applies else NoExemption()) == find(entry)


@pytest.mark.parametrize(
    ("expires", "standing"),
    [
        (date(2026, 11, 25), Applies),
        (date(2026, 11, 24), Applies),
        (date(2026, 11, 23), Expired),
    ],
)
def test_an_entry_applies_through_its_last_day(expires: date, standing: type[Standing]) -> None:
    """`expires` is the last day on which it applies; afterwards it is remembered as expired."""
    entry = Exemption("logs-*", "because", "me", expires)
    assert (standing, (entry,)) == find(entry)


@pytest.mark.parametrize(
    ("bucket", "standing"),
    [
        ("logs-*", MightApply()),
        ("*", Applies(Exemption("*", "because"))),
        ("name:logs-*", Applies(Exemption("name:logs-*", "because"))),
        (URN, Applies(Exemption(URN, "because"))),
        ("name:other", NoExemption()),
    ],
)
def test_a_name_that_is_not_known_might_match(bucket: str, standing: Standing) -> None:
    """Only a glob over bucket names needs the name, and `*` does not."""
    assert be(standing) == find(Exemption(bucket, "because"), subject=NAMELESS)


def test_an_expired_glob_can_no_longer_match_a_name_that_is_not_known() -> None:
    """What has expired exempts nothing, whatever the name turns out to be."""
    assert be(NoExemption()) == find(Exemption("logs-*", "because", None, date(2020, 1, 1)), subject=NAMELESS)


def test_an_entry_in_force_wins_over_an_expired_one() -> None:
    """The order of the entries does not matter here."""
    old, new = Exemption("logs-*", "old", None, date(2020, 1, 1)), Exemption("name:*", "new")
    assert be(Applies(new)) == find(old, new) == find(new, old)


@given(st.text("ab*?[", max_size=8), st.text("ab*[\n", max_size=8))
def test_globs_match_as_their_regular_expression(pattern: str, text: str) -> None:
    """`*` and `?` are the only wildcards."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    assert (re.fullmatch(expression, text, re.DOTALL) is not None) == matches(pattern, text)


def test_a_glob_of_many_stars_does_not_take_long() -> None:
    """No backtracking: this one would outlive the test run."""
    assert matches("*a" * 2000 + "*b", "a" * 2500) is False
