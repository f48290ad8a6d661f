"""
`analyze` of a state export of 10,000 buckets with policies, against the bare SDK's AnalyzeStack of the same resources.

At most 3 times as long, and under 400 MB in the command and its pack together. Both figures are printed; the exit status is 1 above either.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MOST_TIMES = 3.0
MOST_MEGABYTES = 400
_STACK = "urn:pulumi:prod::storage"
_PROVIDER = f"{_STACK}::pulumi:providers:aws::default_7_0_0"
_BARE_PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy
PolicyPack("bare", policies=[StackValidationPolicy("bare", "Nothing.", lambda args, report: None, EnforcementLevel.MANDATORY)])
"""


def main() -> int:
    """0 where both figures keep to what is promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("buckets", nargs="?", type=int, default=10_000)
    buckets = parser.parse_args().buckets
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state.json"
        state.write_text(json.dumps(make_state(buckets)), encoding="utf-8")
        bare = measure_bare(state, Path(folder))
        seconds, megabytes, status = measure_command(state)
    print(f"{buckets:,} buckets with policies, {state_size(buckets)} resources")
    print(f"bare SDK's AnalyzeStack   {bare:6.2f} s")
    print(f"offline analyze           {seconds:6.2f} s   {seconds / bare:.2f}x (at most {MOST_TIMES:.0f}x)   exit status {status}")
    print(f"memory of both processes  {megabytes:6.0f} MB  (at most {MOST_MEGABYTES} MB)")
    return int(seconds > MOST_TIMES * bare or megabytes > MOST_MEGABYTES or status != 0)


def state_size(buckets: int) -> str:
    """How many resources the state has."""
    return f"{2 * buckets + 2:,}"


def make_state(buckets: int) -> dict[str, Any]:
    """What `pulumi stack export` prints for a stack of this many buckets, each with a policy."""
    root = {"urn": f"{_STACK}::pulumi:pulumi:Stack::storage-prod", "custom": False, "type": "pulumi:pulumi:Stack"}
    provider = {"urn": _PROVIDER, "custom": True, "id": "p", "type": "pulumi:providers:aws", "inputs": {"region": "eu-west-1"}}
    pairs = [resource for number in range(buckets) for resource in _make_pair(f"data-{number:05}", str(root["urn"]))]
    return {"version": 3, "deployment": {"manifest": {"version": "v3.259.0"}, "resources": [root, provider, *pairs]}}


def _make_pair(name: str, parent: str) -> tuple[dict[str, Any], dict[str, Any]]:
    bucket_urn = f"{_STACK}::aws:s3/bucket:Bucket::{name}"
    bucket = {
        "urn": bucket_urn,
        "custom": True,
        "id": name,
        "type": "aws:s3/bucket:Bucket",
        "inputs": {"bucket": name, "forceDestroy": False, "tags": {"team": "storage"}, "__defaults": ["forceDestroy"]},
        "outputs": {
            "accelerationStatus": "",
            "arn": f"arn:aws:s3:::{name}",
            "bucket": name,
            "bucketDomainName": f"{name}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{name}.s3.eu-west-1.amazonaws.com",
            "corsRules": [],
            "forceDestroy": False,
            "grants": [{"id": "0" * 64, "permissions": ["FULL_CONTROL"], "type": "CanonicalUser", "uri": ""}],
            "hostedZoneId": "Z1BKCTXD74EZPE",
            "id": name,
            "lifecycleRules": [],
            "loggings": [],
            "objectLockEnabled": False,
            "policy": "",
            "region": "eu-west-1",
            "requestPayer": "BucketOwner",
            "serverSideEncryptionConfiguration": {"rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}},
            "tags": {"team": "storage"},
            "tagsAll": {"team": "storage"},
            "versioning": {"enabled": False, "mfaDelete": False},
        },
        "parent": parent,
        "provider": f"{_PROVIDER}::p",
    }
    properties = {"bucket": name, "policy": json.dumps(_make_document(name))}
    policy = {
        "urn": f"{_STACK}::aws:s3/bucketPolicy:BucketPolicy::{name}",
        "custom": True,
        "id": name,
        "type": "aws:s3/bucketPolicy:BucketPolicy",
        "inputs": properties,
        "outputs": {**properties, "id": name, "region": "eu-west-1"},
        "parent": parent,
        "provider": f"{_PROVIDER}::p",
        "dependencies": [bucket_urn],
        "propertyDependencies": {"bucket": [bucket_urn], "policy": [bucket_urn]},
    }
    return bucket, policy


def _make_document(name: str) -> dict[str, Any]:
    arn = f"arn:aws:s3:::{name}"
    deny = {"Effect": "Deny", "Principal": "*"}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                **deny,
                "Action": "s3:PutObject",
                "Resource": f"{arn}/*",
                "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}},
            },
            {**deny, "Action": "s3:*", "Resource": [arn, f"{arn}/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        ],
    }


def measure_bare(state: Path, folder: Path) -> float:
    """Seconds of one AnalyzeStack call to a pack with one policy that does nothing."""
    pack = folder / "bare"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\n", encoding="utf-8")
    (pack / "__main__.py").write_text(_BARE_PACK, encoding="utf-8")
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from offline import state\n"
        "from offline.engine.pack.boot import boot\n"
        "from tests.offline import booted\n"
        "found = state.parse(Path(sys.argv[1]).read_text(), 'state')\n"
        "subjects = booted.describe_all(found.resources)\n"
        "wholes = [booted.describe_whole(each, subjects[each.urn]) for each in found.resources]\n"
        "with boot(Path(sys.argv[2]), None, {}) as pack:\n"
        "    messages = [whole.describe() for whole in wholes]\n"
        "    start = time.perf_counter()\n"
        "    pack.analyze_stack(messages)\n"
        "    print(time.perf_counter() - start)\n"
    )
    process = subprocess.run([sys.executable, "-c", script, state, pack], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(process.stdout)


def measure_command(state: Path) -> tuple[float, float, int]:
    """Seconds, peak memory in MB of the command and its children together, and the exit status of `analyze`."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "offline", "analyze", state, "--quiet"], cwd=ROOT, stdout=subprocess.DEVNULL)
    peak = [0]
    watcher = threading.Thread(target=_watch, args=(process, peak))
    watcher.start()
    status = process.wait()
    watcher.join()
    return time.perf_counter() - start, peak[0] / 2**20, status


def _watch(process: subprocess.Popen[bytes], peak: list[int]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(_read_memory, _list_family(process.pid))))
        time.sleep(0.02)


def _list_family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = children.read_text(encoding="ascii").split() if children.exists() else []
    return [pid, *(member for child in found for member in _list_family(int(child)))]


def _read_memory(pid: int) -> int:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.exit(main())
