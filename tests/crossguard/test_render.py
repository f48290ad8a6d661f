"""What people read: pinned texts of every kind, within their limits, without secrets, and with a fix that can be pasted."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from bucketpolicy.mistakes import Mistake
from bucketpolicy.repair import CannotRepair, Repaired
from crossguard.judging.assess import assess, locate
from crossguard.judging.finding import CannotTell, NotDenied, Subject
from crossguard.messages.quoting import clean
from crossguard.messages.render import _shorten_list
from crossguard.pack.rule import Rule
from crossguard.pack.settings import read_settings
from crossguard.resources.source import Found
from policies import ALL
from tests.crossguard.kinds import ADVICE, COUNTEREXAMPLES, DOUBTS, KINDS, MISTAKES, OTHERS, TODAY, Kind, render_all

SNAPSHOTS = Path(__file__).resolve().parents[1] / "snapshots"
MESSAGES = render_all()
#: A terminal has 120 columns, of which the CLI takes ten for its indentation.
COLUMNS = 110
PHRASES = ("is not denied", "cannot be decided", "is not known")


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_the_text_is_as_pinned(name: str) -> None:
    """Wording changes on purpose only: `python tools/refresh_snapshots.py` shows what changed."""
    assert MESSAGES[name] == (SNAPSHOTS / f"{name}.txt").read_text(encoding="utf-8").removesuffix("\n")


def test_no_snapshot_is_left_over() -> None:
    """Each pinned text belongs to a message."""
    assert sorted(path.stem for path in SNAPSHOTS.glob("*.txt")) == sorted(MESSAGES)


def count_lines(text: str) -> int:
    """How many lines of a terminal the text takes."""
    return sum(max(1, -(-len(line) // COLUMNS)) for line in text.split("\n"))


@pytest.mark.parametrize("name", sorted(name for name in MESSAGES if not name.startswith("advisory-")))
def test_a_message_fits_in_twelve_lines(name: str) -> None:
    """With the policy's description before it, and however long the document's own texts are."""
    assert 1 + count_lines(MESSAGES[name]) <= 12


@pytest.mark.parametrize("name", sorted(name for name in MESSAGES if name.startswith("advisory-") or name == "bucket-left-out"))
def test_advice_fits_in_three_lines(name: str) -> None:
    """It says less, since its siblings and its page say more."""
    assert count_lines(MESSAGES[name]) <= 3


@pytest.mark.parametrize("name", sorted({**COUNTEREXAMPLES, **MISTAKES, **ADVICE}))
def test_a_counterexample_says_is_not_denied(name: str) -> None:
    """People search their logs for it, and for no other phrase there."""
    assert [phrase for phrase in PHRASES if phrase in MESSAGES[name]] == ["is not denied"]
    assert MESSAGES[name].split("\n")[0].endswith(" is not denied.")


@pytest.mark.parametrize("name", sorted(DOUBTS))
def test_doubts_say_which_doubt_they_are(name: str) -> None:
    """A document that is known and undecided, or one that is not known: never both."""
    unknown = any(word in name for word in ("not-known", "decides", "may-apply"))
    assert [phrase for phrase in PHRASES if phrase in MESSAGES[name]] == ["is not known" if unknown else "cannot be decided"]


@pytest.mark.parametrize("name", sorted(name for name in DOUBTS if "not-known" in name or name in ("name-decides", "exemption-may-apply")))
def test_what_is_not_known_takes_one_line(name: str) -> None:
    """It is a note among others in a first preview."""
    assert "\n" not in MESSAGES[name]


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_nothing_is_shown_that_should_not_be(name: str) -> None:
    """No secret, no control character, no name of our own types, and not what the SDK has printed already."""
    text = MESSAGES[name]
    assert "hunter2" not in text
    assert all(clean(line).replace("'", "`") == line.replace("'", "`") for line in text.split("\n"))
    assert re.findall(r"Traceback|NamedTuple|NoneType|Undecided|Counterexample|Obstacle|Explanation|CannotRepair|Malformed", text) == []
    assert [rule.description for rule in ALL if rule.description in text] == []


WITHOUT = ("unattached", "bare", "advisory-bare")


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_other_messages_are_not_found_by_the_stable_phrases(name: str) -> None:
    """Who searches a log for verdicts finds verdicts, and buckets without a policy."""
    assert [phrase for phrase in PHRASES if phrase in MESSAGES[name]] == (["is not denied"] if name.startswith(WITHOUT) else [])


def test_every_mistake_has_words() -> None:
    """A mistake that is recognised is explained."""
    assert {mistake_of(name) for name in MISTAKES} == set(get_args(Mistake))


def mistake_of(name: str) -> str:
    """The mistake whose example this is."""
    return name.removesuffix("-transport").removesuffix("-name-not-known").removesuffix("-china")


@pytest.mark.parametrize("name", sorted(MISTAKES))
def test_the_example_of_a_mistake_is_one(name: str) -> None:
    """The pinned text is the one that belongs to the mistake."""
    kind = MISTAKES[name]
    finding = judge(kind)
    assert isinstance(finding, NotDenied)
    assert finding.explanation.mistake == mistake_of(name)


def judge(kind: Kind) -> object:
    """The finding behind a message."""
    if isinstance(kind.shown, NotDenied):
        return kind.shown
    assert isinstance(kind.rule, Rule)
    assert isinstance(kind.shown, Found)
    settings = read_settings(kind.config, kind.rule.keys)
    subject = locate(Subject("urn", "aws:s3/bucketPolicy:BucketPolicy", "audit"), settings, kind.shown)
    return assess(kind.rule, settings, subject, kind.shown, TODAY)


def read_pasted(text: str) -> list[object]:
    """The statements that a reader of the message would copy."""
    lines = text.split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith("Fix: add")) + 1
    end = max(number for number, line in enumerate(lines) if line.endswith(("}", "},"))) + 1
    pasted: list[object] = json.loads(f"[{' '.join(lines[start:end])}]")
    return pasted


@pytest.mark.parametrize("name", sorted(COUNTEREXAMPLES.keys() - {"many-exempt-principals", "exempt-principals-unproved"}))
def test_what_is_printed_is_what_is_applied(name: str) -> None:
    """The JSON of the message, pasted, is what remediation and `offline fix` add."""
    finding = judge(COUNTEREXAMPLES[name])
    assert isinstance(finding, NotDenied)
    match finding.fix:
        case Repaired(_, statements) | CannotRepair(_, statements):
            assert read_pasted(MESSAGES[name]) == [json.loads(statement) for statement in statements]


def test_a_statement_too_long_for_a_message_is_named() -> None:
    """Half a statement would be worse than none."""
    assert "`DenyUploadsWithoutEncryptionHeader`, too long for here: `python -m offline fix` prints it" in MESSAGES[
        "many-exempt-principals"
    ].split("\n")


@pytest.mark.parametrize("name", ["anded-halves", "anded-halves-transport", "anded-halves-china", "anded-halves-name-not-known"])
def test_for_the_benchmarks_own_snippet_both_statements_are_printed(name: str) -> None:
    """It was meant to enforce both halves."""
    pasted = read_pasted(MESSAGES[name])
    assert sorted(statement["Sid"] for statement in pasted if isinstance(statement, dict)) == [
        "DenyInsecureUploads",
        "DenyUploadsWithoutEncryptionHeader",
    ]


def test_an_undecided_document_is_repaired_as_well() -> None:
    """A statement that surely denies makes it irrelevant what the others mean."""
    finding = judge(KINDS["undecided"])
    assert isinstance(finding, CannotTell)
    assert isinstance(finding.fix, Repaired)
    assert read_pasted(MESSAGES["undecided"]) == [json.loads(statement) for statement in finding.fix.added]


@pytest.mark.parametrize(("room", "expected"), [(34, "accepted: one, two, three and four"), (30, "accepted: one, and others")])
def test_a_list_is_cut_between_its_members(room: int, expected: str) -> None:
    """Only where it has to be."""
    assert _shorten_list("accepted: one, two, three and four", room) == expected
