"""
What the pack costs beside a pack of four policies that do nothing, asked over the engine's own protocol.

Both packs run at the same time and are asked in turn, so that what else the machine does hits both. Boot is CPU time up to the port line,
all else is wall-clock time. Prints each figure with what is promised; the exit status is 1 where one is above it.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

ROOT = Path(__file__).resolve().parent.parent
FLOOR = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy, StackValidationPolicy

def nothing(args, report):
    pass

MANDATORY = EnforcementLevel.MANDATORY
PolicyPack(
    "floor",
    [*(ResourceValidationPolicy(f"resource-{n}", "Nothing.", nothing, MANDATORY) for n in range(3)),
     StackValidationPolicy("stack", "Nothing.", nothing, MANDATORY)],
)
"""
BOOTS = 15
CALLS = 400
STACK = 10_000
BUCKETS = 1_000
#: Until the packs have loaded what they load in the background.
SETTLE_SECONDS = 1.0
_OPTIONS = [("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", 400 << 20)]


class Running(NamedTuple):
    """A booted pack, and the CPU time in seconds that it took to write its port."""

    stub: analyzer_pb2_grpc.AnalyzerStub
    pid: int
    boot_seconds: float


class Figure(NamedTuple):
    """One measure: ours and the floor's, in the same unit, and the ratio that is promised."""

    name: str
    unit: str
    ours: float
    floor: float
    at_most: float


def main() -> int:
    """0 where every figure keeps to what is promised."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "__main__.py").write_text(FLOOR, encoding="utf-8")
        Path(folder, "PulumiPolicy.yaml").write_text("runtime: python\n", encoding="utf-8")
        figures = [measure_boot(Path(folder)), *measure_calls(Path(folder))]
    for figure in figures:
        ratio = figure.ours / figure.floor
        mark = "" if ratio <= figure.at_most else "   ABOVE"
        print(
            f"{figure.name:<44} {figure.ours:9.2f} {figure.unit:<2}   floor {figure.floor:9.2f} {figure.unit:<2}"
            f"   {ratio:.3f}x (at most {figure.at_most:.2f}x){mark}"
        )
    return int(any(figure.ours > figure.at_most * figure.floor for figure in figures))


def measure_boot(floor: Path) -> Figure:
    """Spawn to port line."""
    seconds: dict[Path, list[float]] = {ROOT: [], floor: []}
    for _ in range(BOOTS):
        for folder, taken in seconds.items():
            with run(folder) as pack:
                taken.append(pack.boot_seconds)
    ours, bare = (min(seconds[folder]) * 1000 for folder in (ROOT, floor))
    return Figure("boot to the port line", "ms", ours, bare, 1.05)


def measure_calls(floor: Path) -> Iterator[Figure]:
    """Everything that is asked of a running pack."""
    with run(ROOT) as ours, run(floor) as bare:
        time.sleep(SETTLE_SECONDS)
        foreign = [ask("aws:s3/bucketVersioning:BucketVersioning", f"v{n}", {"bucket": f"data-{n}"}) for n in range(CALLS)]
        yield compare("a resource that is none of ours", ours, bare, foreign, 1.05)
        documents = [ask("aws:s3/bucketPolicy:BucketPolicy", f"p{n}", write_policy(n)) for n in range(CALLS)]
        yield compare("a BucketPolicy, first time", ours, bare, documents, 1.3)
        yield compare("a BucketPolicy, again", ours, bare, documents[-50:] * 8, 1.05)
        yield compare_stacks(ours, bare)
        yield Figure("peak memory after that", "MB", read_peak(ours.pid), read_peak(bare.pid), 1.1)


def compare(name: str, ours: Running, bare: Running, requests: Sequence[analyzer_pb2.AnalyzeRequest], at_most: float) -> Figure:
    """Remediate and Analyze, as the engine asks for every resource; the first decile: what it takes when nothing comes between."""
    taken: tuple[list[float], list[float]] = ([], [])
    for request in requests:
        for pack, seconds in zip((ours, bare), taken, strict=True):
            seconds.append(clock(partial(ask_both, pack, request)))
    ours_taken, bare_taken = (statistics.quantiles(seconds, n=10)[0] * 1000 for seconds in taken)
    return Figure(name, "ms", ours_taken, bare_taken, at_most)


def ask_both(pack: Running, request: analyzer_pb2.AnalyzeRequest) -> None:
    """What the engine asks about every resource."""
    pack.stub.Remediate(request)
    pack.stub.Analyze(request)


def compare_stacks(ours: Running, bare: Running) -> Figure:
    """AnalyzeStack of the whole stack; the best of five, since one takes a second."""
    request = analyzer_pb2.AnalyzeStackRequest(resources=write_stack())
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(5):
        for pack, seconds in zip((ours, bare), taken, strict=True):
            seconds.append(clock(partial(pack.stub.AnalyzeStack, request)))
    return Figure(f"AnalyzeStack, {STACK:,} resources", "ms", min(taken[0]) * 1000, min(taken[1]) * 1000, 1.05)


def clock(call: Callable[[], object]) -> float:
    """Seconds that the call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def ask(kind: str, name: str, props: dict[str, str]) -> analyzer_pb2.AnalyzeRequest:
    """The engine's question about one resource."""
    packed = struct_pb2.Struct()
    packed.update(props)
    provider = struct_pb2.Struct()
    provider.update({"region": "eu-central-1", "version": "7.51.1"})
    return analyzer_pb2.AnalyzeRequest(
        type=kind,
        name=name,
        urn=f"urn:pulumi:dev::shop::{kind}::{name}",
        properties=packed,
        provider=analyzer_pb2.AnalyzerProviderResource(type="pulumi:providers:aws", name="default", urn="urn:p", properties=provider),
    )


