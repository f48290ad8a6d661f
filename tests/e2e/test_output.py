"""What a user of the real CLI reads is what the docs show."""

import re
from textwrap import dedent

import pytest

from tests.e2e.cli import ROOT
from tests.e2e.conftest import MakeProject

pytestmark = pytest.mark.e2e

DOCS = ROOT / "docs" / "enforcement.md"


def test_the_docs_show_what_the_cli_prints(project: MakeProject, pack: str) -> None:
    """Of the example that they name, word for word but for the heading, which is the CLI's own; it indents the rest."""
    shown = re.findall(r"```text\n- .*?\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    outcome = project(ROOT / "examples" / "benchmark-snippet").run("preview", "--policy-pack", pack)
    assert outcome.status == 1
    assert [dedent(text) in unindent(outcome.text) for text in shown] == [True]


def unindent(text: str) -> str:
    """The output without the ten columns before what a policy says."""
    return "\n".join(line.removeprefix(" " * 10) for line in text.split("\n"))
