"""The pages on the offline commands: every command line in them is one that is accepted, and every setting is told."""

import re
import shlex
from pathlib import Path

import pytest

from crossguard.pack.partitions import PARTITIONS
from offline.command_line import FORMATS, parse
from offline.report.content import OUTCOMES
from offline.run import Failure

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = ("docs/offline.md", "docs/reports.md", "README.md")
_COMMAND = re.compile(r"(?:python -m offline|bin/s3-encryption-guard) ([^|\n`]+)")
_PRINTED = re.compile(r"^```text\n.*?^```$", re.MULTILINE | re.DOTALL)


def list_commands() -> list[str]:
    """The arguments of every complete command line on the pages: not of ellipses and grammars, nor of what a command printed."""
    pages = (_PRINTED.sub("", (ROOT / page).read_text(encoding="utf-8")) for page in PAGES)
    found = [line.strip() for page in pages for line in _COMMAND.findall(page)]
    return [line.partition(" #")[0] for line in found if "..." not in line and "[" not in line]


@pytest.mark.parametrize("line", list_commands())
def test_commands_on_the_pages_are_accepted(line: str) -> None:
    """What people copy from a page is no wrong usage."""
    assert not isinstance(parse(shlex.split(line)), Failure)


def test_the_pages_tell_everything() -> None:
    """Formats, partitions and outcomes are all named."""
    offline = (ROOT / "docs/offline.md").read_text(encoding="utf-8")
    reports = (ROOT / "docs/reports.md").read_text(encoding="utf-8")

    assert [name for name in PARTITIONS if f"`{name}`" not in offline] == []
    assert [name for name in (*FORMATS, *OUTCOMES) if f"`{name}`" not in reports] == []