def write_policy(number: int) -> dict[str, str]:
    """A typical document: both denies, and an Allow for one role."""
    arn = f"arn:aws:s3:::data-{number}"
    everyone = {"Effect": "Deny", "Principal": "*"}
    header = {"Null": {"s3:x-amz-server-side-encryption": "true"}}
    role = {"AWS": "arn:aws:iam::111122223333:role/reader"}
    statements = [
        {**everyone, "Sid": "Header", "Action": "s3:PutObject", "Resource": f"{arn}/*", "Condition": header},
        {
            **everyone,
            "Sid": "Tls",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {"Sid": "Read", "Effect": "Allow", "Principal": role, "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": [arn, f"{arn}/*"]},
    ]
    return {"bucket": f"data-{number}", "policy": json.dumps({"Version": "2012-10-17", "Statement": statements})}


def write_stack() -> list[analyzer_pb2.AnalyzerResource]:
    """Buckets, their policies, and other resources."""
    stack = []
    for number in range(BUCKETS):
        bucket = ask("aws:s3/bucket:Bucket", f"b{number}", {"bucket": f"data-{number}", "arn": f"arn:aws:s3:::data-{number}", "policy": ""})
        policy = ask("aws:s3/bucketPolicy:BucketPolicy", f"p{number}", write_policy(number))
        stack += [show(bucket), show(policy, bucket.urn)]
    kind = "aws:s3/bucketObject:BucketObject"
    return stack + [
        show(ask(kind, f"o{n}", {"key": f"key-{n}", "etag": "x", "bucket": f"data-{n % BUCKETS}"})) for n in range(STACK - len(stack))
    ]


def show(asked: analyzer_pb2.AnalyzeRequest, *buckets: str) -> analyzer_pb2.AnalyzerResource:
    """The same resource in a stack."""
    shown = analyzer_pb2.AnalyzerResource(
        type=asked.type, name=asked.name, urn=asked.urn, properties=asked.properties, provider=asked.provider
    )
    if buckets:
        shown.propertyDependencies["bucket"].urns.extend(buckets)
    return shown


@contextmanager
def run(folder: Path) -> Iterator[Running]:
    """The pack in this folder, started as the language host starts it, until the block ends."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")} | {
        "PULUMI_PROJECT": "shop",
        "PULUMI_STACK": "dev",
        "PULUMI_DRY_RUN": "true",
    }
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder)]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            port = int((process.stdout or sys.stdin.buffer).readline())
            seconds = read_cpu_seconds(process.pid)
            with grpc.insecure_channel(f"127.0.0.1:{port}", options=_OPTIONS) as channel:
                yield Running(analyzer_pb2_grpc.AnalyzerStub(channel), process.pid, seconds)
        finally:
            process.kill()


def read_cpu_seconds(pid: int) -> float:
    """User and system time of a process so far (Linux)."""
    run_time = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]
    return int(run_time) / 1e9


def read_peak(pid: int) -> float:
    """Megabytes that a process had at its highest (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    sys.exit(main())
