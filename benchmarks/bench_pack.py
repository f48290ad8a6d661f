"""
What the pack costs beside a pack of four policies that do nothing, asked over the engine's own protocol.

Both packs run at the same time and are asked in turn, batch by batch, each of them first every other time. What is counted is the processor
time of both ends, the pack's process with all its threads and the caller; so what else the machine does is not. Of the ratios of the pairs
the median is compared with what is promised; the exit status is 1 where one is above it.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

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
BOOTS = 25
#: Pairs of batches for each figure, and requests in a batch.
ROUNDS, BATCH = 40, 20
STACKS = 7
STACK = 10_000
BUCKETS = 1_000
#: Until the packs have loaded what they load in the background.
SETTLE_SECONDS = 1.5
_Pack = TypeVar("_Pack")
_OPTIONS = [("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", 400 << 20)]


class Running(NamedTuple):
    """A booted pack, and the processor time in milliseconds that it took to write its port."""

    stub: analyzer_pb2_grpc.AnalyzerStub
    pid: int
    boot: float


class Figure(NamedTuple):
    """One measure: medians of ours and of the floor's, in the same unit, the median of the ratios of pairs, and what is promised."""

    name: str
    unit: str
    ours: float
    floor: float
    ratio: float
    at_most: float


def main() -> int:
    """0 where every figure keeps to what is promised."""
    with make_floor() as floor:
        figures = [measure_boot(floor), *measure_calls(floor)]
    return max(map(show_figure, figures))


def show_figure(figure: Figure) -> int:
    """Print it; 1 where it is above what is promised."""
    late = figure.ratio > figure.at_most
    print(
        f"{figure.name:<44} {figure.ours:9.2f} {figure.unit:<2}   floor {figure.floor:9.2f} {figure.unit:<2}"
        f"   {figure.ratio:.3f}x (at most {figure.at_most:.2f}x){'   ABOVE' if late else ''}"
    )
    return int(late)


@contextmanager
def make_floor() -> Iterator[Path]:
    """A folder with the pack of four policies that do nothing, until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "__main__.py").write_text(FLOOR, encoding="utf-8")
        Path(folder, "PulumiPolicy.yaml").write_text("runtime: python\n", encoding="utf-8")
        yield Path(folder)


def compare(name: str, unit: str, at_most: float, pairs: Iterable[tuple[float, float]]) -> Figure:
    """The figure that pairs of ours and the floor's make."""
    taken = list(pairs)
    ours, floor = (statistics.median(column) for column in zip(*taken, strict=True))
    return Figure(name, unit, ours, floor, statistics.median(one / other for one, other in taken), at_most)


def measure_boot(floor: Path) -> Figure:
    """Spawn to port line; the byte code of both is there, as it is from the second time on."""

    def boot(folder: Path) -> float:
        with run(folder) as pack:
            return pack.boot

    for folder in (ROOT, floor):
        boot(folder)
    return compare("boot to the port line", "ms", 1.05, (pair_up(boot, ROOT, floor, number) for number in range(BOOTS)))


def measure_calls(floor: Path) -> Iterator[Figure]:
    """Everything that is asked of a running pack."""
    with run(ROOT) as ours, run(floor) as bare:
        time.sleep(SETTLE_SECONDS)
        foreign = [ask("aws:s3/bucketVersioning:BucketVersioning", f"v{n}", {"bucket": f"data-{n}"}) for n in range(BATCH)]
        yield compare("a resource that is none of ours", "ms", 1.05, ask_in_turn(ours, bare, [foreign] * ROUNDS))
        documents = [[write_request(batch * BATCH + n) for n in range(BATCH)] for batch in range(ROUNDS)]
        yield compare("a BucketPolicy, first time", "ms", 1.6, ask_in_turn(ours, bare, documents))
        yield compare("a BucketPolicy, again", "ms", 1.05, ask_in_turn(ours, bare, documents[-1:] * ROUNDS))
        yield compare_stacks(ours, bare)
        yield compare("peak memory after that", "MB", 1.1, [(read_peak(ours.pid), read_peak(bare.pid))])


def ask_in_turn(ours: Running, bare: Running, batches: Iterable[Sequence[analyzer_pb2.AnalyzeRequest]]) -> Iterator[tuple[float, float]]:
    """Milliseconds of both ends for one resource, of ours and of the floor, batch by batch: Remediate and Analyze, as the engine asks."""
    for number, batch in enumerate(batches):

        def ask_batch(pack: Running, batch: Sequence[analyzer_pb2.AnalyzeRequest] = batch) -> float:
            return spend(pack, lambda: ask_about(pack, batch)) / len(batch)

        yield pair_up(ask_batch, ours, bare, number)


def ask_about(pack: Running, requests: Iterable[analyzer_pb2.AnalyzeRequest]) -> None:
    """What the engine asks about each resource."""
    for request in requests:
        pack.stub.Remediate(request)
        pack.stub.Analyze(request)


def compare_stacks(ours: Running, bare: Running) -> Figure:
    """AnalyzeStack of the whole stack."""
    request = analyzer_pb2.AnalyzeStackRequest(resources=write_stack())

    def ask_stack(pack: Running) -> float:
        return spend(pack, lambda: pack.stub.AnalyzeStack(request))

    pairs = [pair_up(ask_stack, ours, bare, number) for number in range(STACKS)]
    return compare(f"AnalyzeStack, {STACK:,} resources", "ms", 1.05, pairs)


def pair_up(measure: Callable[[_Pack], float], ours: _Pack, bare: _Pack, number: int) -> tuple[float, float]:
    """Both measured, ours first every other time."""
    if number % 2:
        floor = measure(bare)
        return measure(ours), floor
    return measure(ours), measure(bare)


def spend(pack: Running, call: Callable[[], object]) -> float:
    """Milliseconds of processor time that the call takes at both ends."""
    start = time.process_time() * 1000 + read_spent(pack.pid)
    call()
    return time.process_time() * 1000 + read_spent(pack.pid) - start


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


def write_request(number: int) -> analyzer_pb2.AnalyzeRequest:
    """The question about a BucketPolicy."""
    return ask("aws:s3/bucketPolicy:BucketPolicy", f"p{number}", write_policy(number))


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
        stack += [show(bucket), show(write_request(number), bucket.urn)]
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
def run(folder: Path, *under: str) -> Iterator[Running]:
    """The pack in this folder, started as the language host starts it, until the block ends; `under`: a command that runs it."""
    dropped = ("PULUMI_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    environment = kept | {"PULUMI_PROJECT": "shop", "PULUMI_STACK": "dev", "PULUMI_DRY_RUN": "true", "PYTHONHASHSEED": "0"}
    command = [*under, sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder)]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            port = int((process.stdout or sys.stdin.buffer).readline())
            boot = read_main_spent(process.pid)
            with grpc.insecure_channel(f"127.0.0.1:{port}", options=_OPTIONS) as channel:
                yield Running(analyzer_pb2_grpc.AnalyzerStub(channel), process.pid, boot)
        finally:
            process.kill()


def read_spent(pid: int) -> float:
    """User and system time of a process so far, all its threads together, in milliseconds (Linux)."""
    times = (task.read_text(encoding="ascii").split()[0] for task in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(map(int, times)) / 1e6


def read_main_spent(pid: int) -> float:
    """The same of the main thread alone, which writes the port; what is loaded in the background comes after it."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e6


def read_peak(pid: int) -> float:
    """Megabytes that a process had at its highest (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    sys.exit(main())
