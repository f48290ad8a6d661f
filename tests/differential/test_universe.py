"""Deciding is the same as asking every request there is."""

import json
from functools import lru_cache
from random import Random

import pytest

from bucketpolicy.document import Document
from bucketpolicy.goal import Goal
from bucketpolicy.parse import parse
from bucketpolicy.proof.decide import decide
from bucketpolicy.request import Request
from bucketpolicy.verdict import Counterexample, Denied
from tests.differential.naive import Json, is_denied
from tests.differential.universe import requests, small_document, small_goal

_list_requests = lru_cache(requests)


def _first_gap(document: Json, goal: Goal) -> Request | None:
    """The first request of the universe that is not denied."""
    asked = _list_requests(goal)
    return next((request for request in asked if is_denied(document, request, goal.assumptions) is not True), None)


def _examine(seed: int) -> tuple[bool, bool]:
    """Whether nothing in the universe gets through, and whether that is what `decide` says."""
    rng = Random(seed)
    goal, plain = small_goal(rng), small_document(rng)
    document = parse(json.dumps(plain))
    assert isinstance(document, Document)
    closed = _first_gap(plain, goal) is None
    return closed, isinstance(decide(document, goal), Denied if closed else Counterexample)


@pytest.mark.parametrize("start", range(0, 40, 10))
def test_decide_agrees_with_asking_every_request(start: int) -> None:
    """A small document is `Denied` exactly when each of the thousands of requests of its universe is; both come up in every ten."""
    found = {seed: _examine(seed) for seed in range(start, start + 10)}
    assert [seed for seed, (_, agreed) in found.items() if not agreed] == []
    assert {closed for closed, _ in found.values()} == {True, False}
