"""
`evaluate` against the evaluators of bucket policies inside S3 servers: MinIO, SeaweedFS and the Versity S3 Gateway.

They are test tools: `tools/build_cli.py` builds them from their Go modules into a cache folder outside the tree, each runs as a process of
its own, and none is ever bundled. MinIO's is AGPL-3.0, the others are Apache-2.0.
"""

import json
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from random import Random
from typing import NamedTuple

from bucketpolicy.document import Document
from bucketpolicy.parse import parse
from bucketpolicy.request import Request
from bucketpolicy.semantics import evaluate
from tests.differential.attack import attack
from tests.differential.compare import Disagreement
from tests.differential.deviations import Pair, known
from tests.differential.dialects import describe, translate
from tests.differential.documents import Case, generate
from tests.differential.naive import Json
from tools.build_cli import evaluators_home

SERVERS = ("minio", "seaweedfs", "versitygw")
_ATTACKS = 12


class Reading(NamedTuple):
    """A document, the requests that `evaluate` has an answer for, and its answers."""

    seed: int
    case: Case
    requests: tuple[Request, ...]
    denied: tuple[bool, ...]


class Refused(NamedTuple):
    """A server does not take the document."""

    reason: str


def ask(server: str, questions: Iterable[tuple[Json, Iterable[Request]]]) -> Iterator[Refused | list[bool]]:
    """For each document, given in the server's dialect: which of its requests it denies."""
    lines = "\n".join(json.dumps({"document": document, "requests": list(map(describe, requests))}) for document, requests in questions)
    run = subprocess.run([str(evaluators_home() / server)], input=lines, capture_output=True, text=True, check=True)
    for line in run.stdout.splitlines():
        answer = json.loads(line)
        yield Refused(answer["refused"]) if "refused" in answer else answer.get("denied", [])


def against_servers(seeds: range, counts: Counter[str]) -> Iterator[Disagreement]:
    """Whether each server denies what `evaluate` denies, and nothing else, but for its known deviations."""
    readings = [_read(seed) for seed in seeds]
    counts["pairs"] += sum(len(reading.requests) for reading in readings)
    for server in SERVERS:
        yield from _compare(server, readings, counts)


def _read(seed: int) -> Reading:
    case = generate(Random(seed))
    document = parse(json.dumps(case.document))
    assert isinstance(document, Document)
    requests = dict.fromkeys(attack(case.document, case.goal, Random(seed), _ATTACKS))
    answers = {request: evaluate.is_denied(document, request, case.goal.assumptions) for request in requests}
    decided = {request: answer for request, answer in answers.items() if answer is not None}
    return Reading(seed, case, tuple(decided), tuple(decided.values()))


def _compare(server: str, readings: list[Reading], counts: Counter[str]) -> Iterator[Disagreement]:
    asked = [(reading, written) for reading in readings if (written := translate(server, reading.case.document)) is not None]
    answers = ask(server, ((written, reading.requests) for reading, written in asked))
    for (reading, _), answer in zip(asked, answers, strict=True):
        if not isinstance(answer, Refused):
            yield from _hold(server, reading, answer, counts)


def _hold(server: str, reading: Reading, answers: list[bool], counts: Counter[str]) -> Iterator[Disagreement]:
    document = reading.case.document
    for request, ours, theirs in zip(reading.requests, reading.denied, answers, strict=True):
        if known(server, Pair(document, request)):
            counts[f"{server}: left out, a known deviation"] += 1
            continue
        counts[f"{server}: {'denied' if ours else 'not denied'}"] += 1
        if ours != theirs:
            detail = f"evaluate {ours}, {server} {theirs}: {request}"
            yield Disagreement(reading.seed, f"evaluate and {server}", json.dumps(document), repr(reading.case.goal), detail)
