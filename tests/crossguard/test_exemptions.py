"""Exemptions: which entry applies to which resource on which day."""

import re
import time
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bucketpolicy.canonical import hash_document
from crossguard.judging.exemptions import Applies, MightApply, NoExemption, Standing, find_exemption, matches
from crossguard.judging.finding import Lapsed, Subject
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
        (date(2026, 11, 23), Lapsed),
    ],
)
def test_an_entry_applies_through_its_last_day(expires: date, standing: type[Standing]) -> None:
    """`expires` is the last day on which it applies; afterwards it is remembered as expired."""
    entry = Exemption("logs-*", "because", "me", expires)
    assert find(entry) == be(Lapsed(entry, "expired") if standing is Lapsed else Applies(entry))


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


DOCUMENT = '{"Statement": [{"Sid": "x", "Effect": "Deny"}]}'
SAME = '{"Id": "y", "Statement": {"Effect": ["Deny"]}}'


def test_an_entry_for_a_document_applies_while_it_is_that_one() -> None:
    """However it is written down; a changed document is told, and so is one that is not known or not there."""
    entry = Exemption("logs-*", "because", document=hash_document(DOCUMENT))
    assert [find_exemption((entry,), KNOWN, TODAY, text) for text in (DOCUMENT, SAME, "{}", None)] == [
        Applies(entry),
        Applies(entry),
        Lapsed(entry, "changed"),
        Lapsed(entry, "changed"),
    ]


def test_a_changed_document_is_more_news_than_an_old_date() -> None:
    """The entry in force is the one that was meant; both ended, it is the date."""
    changed = Exemption("logs-*", "because", document=hash_document("x"))
    old = Exemption("logs-*", "because", expires=date(2020, 1, 1))
    assert find_exemption((old, changed), KNOWN, TODAY, DOCUMENT) == Lapsed(changed, "changed")
    ended = changed._replace(expires=date(2020, 1, 1))
    assert find_exemption((ended,), KNOWN, TODAY, DOCUMENT) == Lapsed(ended, "expired")


@pytest.mark.parametrize("name", ["name:logs-policy", URN, "name:*"])
def test_a_bucket_with_an_odd_name_is_not_taken_for_another_resource(name: str) -> None:
    """What an entry names is told by its prefix, and a bucket's name may be any text."""
    odd = Subject("urn:x", BUCKET_POLICY, "other", name)
    assert find_exemption((Exemption("name:logs-policy", "because"), Exemption(URN, "because")), odd, TODAY) == NoExemption()


def test_the_first_entry_of_the_list_applies() -> None:
    """Whether it has wildcards or not."""
    entries = tuple(Exemption(target, str(place)) for place, target in enumerate(("x", "logs-*", "logs-1a2b3c4", "name:logs-policy", URN)))
    assert find_exemption(entries, KNOWN, TODAY) == Applies(entries[1])
    assert find_exemption(entries[2:], KNOWN, TODAY) == Applies(entries[2])


def measure(work: Callable[[], object]) -> float:
    """The least seconds of this process that it takes."""
    return min(_time(work) for _ in range(3))


def _time(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.parametrize("glob", ["*-logs-*", "*-l?gs-*", "a*?b", "*a*b*c*"])
def test_a_glob_takes_ten_times_as_long_for_a_name_ten_times_as_long(glob: str) -> None:
    """A name may be as long as its author likes."""
    short, long = ("-log" * size for size in (40_000, 400_000))
    assert measure(lambda: matches(glob, long)) <= 15 * measure(lambda: matches(glob, short)) + 0.02


def test_a_long_list_is_not_walked_through_for_each_resource() -> None:
    """What an organization has written down once is looked up."""
    entries = tuple(Exemption(f"bucket-{number}", "because") for number in range(30_000))
    subjects = [KNOWN._replace(bucket=f"bucket-{number}") for number in range(29_000, 30_000)]
    find_exemption(entries, KNOWN, TODAY)
    assert measure(lambda: [find_exemption(entries, subject, TODAY) for subject in subjects]) < measure(
        lambda: [entry for entry in entries for _ in range(20) if entry.bucket == "x"]
    )
