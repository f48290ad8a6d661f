"""What the tool says of itself: its policies, their pages, its versions, and how a shell completes its commands."""

import re
from importlib import import_module
from pathlib import Path

import policies
from bucketpolicy.repair import write_statements
from bucketpolicy.tables import actions
from crossguard.messages.programs import LANGUAGES, write_statements_in
from crossguard.pack.rule import FRAMEWORK, FRAMEWORK_VERSION, Rule, StackRule, link
from crossguard.pack.settings import KEYS, Settings
from offline.pack_info import PACK, list_versions, read_version

NAMES: tuple[str, ...] = tuple(rule.name for rule in policies.ALL)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def tell_versions() -> str:
    """Those of the pack, its tables, its SDK and the interpreter."""
    found = _DATE.search(actions.__doc__ or "")
    tables = f"actions and condition keys of AWS's Service Authorization Reference of {found[0]}" if found else "actions and condition keys"
    versions = list_versions()
    python = versions.pop("Python")
    sdk = ", ".join(f"{name} {number}" for name, number in versions.items())
    lines = (f"{PACK} {read_version()}", tables, sdk, f"Python {python}")
    return "".join(f"{line}\n" for line in lines)


def list_policies() -> str:
    """Each policy with its level and its promise."""
    return "\n".join(f"{rule.name}\n  {rule.level}: {tell_promise(rule)}\n" for rule in policies.ALL)


def tell_promise(rule: Rule | StackRule) -> str:
    """The first paragraph of the rule's file."""
    return " ".join(_read_page(rule).partition("\n\n")[0].split())


def explain_policy(name: str) -> str:
    """The page of a policy, as Markdown."""
    rule = next(rule for rule in policies.ALL if rule.name == name)
    keys = "\n".join(f"* `{key}` (default {KEYS[key].default}): {KEYS[key].about}" for key in rule.keys)
    facts = (
        f"* level: {rule.level}, severity: {rule.severity}",
        f"* control: {FRAMEWORK} {FRAMEWORK_VERSION}, {rule.reference}",
        f"* to comply: {rule.remediation_steps}",
        f"* page: {link(rule)}",
    )
    page = f"# {rule.name}\n\n{_read_page(rule)}\n\n## Facts\n\n{chr(10).join(facts)}\n\n## Configuration\n\n{keys}\n"
    return page + (_write_programs(rule) if isinstance(rule, Rule) else "")


def _write_programs(rule: Rule) -> str:
    """The statements that keep the promise, in the language of each kind of program."""
    statements = write_statements(rule.goal(None, "aws", Settings()))
    blocks = (f"### {name}\n\n```{name.lower()}\n{write_statements_in(each, statements)}\n```\n" for each, name in LANGUAGES.items())
    head = "\n## In a program\n\nMembers of the list of statements of a document; `BUCKET` stands for the bucket's name.\n\n"
    return head + "\n".join(blocks)


def _read_page(rule: Rule | StackRule) -> str:
    names = (path.stem for path in sorted(Path(policies.__file__).parent.glob("*.py")) if path.stem != "__init__")
    modules = (import_module(f"policies.{name}") for name in names)
    return next((module.__doc__ or "").strip() for module in modules if getattr(module, "RULE", None) is rule)
