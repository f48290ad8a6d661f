"""A whole organization with real parts: back ends that the CLI and an S3 server keep, and the ratchet under the real CLI."""

import gzip
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import zstandard

from tests.e2e.cli import ROOT, Project
from tests.e2e.conftest import MakeProject
from tests.e2e.programs import BAD, HAS_POLICY, UPLOADS
from tests.e2e.s3 import PASSWORD, USER, Server, run_server
from tests.offline.fleet.states import good, state, tls

pytestmark = pytest.mark.e2e

#: The bucket of `BAD` under a name that stays the same.
NAMED = BAD.replace('aws.s3.Bucket("data")', 'aws.s3.Bucket("data", bucket="acme-data")')
CHANGED = NAMED.replace("with_name(data, TLS)", 'with_name(data, TLS, ("s3:GetObject", ["/*"], {"Null": {"aws:Referer": "true"}}))')
NEW = f'{NAMED}\naws.s3.Bucket("new", bucket="acme-new")\n'


def offline(*arguments: str, status: int, **environment: str) -> subprocess.CompletedProcess[str]:
    """One offline command, which must end so."""
    ended = subprocess.run(
        [sys.executable, "-m", "offline", *arguments], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == status, ended.stdout + ended.stderr
    return ended


def preview(program: Project, pack: str, config: Path) -> tuple[int, list[tuple[str, str]]]:
    """Exit status, and policy and resource of each violation."""
    outcome = program.run("preview", "--policy-pack", pack, "--policy-pack-config", str(config))
    return outcome.status, [(policy, name) for policy, level, name in outcome.found if level == "mandatory"]


def test_the_ratchet_lets_the_debt_pass_and_nothing_new(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """200 violations in 60 stacks pass under the real CLI; a changed document, a new bucket and the day after `expires` do not."""
    program = project(NAMED)
    assert program.run("up", "--skip-preview").status == 0
    states = tmp_path / "states"
    states.mkdir()
    for number in range(59):
        (states / f"s{number}.json").write_text(write_debt(number, 4 if number < 22 else 3))
    config = tmp_path / "config.json"
    day = datetime.now(timezone.utc).date()
    options = ("--write-exemptions", str(config), "--reason", "before the control", "--expires", day.isoformat())
    written = offline("analyze", f"file://{tmp_path}/project/state", str(states), *options, status=0)
    assert written.stderr.startswith(f"{config}: 200 exemptions added;")

    assert preview(program, pack, config) == (0, [])
    program.write(CHANGED)
    assert preview(program, pack, config) == (1, [(UPLOADS, "data-policy")])
    program.write(NEW)
    assert preview(program, pack, config) == (1, [(HAS_POLICY, "new")])
    program.write(NAMED)
    expire(config, day - timedelta(days=1))
    status, violations = preview(program, pack, config)
    assert (status, violations) == (1, [(UPLOADS, "data-policy")])


def write_debt(number: int, violations: int) -> str:
    """A state with so many violations, a bucket each."""
    return state("shop", f"stack{number}", *((f"debt-{number}-{place}", [tls(f"debt-{number}-{place}")]) for place in range(violations)))


def expire(config: Path, day: object) -> None:
    """Let every exemption end on this day."""
    written: dict[str, Any] = json.loads(config.read_text())
    for own in written.values():
        for exemption in own["exemptions"]:
            exemption["expires"] = str(day)
    config.write_text(json.dumps(written))


@pytest.mark.parametrize("compression", ["", "PULUMI_DIY_BACKEND_GZIP", "PULUMI_DIY_BACKEND_ZSTD"])
def test_the_back_end_of_the_cli_is_read_as_it_is(project: MakeProject, tmp_path: Path, compression: str) -> None:
    """In each way in which the CLI stores a state."""
    program = project(NAMED)
    environment = {compression: "true"} if compression else {}
    assert program.run("up", "--skip-preview", **environment).status == 0
    report = json.loads(offline("analyze", str(tmp_path / "project" / "state"), "--format", "json", status=1).stdout)
    assert [(stack["stack"], [bucket["bucket"] for bucket in stack["buckets"]]) for stack in report["stacks"]] == [
        ("test/dev", ["acme-data"])
    ]


def test_the_states_in_an_object_store(tmp_path: Path) -> None:
    """Plain, by gzip and by zstd, from a real S3 server, with the parameters of Pulumi's own URL."""
    states = {
        "shop/prod.json": state("shop", "prod", good("shop-prod")).encode(),
        "shop/dev.json.gz": gzip.compress(state("shop", "dev", ("shop-dev", [tls("shop-dev")])).encode()),
        "web/prod.json.zst": zstandard.compress(state("web", "prod", ("web-prod", None)).encode()),
        "web/prod.json.zst.bak": b"not a state",
    }
    with run_server(tmp_path / "s3", tls=False) as server:
        put(server, "/states")
        for name, content in states.items():
            put(server, f"/states/team/.pulumi/stacks/{name}", content)
        url = f"s3://states/team?endpoint=localhost:{server.port}&disableSSL=true&s3ForcePathStyle=true&region=us-east-1"
        credentials = {"AWS_ACCESS_KEY_ID": USER, "AWS_SECRET_ACCESS_KEY": PASSWORD}
        report = json.loads(offline("analyze", url, "--jobs", "2", "--format", "json", status=1, **credentials).stdout)
    assert [(stack["stack"], stack["source"], stack["counts"]["violation"]) for stack in report["stacks"]] == [
        ("shop/dev", "s3://states/team/.pulumi/stacks/shop/dev.json.gz", 1),
        ("shop/prod", "s3://states/team/.pulumi/stacks/shop/prod.json", 0),
        ("web/prod", "s3://states/team/.pulumi/stacks/web/prod.json.zst", 1),
    ]


def put(server: Server, path: str, content: bytes = b"") -> None:
    """Make a bucket or an object."""
    assert server.send_signed("PUT", path, content).status == HTTPStatus.OK
