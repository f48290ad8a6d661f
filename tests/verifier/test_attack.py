"""No certificate is accepted whose claim a request breaks, whatever made it; and the attack would notice."""

from pathlib import Path

import pytest

from tests.verifier.attack import attack
from verifier import verify


def test_nothing_is_accepted_that_a_request_breaks(tmp_path: Path) -> None:
    """Random documents, goals and trees: a third of them is accepted, and no request gets through."""
    seen, wrong = attack(200, 20, tmp_path, requests=100)
    assert wrong == []
    assert seen["status 0"] > 50
    assert seen["claims found false"] > 80
    assert seen["status 2"] == 0


FAULTS = {
    "a question is asked of absent keys alone": ("question_holds", lambda _test, value: value is None),
    "what is open denies": ("both", lambda answers: all(answer is not False for answer in answers)),
    "every name is named": ("is_named", lambda *_: True),
    "no name is named": ("is_named", lambda *_: False),
    "patterns are prefixes": (
        "matches",
        lambda pattern, text: text.startswith("".join(str(sign) for sign in pattern if isinstance(sign, str))[:1]),
    ),
    "one value stands for all": ("represent", lambda _claim, _patterns, prefix="": (f"{prefix}a",)),
    "versions of TLS are everywhere": ("is_possible", lambda _claim, keys: keys.get("s3:tlsversion", ()) is not None),
}


@pytest.mark.parametrize("name", FAULTS)
def test_the_attack_notices_a_faulty_verifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Planted in one function, each fault lets a false claim through within some hundred documents."""
    monkeypatch.setattr(verify, *FAULTS[name])
    assert any(attack(20, seed, tmp_path, requests=100)[1] for seed in range(20))
