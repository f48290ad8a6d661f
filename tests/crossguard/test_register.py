"""What registers the rules: its clock, and that it loads what judges only when that is needed."""

import gc
import subprocess
import sys
import threading
from datetime import datetime, timezone

import pytest

import crossguard
from crossguard import policy, register
from tests.crossguard.pack import BUCKET, HAS_POLICY, ROOT, Double, Resource

HEAVY = (
    "bucketpolicy.judge",
    "bucketpolicy.semantics",
    "crossguard.policy",
    "crossguard.messages.render",
    "pulumi_aws",
    "rich",
    "jinja2",
    "jsonschema",
)


def test_the_clock_is_in_utc() -> None:
    """Exemptions expire at the same moment everywhere."""
    before = datetime.now(timezone.utc).date()
    today = register.read_clock()
    assert before <= today <= datetime.now(timezone.utc).date()


def test_the_pack_is_warmed_up_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a thread that keeps no process alive and leaves what judges loaded."""
    monkeypatch.setattr(register, "_WARM_UP_SECONDS", 0)
    monkeypatch.delitem(sys.modules, "crossguard.policy", raising=False)
    monkeypatch.delattr(crossguard, "policy", raising=False)
    before = set(threading.enumerate())
    register.warm_up()
    threads = [thread for thread in threading.enumerate() if thread not in before]
    assert all(thread.daemon for thread in threads)
    for thread in threads:
        thread.join()
    assert "crossguard.policy" in sys.modules
    assert gc.get_freeze_count() > 0
    gc.unfreeze()


def test_booting_loads_nothing_that_judges() -> None:
    """Everybody waits for the boot, also those whose program has no bucket."""
    code = f"import sys, crossguard.register, policies; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_stack_is_judged_without_looking_for_garbage(monkeypatch: pytest.MonkeyPatch, update: Double) -> None:
    """And afterwards garbage is collected as before, whatever came of it."""
    seen = []

    def fail(*_: object) -> None:
        seen.append(gc.isenabled())
        raise ValueError

    monkeypatch.setattr(policy, "judge_stack", fail)
    bucket = Resource(BUCKET, "data", {"bucket": "data"})
    for enabled in (True, False):
        (gc.enable if enabled else gc.disable)()
        assert "internal error" in update.analyze_stack(bucket).of(HAS_POLICY)
        seen.append(gc.isenabled())
    gc.enable()
    assert seen == [False, True, False, False]
