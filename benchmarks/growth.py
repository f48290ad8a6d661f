"""
How the cost grows with a stack, with a document's statements and with its bytes: three tables, and a plot of each.

Processor time, the fastest of some rounds. A stack: what a booted pack takes for Remediate and Analyze of n buckets and n bucket policies,
each with a document of its own, and for AnalyzeStack. A document: what three policies take from empty caches, parse and message included.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from pulumi.runtime.proto import analyzer_pb2

from benchmarks.bench_decide import _forget
from benchmarks.bench_pack import ROOT, SETTLE_SECONDS, ask, ask_about, run, show, spend, write_request
from benchmarks.plot import draw
from crossguard.judging.assess import assess
from crossguard.judging.finding import Subject
from crossguard.messages.render import render
from crossguard.pack.rule import Rule
from crossguard.pack.settings import DEFAULTS
from crossguard.resources.source import Found
from policies import ALL

_DENY = {"Effect": "Deny", "Principal": "*"}
_ARN = "arn:aws:s3:::data"
#: What all policies want of the document.
_WANTED = (
    {**_DENY, "Action": "s3:PutObject", "Resource": f"{_ARN}/*", "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}}},
    {**_DENY, "Action": "s3:*", "Resource": [_ARN, f"{_ARN}/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
)


class Curve(NamedTuple):
    """A measure against a size: the name of its plot's file, what is counted, the unit of the times, and the points."""

    file: str
    counted: str
    unit: str
    points: tuple[tuple[float, float], ...]


def main() -> int:
    """Print all tables; with `--plots` write the plots into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=10_000, help="buckets of the largest stack")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--plots", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    for curve in measure(options.largest, options.rounds):
        print(f"{curve.counted} and {curve.unit}: " + ", ".join(f"{size:g}: {spent:.3g}" for size, spent in curve.points), flush=True)
        if options.plots is not None:
            (options.plots / f"{curve.file}.svg").write_text(draw(curve.points, curve.counted, curve.unit), encoding="utf-8")
    return 0


def measure(largest: int, rounds: int) -> Iterable[Curve]:
    """The three curves."""
    stacks = [size for size in (1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000) if size <= largest]
    yield Curve("performance-buckets", "buckets with policies in a stack", "s", tuple((size, measure_stack(size)) for size in stacks))
    statements = [(float(count), write_statements(count)) for count in (1, 3, 10, 30, 60, 100, 140, 180)]
    yield Curve("performance-statements", "statements in a document", "ms", _time_all(statements, rounds))
    texts = [write_text(kilobytes) for kilobytes in (0.2, 0.5, 1, 2, 5, 10, 20)]
    yield Curve("performance-bytes", "kilobytes of a document", "ms", _time_all([(len(text) / 1024, text) for text in texts], rounds))


def measure_stack(size: int) -> float:
    """Seconds of processor time, both ends, for a stack of so many buckets with policies."""
    buckets = [ask("aws:s3/bucket:Bucket", f"b{n}", {"bucket": f"data-{n}", "policy": ""}) for n in range(size)]
    policies = [write_request(n) for n in range(size)]
    shown = [show(bucket) for bucket in buckets] + [show(*pair) for pair in zip(policies, [bucket.urn for bucket in buckets], strict=True)]

    def ask_all() -> None:
        ask_about(pack, (*buckets, *policies))
        pack.stub.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=shown))

    with run(ROOT) as pack:
        time.sleep(SETTLE_SECONDS)
        return spend(pack, ask_all) / 1000


def _time_all(documents: Sequence[tuple[float, str]], rounds: int) -> tuple[tuple[float, float], ...]:
    return tuple((size, min(_time(text) for _ in range(rounds))) for size, text in documents)


def _time(text: str) -> float:
    """Milliseconds that all policies about documents take together, from empty caches."""
    subject = Subject("urn:pulumi:dev::shop::aws:s3/bucketPolicy:BucketPolicy::p", "aws:s3/bucketPolicy:BucketPolicy", "p", "data", "aws")
    _forget()
    start = time.process_time()
    for rule in ALL:
        if isinstance(rule, Rule):
            render(rule, assess(rule, DEFAULTS, subject, Found(text, "policy", "data"), date(2026, 11, 24)), subject)
    return (time.process_time() - start) * 1000


def write_statements(count: int) -> str:
    """A document of so many statements: the ones that are wanted, and Allows of one object each."""
    allow = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject"}
    allows = [{**allow, "Resource": f"{_ARN}/{number}"} for number in range(count - len(_WANTED))]
    return json.dumps({"Version": "2012-10-17", "Statement": [*_WANTED, *allows][:count]}, separators=(",", ":"))


def write_text(kilobytes: float) -> str:
    """A document of that kind with as many statements as fit into so many kilobytes."""
    count = 1
    while len(write_statements(count + 1)) <= kilobytes * 1024:
        count += 1
    return write_statements(count)


if __name__ == "__main__":
    sys.exit(main())
