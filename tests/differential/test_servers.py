"""A slice of what `make fuzz` asks the evaluators inside S3 servers, and proof that each known deviation of theirs is one still."""

import json
from collections import Counter

import pytest

from bucketpolicy.document import Document
from bucketpolicy.goal import Assumptions
from bucketpolicy.parse import parse
from bucketpolicy.semantics import evaluate
from tests.differential.deviations import DEVIATIONS, Deviation, known
from tests.differential.dialects import translate
from tests.differential.servers import SERVERS, Refused, against_servers, ask

pytestmark = pytest.mark.e2e


def test_evaluate_agrees_with_the_evaluators_inside_s3_servers() -> None:
    """Each denies what `evaluate` denies and spares what it spares, on some thousands of random requests."""
    counts = Counter[str]()
    assert list(against_servers(range(600), counts)) == []
    assert {
        f"{server}: {answer}" for server in SERVERS for answer in ("denied", "not denied") if counts[f"{server}: {answer}"] < 200
    } == set()


def test_a_disagreement_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where `evaluate` says the contrary, every server is reported."""
    truth = evaluate.is_denied
    monkeypatch.setattr(evaluate, "is_denied", lambda *asked: None if (found := truth(*asked)) is None else not found)
    counts = Counter[str]()
    reported = Counter(found.what for found in against_servers(range(40), counts))
    compared = {f"evaluate and {server}": counts[f"{server}: denied"] + counts[f"{server}: not denied"] for server in SERVERS}
    assert reported == compared
    assert min(compared.values()) > 10


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda deviation: deviation.what)
def test_a_known_deviation_is_still_one(deviation: Deviation) -> None:
    """Each server that it is known of answers its example otherwise than AWS, and for no other known reason."""
    document, request = deviation.example
    parsed = parse(json.dumps(document))
    assert isinstance(parsed, Document)
    ours = evaluate.is_denied(parsed, request, Assumptions())
    for server in deviation.servers.split():
        assert list(ask(server, [(translate(server, document), [request])])) == [[not ours]]
        assert [other.what for other in DEVIATIONS if known(server, deviation.example, (other,))] == [deviation.what]


def test_a_document_that_a_server_does_not_take_is_refused() -> None:
    """With the server's reason, and not taken as one that denies nothing."""
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": "*", "Action": [], "Resource": "arn:aws:s3:::bkt/*"}],
    }
    for server in SERVERS:
        (answer,) = ask(server, [(document, [DEVIATIONS[0].example.request])])
        assert isinstance(answer, Refused)
        assert answer.reason
