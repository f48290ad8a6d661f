"""A real Java program, built by Maven with the command that the message names."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.e2e.programs import HAS_POLICY
from tests.offline.cli import run

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(shutil.which("mvn") is None, reason="Maven is not on PATH")]

PROGRAM = Path(__file__).parent / "java_program"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The program, where Maven may write beside it."""
    return shutil.copytree(PROGRAM, tmp_path / "shop")


def test_the_command_of_the_message_runs_the_program(folder: Path) -> None:
    """Missing configuration is named as in every language; with it the documents are judged, at their lines."""
    asked = run("preview", str(folder))
    (command,) = re.findall(r"--exec '(.*)'$", asked.err.strip())
    assert asked.status == 2
    lacking = run("preview", str(folder), "--exec", command)
    assert lacking.status == 2
    assert "--config shop:zone=VALUE" in lacking.err
    ended = run("preview", str(folder), "--exec", command, "--config", "zone=a", "--format", "json")
    (stack,) = json.loads(ended.out)["stacks"]
    found = {
        (each["policy"], each["place"]["name"])
        for bucket in stack["buckets"]
        for each in bucket["results"]
        if each["outcome"] == "violation"
    }
    assert (ended.status, found) == (1, {(HAS_POLICY, "logs")})
    source = "src/main/java/shop/App.java"
    text = (folder / source).read_text("utf-8").splitlines()
    places = {each["place"]["name"]: each["place"] for bucket in stack["buckets"] for each in bucket["results"]}
    for name, place in places.items():
        assert Path(place["file"]) == folder / source
        assert f'"{name}"' in text[place["line"] - 1]
