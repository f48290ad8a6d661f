"""Whatever a stack's author or the configuration chooses takes time in proportion to its size, and memory within a bound."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from offline import files, memory, state
from offline.run import Failure
from tests.offline import states
from tests.offline.cli import HAS_POLICY, UPLOADS, Ended, run, write_compliant, write_open

ROOT = Path(__file__).resolve().parent.parent.parent
#: What a command takes whatever it is given, and what a clock on a busy machine is out by.
NOISE = 0.05
PER_TENFOLD = 15


def analyze(folder: Path, *resources: dict[str, Any], **exemption: str) -> Ended:
    """The JSON report on a state of these resources, under an exemption where one is given."""
    config = folder / "config.json"
    config.write_text(json.dumps({rule: {"exemptions": [exemption]} for rule in (HAS_POLICY, UPLOADS) if exemption}), "utf-8")
    return run("analyze", "-", "--policy-config", str(config), "--format", "json", stdin=states.export(*resources).encode())


def share_a_name(folder: Path, size: int) -> Ended:
    """Buckets and policies of one name."""
    numbers = range(size // 10)
    return analyze(
        folder,
        *(states.bucket(f"b{number}", "logs") for number in numbers),
        *(states.policy(f"p{number}", "logs", write_compliant()) for number in numbers),
    )


def chain(folder: Path, size: int) -> Ended:
    """Policies at the end of a chain of resources."""
    found = [states.bucket("b0", "logs")]
    for number in range(size // 10):
        found.append(states.resource("x:y:Z", f"c{number}", {}, propertyDependencies={"bucket": [found[-1]["urn"]]}))
    last = {"propertyDependencies": {"bucket": [found[-1]["urn"]]}}
    return analyze(folder, *found, *(states.policy(f"p{n}", states.encrypted(), write_compliant(), **last) for n in range(size // 10)))


def write_as_object(folder: Path, size: int) -> Ended:
    """A document as an object with many elements."""
    return write_statements(folder, [{"Effect": "Deny", "Principal": "*", "Action": ["s3:*"] * size * 10, "Resource": "*"}])


def write_empty_statements(folder: Path, size: int) -> Ended:
    """A document as an object with many statements that say nothing."""
    return write_statements(folder, [{"Sid": ""}] * size * 10)


def write_statements(folder: Path, statements: list[dict[str, Any]]) -> Ended:
    """A document of aws-native, some of it secret."""
    document = {"Version": "2012-10-17", "Id": states.plain("x"), "Statement": statements}
    attached = {"bucket": "logs", "policyDocument": document}
    bucket = states.resource("aws-native:s3:Bucket", "logs", {"bucketName": "logs"})
    return analyze(folder, bucket, states.resource("aws-native:s3:BucketPolicy", "logs", attached))


def name_a_bucket(folder: Path, size: int) -> Ended:
    """A long name against a glob that almost selects it."""
    name = "-logs-" * size
    return analyze(folder, states.bucket("b", name), states.policy("p", name, write_compliant()), bucket="*-logs-*-x*", reason="r")


def name_a_resource(folder: Path, size: int) -> Ended:
    """The same of the Pulumi name."""
    name = "-logs-" * size
    return analyze(folder, states.bucket(name, "b"), states.policy(name, "b", write_compliant()), bucket="name:*-logs-*-x*", reason="r")


def name_a_stack(_folder: Path, size: int) -> Ended:
    """A long name of a project and its stack."""
    text = states.export(states.bucket("b")).replace("prod::shop", f"{'p' * size * 10}::{'s' * size * 10}")
    return run("analyze", "-", "--format", "sarif", stdin=text.encode())


def have_many(folder: Path, size: int) -> Ended:
    """Buckets with a document each that lets a request through, and that nobody has judged before."""
    fresh = time.monotonic_ns()
    documents = [write_open().replace("111122223333", f"{fresh % 10**6:06d}{number:06d}") for number in range(size // 30)]
    pairs = ((states.bucket(f"b{n}"), states.policy(f"p{n}", f"b{n}", document)) for n, document in enumerate(documents))
    return analyze(folder, *(resource for pair in pairs for resource in pair))


def depend_on_many(folder: Path, size: int) -> Ended:
    """A policy whose every property depends on every bucket."""
    buckets = [states.bucket(f"b{number}") for number in range(size // 10)]
    urns = {"propertyDependencies": {f"k{number}": [bucket["urn"] for bucket in buckets[:50]] for number in range(size // 10)}}
    return analyze(folder, *buckets, states.policy("p", "elsewhere", write_compliant(), **urns))


def exempt_many(folder: Path, size: int) -> Ended:
    """A configuration with many exemptions that match nothing."""
    config = folder / "many.json"
    exemptions = [{"bucket": f"*-{number}-*", "reason": "r"} for number in range(size)]
    config.write_text(json.dumps({HAS_POLICY: {"exemptions": exemptions}}), "utf-8")
    return run("analyze", "-", "--policy-config", str(config), stdin=states.export(states.bucket("b")).encode())


def check_statements(_folder: Path, size: int) -> Ended:
    """A document by itself with many statements, far beyond what S3 takes."""
    statements = [
        {"Sid": f"s{n}", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::b/{n}*"} for n in range(size)
    ]
    return run("check", "-", "--bucket", "logs", stdin=json.dumps({"Version": "2012-10-17", "Statement": statements}).encode())


def check_a_sid(_folder: Path, size: int) -> Ended:
    """A document by itself with a long text of what a CI system might run."""
    statement = {"Sid": "##" * size * 10 + "\n::" * size * 10, "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    return run("check", "-", "--bucket", "logs", stdin=json.dumps({"Version": "2012-10-17", "Statement": statement}).encode())


def name_a_file(folder: Path, size: int) -> Ended:
    """A configuration whose names are long."""
    config = folder / "long.json"
    config.write_text(json.dumps({"x" * size * 100: {}, "all": "y" * size * 100}), "utf-8")
    return run("check", "-", "--bucket", "logs", "--policy-config", str(config), stdin=b"{}")


GROWING = [
    *(share_a_name, chain, write_as_object, write_empty_statements, name_a_bucket, name_a_resource, name_a_stack, have_many),
    *(depend_on_many, exempt_many, check_statements, check_a_sid, name_a_file),
]


def measure(grow: Callable[[Path, int], Ended], folder: Path, size: int) -> float:
    """The least CPU seconds of three runs, each of which ends with a verdict or one line."""
    return min(_measure_once(grow, folder, size) for _ in range(3))


def _measure_once(grow: Callable[[Path, int], Ended], folder: Path, size: int) -> float:
    started = time.process_time()
    ended = grow(folder, size)
    spent = time.process_time() - started
    assert ended.status in (0, 1, 2)
    assert "internal error" not in ended.err
    return spent


@pytest.mark.parametrize("grow", GROWING)
def test_ten_times_as_much_takes_ten_times_as_long(tmp_path: Path, grow: Callable[[Path, int], Ended]) -> None:
    """At most fifteen times, since a busy machine is no clock."""
    small = measure(grow, tmp_path, 300)
    assert measure(grow, tmp_path, 3000) <= PER_TENFOLD * small + NOISE


def test_an_object_of_more_than_a_million_elements(tmp_path: Path) -> None:
    """Is refused by its size; that its time grows no faster than it does is asked above."""
    ended = write_as_object(tmp_path, 130_000)
    assert (ended.status, "cannot be decided" in ended.out) == (1, True)


def measure_child(path: Path) -> tuple[int, int, str]:
    """Status, megabytes and errors of an `analyze` in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "offline", "analyze", str(path)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stderr is not None
        said = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, usage.ru_maxrss // 1024, said


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell how much a process has")
@pytest.mark.parametrize(
    ("head", "filling", "tail"),
    [
        ('{"deployment":{"resources":[', "[],", "[]]}}"),
        ('{"deployment":{"resources":[{"urn":"a::b::c::d","type":"x","inputs":{"a":[', "0.5,", "1]}}]}}"),
        ('{"deployment":{"resources":["\U0001f600', "abc", '"]}}'),
    ],
    ids=["brackets", "numbers", "wide"],
)
def test_a_large_state_takes_less_than_a_gigabyte(tmp_path: Path, head: str, filling: str, tail: str) -> None:
    """Or is refused in one line; 250 MB of brackets are six gigabytes of lists."""
    path = tmp_path / "state.json"
    with path.open("w", encoding="utf-8") as file:
        file.write(head)
        # A process begins with the memory of its parent: none that matters is taken here.
        file.writelines(filling * (2**20 // len(filling)) for _ in range(251))
        file.write(tail)
    status, megabytes, said = measure_child(path)
    path.unlink()
    assert (status, said.count("\n")) == (2, 1)
    assert " MB of memory to read; expected: " in said
    assert megabytes < 1024


def test_memory_is_bounded_in_the_block_only() -> None:
    """And by what the system allows already; what takes too much is an error there, and nothing else is."""
    with pytest.raises(MemoryError), memory.limit_memory(64):
        bytearray(256 * 2**20)
    assert len(bytearray(256 * 2**20)) == 256 * 2**20


@pytest.mark.parametrize("bare", ["resource", "_STATUS"])
def test_where_memory_cannot_be_measured(monkeypatch: pytest.MonkeyPatch, bare: str) -> None:
    """What is little but brackets is refused by their number, and the block is not bounded."""
    monkeypatch.setattr(memory, bare, None if bare == "resource" else Path("/nowhere"))
    with memory.limit_memory(64):
        assert len(bytearray(256 * 2**20)) == 256 * 2**20
    monkeypatch.setattr(state, "_MOST_CONTAINERS", 3)
    found = state.parse('{"deployment": {"resources": [{}]}}', "s.json")
    assert found == Failure(f"s.json: takes more than 600 MB of memory to read; expected: {state.EXPECTED}")


def test_a_text_that_is_too_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """One rare character makes every character four bytes."""
    monkeypatch.setattr(files, "_MOST_MEMORY", 64)
    text = files.decode("s.json", "\U0001f600".encode() + b"x" * 40 * 2**20, "a state")
    assert text == Failure("s.json: takes more than 64 MB of memory to read; expected: a state")
