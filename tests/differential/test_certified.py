"""What is denied has a certificate that the verifier accepts, and none that was tampered with is accepted where its claim is false."""

import pytest

from tests.differential.certified import Answer, certify_cases, describe
from tools import certificates


def test_every_case_file_that_is_denied_has_a_certificate_that_is_accepted() -> None:
    """The documents that people write are all within what the verifier models."""
    tally = certificates.try_named(certify_cases())
    assert tally.wrong == ()
    assert tally.counts["certificates"] == tally.counts["accepted"] > 100


def test_certificates_of_random_documents_are_accepted_or_not_modelled() -> None:
    """A slice of `make certificates`."""
    tally = certificates.try_all(certificates.try_random, range(150))
    assert tally.wrong == ()
    assert tally.counts["accepted"] > 20


def test_no_mutant_with_a_false_claim_is_accepted() -> None:
    """A slice of `make certificates`: mutants of all sorts, some of which are accepted since their claim is true."""
    tally = certificates.try_all(certificates.try_mutant, range(200))
    assert tally.wrong == ()
    assert tally.counts["status 0"] > 10
    assert tally.counts["status 1"] > 10


def test_a_verifier_that_accepts_everything_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other readings find claims that are false among the mutants."""
    bases = certificates.list_bases()
    monkeypatch.setattr(certificates, "list_bases", lambda: bases)
    monkeypatch.setattr(certificates, "verify", lambda _: Answer(0, "accepted"))
    found = [line for number in range(60) for line in _try(number)]
    assert any("gets through" in line for line in found)


def _try(number: int) -> tuple[str, ...]:
    """What is wrong with a mutant; one that is not even a certificate is passed over."""
    try:
        return certificates.try_mutant(number).wrong
    except (ValueError, KeyError, TypeError, AttributeError):
        return ()


def test_a_rejected_certificate_of_ours_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the engine proves and the verifier rejects is a mistake of one of them; a form that is not modelled is none."""
    monkeypatch.setattr(certificates, "verify", lambda _: Answer(1, "rejected: so"))
    assert certificates.try_certificate("x", "{}").wrong == ("x: 1 rejected: so",)
    monkeypatch.setattr(certificates, "verify", lambda _: Answer(3, "not modelled: a form (x)"))
    assert certificates.try_certificate("x", "{}").wrong == ()
    assert describe(Answer(3, "not modelled: a form (x)")) == "not modelled: a form"
