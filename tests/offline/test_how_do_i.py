"""The page of answers: its commands are run, on the files that it shows and on states like those that it speaks of."""

import re
import shlex
from pathlib import Path

import pytest

from tests.offline import states
from tests.offline.cli import run, write_compliant, write_open

PAGE = (Path(__file__).parents[2] / "docs" / "how-do-i.md").read_text(encoding="utf-8")
_FILE = re.compile(r"<!-- file: (\S+) -->\n```json\n(.*?)```", re.DOTALL)
_COMMAND = re.compile(r"^python -m offline ([^\n#]*)(?:# exits (\d))?", re.MULTILINE)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the page, a folder of exports, and a back end with the same stacks."""
    for name, content in _FILE.findall(PAGE):
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "states").mkdir()
    stacks = tmp_path / "backend" / ".pulumi" / "stacks" / "shop"
    stacks.mkdir(parents=True)
    (tmp_path / "backend" / ".pulumi" / "meta.yaml").write_text("version: 1\n", encoding="utf-8")
    for stack, document in (("prod", write_compliant()), ("dev", write_open())):
        text = states.export(states.bucket("logs"), states.policy("logs", "logs", document)).replace(
            "urn:pulumi:prod", f"urn:pulumi:{stack}"
        )
        (tmp_path / "states" / f"{stack}.json").write_text(text, encoding="utf-8")
        (stacks / f"{stack}.json").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_ends_as_the_page_says(workspace: Path) -> None:
    """From top to bottom, since some take what others have written; each says nothing on standard error but the ratchet's summary."""
    commands = _COMMAND.findall(PAGE)

    assert len(commands) == 13
    for line, status in commands:
        ended = run(*shlex.split(line))
        assert (line, ended.status) == (line, int(status or 0)), ended.err
    assert (workspace / "evidence.html").stat().st_size > 10_000
    assert (workspace / "before.csv").read_text("utf-8") == (workspace / "after.csv").read_text("utf-8")
    assert "PrincipalServiceName" in (workspace / "fixed.json").read_text("utf-8")


def test_the_page_answers_every_question() -> None:
    """Its list leads to its sections, in their order."""
    sections = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)

    assert re.findall(r"^\* \[.*\]\(#(.+)\)$", PAGE, re.MULTILINE) == [section.lower().replace(" ", "-") for section in sections]
    assert len(sections) == 6


def test_the_same_states_give_the_same_page(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the byte, as the page promises."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    pages = [run("analyze", "states/", "--format", "html").out for _ in range(2)]

    assert pages[0] == pages[1]
    assert "2023-11-14" in pages[0]
    assert workspace.is_dir()
