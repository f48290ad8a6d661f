"""When a part of it dies, or another pack stands beside: a clear error, and nothing lost."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.e2e.cli import TIMEOUT, VENV, Outcome, Project, install_pack, link_environment, read_events
from tests.e2e.conftest import MakeProject
from tests.e2e.programs import BAD, GOOD, UPLOADS

pytestmark = pytest.mark.e2e

#: Waits where the bucket is registered and its policy is not.
WAIT = """
from pathlib import Path
import time
def wait(name):
    Path("waiting").touch()
    while not Path("go").exists():
        time.sleep(0.05)
    return name
data.urn.apply(wait)
"""


def hold(program: str) -> str:
    """The same program, which waits before it registers the bucket's policy until there is a file `go`."""
    before, line, after = program.partition("aws.s3.BucketPolicy(")
    return f"{before}{WAIT}{line}{after}".replace("bucket=data.bucket,", "bucket=data.urn.apply(wait).apply(lambda _: data.bucket),")


class Running(NamedTuple):
    """A command of the CLI that waits in the middle of the program, and the process of the pack."""

    project: Project
    process: subprocess.Popen[str]
    pack: int

    def finish(self) -> Outcome:
        """Let the program go on, to the end of the command."""
        (self.project.folder / "go").touch()
        output, errors = self.process.communicate(timeout=TIMEOUT)
        return Outcome(self.process.returncode, output, errors, tuple(read_events(self.project.home / "events.json")))


@contextlib.contextmanager
def start(project: Project, pack: Path, *arguments: str) -> Iterator[Running]:
    """A command, when the pack has seen the bucket; whatever is left of it is ended."""
    identity = project.home / "pack.pid"
    python = pack / "venv" / "bin" / "python"
    python.unlink()
    python.write_text(f'#!/bin/sh\necho $$ > "{identity}"\nexec "{VENV / "bin" / "python"}" "$@"\n', "utf-8")
    python.chmod(0o755)
    process = subprocess.Popen(
        project.command(*arguments, "--policy-pack", str(pack)),
        cwd=project.folder,
        env=project.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            wait_until(lambda: (project.folder / "waiting").exists() or process.poll() is not None)
            yield Running(project, process, int(identity.read_text("utf-8")))
        finally:
            (project.folder / "go").touch()
            process.kill()


def wait_until(ready: Callable[[], bool]) -> None:
    """Until `ready()`; that it never is counts as a failure."""
    end = time.monotonic() + TIMEOUT
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.05)


def has_ended(process: int) -> bool:
    """Whether no process has this id any more."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.fixture
def own_pack(tmp_path: Path) -> Path:
    """A pack that a test may break."""
    return install_pack(tmp_path / "own-pack")


def test_a_pack_killed_in_a_preview_fails_it(project: MakeProject, pack: str, own_pack: Path) -> None:
    """The preview does not pass unchecked; the next one, with the pack alive, is as if nothing had been."""
    program = project(hold(GOOD))
    with start(program, own_pack, "preview") as running:
        os.kill(running.pack, signal.SIGKILL)
        outcome = running.finish()
    assert outcome.status not in (0, None)
    assert "error: failed to run remediation: " in outcome.text
    assert "Traceback" not in outcome.text
    assert program.export() == {}
    again = program.run("preview", "--policy-pack", pack)
    assert (again.status, again.found) == (0, ())


def test_a_pack_killed_in_an_update_loses_nothing(project: MakeProject, pack: str, own_pack: Path) -> None:
    """What was created is in the state; the policy that nobody checked is not; the next update goes on from there."""
    program = project(hold(GOOD))
    with start(program, own_pack, "up", "--skip-preview") as running:
        os.kill(running.pack, signal.SIGKILL)
        outcome = running.finish()
    assert outcome.status not in (0, None)
    assert "error: failed to run remediation: " in outcome.text
    assert "data" in program.export()
    assert "data-policy" not in program.export()
    again = program.run("up", "--skip-preview", "--policy-pack", pack)
    assert (again.status, again.found) == (0, ())
    assert "1 created" in again.text


def test_a_killed_engine_leaves_a_locked_stack_and_no_pack(project: MakeProject, pack: str, own_pack: Path) -> None:
    """The lock says so, `pulumi cancel` takes it off, and the update goes on from what was created."""
    program = project(hold(GOOD))
    with start(program, own_pack, "up", "--skip-preview") as running:
        running.process.kill()
        running.process.wait()
        wait_until(lambda: has_ended(running.pack))
    locked = program.run("up", "--skip-preview", "--policy-pack", pack)
    assert locked.status not in (0, None)
    assert "the stack is currently locked" in locked.text
    assert program.run("cancel", "--stack", "dev", "--yes").status == 0
    again = program.run("up", "--skip-preview", "--policy-pack", pack)
    assert (again.status, again.found) == (0, ())
    assert "data" in program.export()


OTHER = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def judge(args, report):
    if args.resource_type == "aws:s3/bucketPolicy:BucketPolicy":
        {action}


PolicyPack("other", policies=[ResourceValidationPolicy("other-policy", "Another opinion.", judge, EnforcementLevel.MANDATORY)])
"""


def make_other_pack(folder: Path, action: str) -> str:
    """A pack of somebody else's, which does this for each bucket policy."""
    folder.mkdir()
    (folder / "PulumiPolicy.yaml").write_text("runtime:\n  name: python\n  options:\n    virtualenv: venv\nversion: 1.0.0\n", "utf-8")
    (folder / "__main__.py").write_text(OTHER.format(action=action), "utf-8")
    return str(link_environment(folder))


def test_a_second_pack_is_heard_beside_this_one(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """Both report on the same resource, each under its own name."""
    other = make_other_pack(tmp_path / "other", 'report("No.")')
    outcome = project(BAD).run("preview", "--policy-pack", pack, "--policy-pack", other)
    assert outcome.status == 1
    assert outcome.found == ((UPLOADS, "mandatory", "data-policy"), ("other-policy", "mandatory", "data-policy"))
    assert "s3-encryption-guard@v" in outcome.text
    assert "other@v1.0.0" in outcome.text


def test_a_second_pack_that_breaks_fails_the_preview(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """The error names what failed, what this pack said before stays, and the state is untouched."""
    other = make_other_pack(tmp_path / "other", '{}["missing"]')
    program = project(BAD)
    outcome = program.run("preview", "--policy-pack", pack, "--policy-pack", other)
    assert outcome.status not in (0, None)
    assert outcome.found == ((UPLOADS, "mandatory", "data-policy"),)
    assert "error: failed to run policy: Exception calling application: 'missing'" in outcome.text
    assert program.export() == {}
