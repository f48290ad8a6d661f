"""
`preview` of a program of 1,000 buckets with policies, against the same program with a pack whose only policy is switched off.

The whole command, its report included, takes at most 1.3 times as long, and the command with its pack stays under 400 MB; the user's
program, a process of its own, is told beside that. The exit status is 1 above either.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
MOST_TIMES = 1.3
MOST_MEGABYTES = 400
_PROGRAM = """
import json
import pulumi_aws as aws

def write(name):
    arn = "arn:aws:s3:::" + name
    deny = {"Effect": "Deny", "Principal": "*"}
    header, plain = {"Null": {"s3:x-amz-server-side-encryption": "true"}}, {"Bool": {"aws:SecureTransport": "false"}}
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {**deny, "Action": "s3:PutObject", "Resource": arn + "/*", "Condition": header},
        {**deny, "Action": "s3:*", "Resource": [arn, arn + "/*"], "Condition": plain},
    ]})

for number in range(%d):
    bucket = aws.s3.Bucket(f"data-{number:04}")
    aws.s3.BucketPolicy(f"data-{number:04}", bucket=bucket.bucket, policy=bucket.bucket.apply(write))
"""
_EMPTY_PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy
PolicyPack("empty", policies=[ResourceValidationPolicy("off", "Nothing.", lambda args, report: None, EnforcementLevel.DISABLED)])
"""
_EMPTY_RUN = """
import sys
from pathlib import Path
from offline.engine.program.run import RunOptions, preview
from offline.run import Run
assert isinstance(preview(RunOptions(Path(sys.argv[1]), pack=Path(sys.argv[2]))), Run)
"""


class Measured(NamedTuple):
    """Seconds, and the most megabytes of the command with its pack and of the program."""

    seconds: float
    command: float
    program: float


def main() -> int:
    """0 where both figures keep to what is promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("buckets", nargs="?", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3, help="the fastest of so many counts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        program, pack = Path(folder) / "program", Path(folder) / "empty"
        write(program, "Pulumi.yaml", "name: many\nruntime: python\n", _PROGRAM % options.buckets)
        write(pack, "PulumiPolicy.yaml", "runtime: python\n", _EMPTY_PACK)
        commands = ["-c", _EMPTY_RUN, str(program), str(pack)], ["-m", "offline", "preview", str(program), "--quiet"]
        rounds = [[measure(command) for command in commands] for _ in range(options.rounds)]
    empty, ours = (min(column) for column in zip(*rounds, strict=True))
    print(f"{options.buckets:,} buckets with policies, previewed as a first time and with resolved outputs")
    print(f"with an empty pack        {empty.seconds:6.2f} s")
    print(f"offline preview           {ours.seconds:6.2f} s   {ours.seconds / empty.seconds:.2f}x (at most {MOST_TIMES}x)")
    print(f"memory, command and pack  {ours.command:6.0f} MB  (at most {MOST_MEGABYTES} MB; the program itself: {ours.program:.0f} MB)")
    return int(ours.seconds > MOST_TIMES * empty.seconds or ours.command > MOST_MEGABYTES)


def write(folder: Path, manifest: str, about: str, text: str) -> None:
    """A program or a pack."""
    folder.mkdir()
    (folder / manifest).write_text(about, encoding="utf-8")
    (folder / "__main__.py").write_text(text, encoding="utf-8")


def measure(arguments: Sequence[str]) -> Measured:
    """What a command takes, which has to pass."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
    peaks = [0.0, 0.0]
    watcher = threading.Thread(target=_watch, args=(process, peaks))
    watcher.start()
    status = process.wait()
    watcher.join()
    if status != 0:
        sys.exit(f"{' '.join(arguments[:3])}: exit status {status}")
    return Measured(time.perf_counter() - start, *peaks)


def _watch(process: "subprocess.Popen[bytes]", peaks: list[float]) -> None:
    while process.poll() is None:
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss=,args="], capture_output=True, text=True, check=False).stdout
        sizes = [0.0, 0.0]
        for pid, parent, size, command in (line.split(None, 3) for line in listed.splitlines() if len(line.split(None, 3)) > 3):  # noqa: PLR2004
            if str(process.pid) in (pid, parent):
                sizes["run_python" in command] += int(size) / 1024
        peaks[:] = map(max, peaks, sizes)
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
