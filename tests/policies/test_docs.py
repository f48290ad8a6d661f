"""The page of a policy cannot lie: its documents are judged, its facts are generated, and the pages are up to date."""

import json
import re
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

from crossguard.judging.assess import assess
from crossguard.judging.finding import Compliant, NotDenied, Subject
from crossguard.pack.rule import Rule, link
from crossguard.pack.settings import DEFAULTS, Rejected, read_settings
from crossguard.resources.source import Found
from offline.testing import find_violations
from policies import ALL

ROOT = Path(__file__).resolve().parents[2]
MODULES = {
    module.RULE.name: module
    for module in (import_module(f"policies.{path.stem}") for path in (ROOT / "policies").glob("*.py") if path.stem != "__init__")
}
RULES = {rule.name: rule for rule in ALL}
SECTIONS = ("Why", "Violating", "Compliant", "Limits")


def read_section(name: str, section: str) -> str:
    """One section of a rule file's docstring."""
    text = f"{MODULES[name].__doc__}\n## "
    return text.partition(f"## {section}\n")[2].partition("\n## ")[0]


def read_examples(name: str, section: str, language: str) -> list[str]:
    """The fenced blocks of a section."""
    return re.findall(rf"```{language}\n(.*?)```", read_section(name, section), re.DOTALL)


EXAMPLES = [
    pytest.param(name, section, text, id=f"{name}-{section}-{number}")
    for name, rule in RULES.items()
    if isinstance(rule, Rule)
    for section in ("Violating", "Compliant")
    for number, text in enumerate(read_examples(name, section, "json"), 1)
]


@pytest.mark.parametrize(("name", "section", "text"), EXAMPLES)
def test_the_documents_are_what_they_are_said_to_be(name: str, section: str, text: str) -> None:
    """Violating is violating, and compliant is compliant, with the default configuration."""
    rule = RULES[name]
    assert isinstance(rule, Rule)
    source = Found(text, "policy", "example-bucket", "eu-west-1")
    finding = assess(rule, DEFAULTS, Subject("urn", "aws:s3/bucketPolicy:BucketPolicy", "example"), source, date(2026, 11, 24))
    assert type(finding) is {"Violating": NotDenied, "Compliant": Compliant}[section]


@pytest.mark.parametrize("name", RULES)
def test_each_rule_file_tells_all_of_it(name: str) -> None:
    """The promise in one sentence, why, examples of both kinds and limits, in this order."""
    document = MODULES[name].__doc__ or ""
    assert tuple(re.findall(r"^## (.+)$", document, re.MULTILINE)) == SECTIONS
    promise = document.strip().partition("\n\n")[0]
    assert promise.endswith(".")
    assert ". " not in promise.replace("\n", " ")
    language = "json" if isinstance(RULES[name], Rule) else "python"
    assert all(read_examples(name, section, language) for section in ("Violating", "Compliant"))


def test_each_rule_file_is_in_the_pack() -> None:
    """None is forgotten, and none is there twice."""
    assert sorted(MODULES) == sorted(rule.name for rule in ALL)


@pytest.mark.parametrize("name", RULES)
def test_each_policy_has_the_page_it_links_to(name: str) -> None:
    """The address ends at a file of this repository."""
    page = ROOT / "docs" / link(RULES[name]).partition("/docs/")[2]
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {name}\n")
    assert "python -m offline preview" in text
    assert [key for key in RULES[name].keys if f"| `{key}` |" not in text] == []


def read_configurations() -> list[tuple[str, str, object]]:
    """Every configuration that a page shows, as (page, policy, what it is given)."""
    found: list[tuple[str, str, object]] = []
    for page in sorted((ROOT / "docs").rglob("*.md")):
        blocks = re.findall(r"```json\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        for block in map(json.loads, blocks):
            found += [(page.name, name, given) for name, given in block.items() if name in RULES]
    return found


@pytest.mark.parametrize(("page", "name", "given"), read_configurations())
def test_the_configurations_on_the_pages_are_accepted(page: str, name: str, given: object) -> None:
    """What people paste works."""
    config = given if isinstance(given, dict) else {"enforcementLevel": given}
    assert not isinstance(read_settings(config, RULES[name].keys), Rejected), page


def test_every_link_between_pages_leads_somewhere() -> None:
    """Relative links of the pages, of README and of the other documents at the top."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


@pytest.mark.parametrize(("section", "expected"), [("Violating", 1), ("Compliant", 0)])
def test_the_programs_are_what_they_are_said_to_be(tmp_path: Path, section: str, expected: int) -> None:
    """The stack policy's examples are programs, run by the embedded engine."""
    (program,) = read_examples("aws-s3-bucket-has-policy", section, "python")
    (tmp_path / "Pulumi.yaml").write_text("name: example\nruntime: python\n", encoding="utf-8")
    (tmp_path / "__main__.py").write_text(program, encoding="utf-8")
    violations = [one for one in find_violations(tmp_path) if one.policy == "aws-s3-bucket-has-policy"]
    assert len(violations) == expected
