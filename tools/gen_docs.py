"""
Write what the code defines: a docs page for each policy, the page of the named assumptions, the README's table of policies, and the names
that `bucketpolicy` offers in docs/architecture.md.

`--check` writes nothing and fails where a page is out of date.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bucketpolicy.goal import Assumptions  # noqa: E402  the checkout is not installed
from bucketpolicy.repair import write_statements  # noqa: E402  as above
from crossguard.messages.programs import LANGUAGES, Runtime, write_statements_in  # noqa: E402  as above
from crossguard.pack.assumptions import MEANINGS  # noqa: E402  as above
from crossguard.pack.frameworks import CONTROLS, THREE_TIER, Control, list_controls  # noqa: E402  as above
from crossguard.pack.rule import FRAMEWORK, FRAMEWORK_VERSION, Rule, StackRule  # noqa: E402  as above
from crossguard.pack.settings import DEFAULTS, KEYS, describe  # noqa: E402  as above
from policies import ALL  # noqa: E402  as above


def main() -> int:
    """0 when every page is up to date, or has been brought up to date."""
    check = "--check" in sys.argv[1:]
    stale = [path for path, text in render_all() if not refresh(path, text, write=not check)]
    if check and stale:
        names = ", ".join(str(path.relative_to(ROOT)) for path in stale)
        print(f"{names}: not what the rule files say; run: make docs", file=sys.stderr)
        return 1
    return 0


def refresh(path: Path, text: str, *, write: bool) -> bool:
    """Write the page where it differs; gives whether it was up to date."""
    fresh = path.exists() and path.read_text(encoding="utf-8") == text
    if write and not fresh:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return fresh


def render_all() -> Iterator[tuple[Path, str]]:
    """Every generated file with its text."""
    for rule, document in zip(ALL, read_docstrings(), strict=True):
        yield ROOT / "docs" / "policies" / f"{rule.name}.md", render_page(rule, document)
    yield ROOT / "docs" / "assumptions.md", render_assumptions()
    yield fill(ROOT / "docs" / "frameworks.md", "controls", render_frameworks())
    yield fill(ROOT / "README.md", "policies", render_table())
    yield fill(ROOT / "docs" / "architecture.md", "surface", render_surface())


def fill(page: Path, mark: str, text: str) -> tuple[Path, str]:
    """The page with this text between the marks of this name."""
    head, begin, rest = page.read_text(encoding="utf-8").partition(f"<!-- {mark}: begin -->\n")
    _, end, tail = rest.partition(f"<!-- {mark}: end -->\n")
    return page, f"{head}{begin}{text}{end}{tail}"


def read_docstrings() -> Iterator[str]:
    """The docstrings of the rule files, in the order of `policies.ALL`."""
    folder = ROOT / "policies"
    modules = [import_module(f"policies.{path.stem}") for path in sorted(folder.glob("*.py")) if path.stem != "__init__"]
    for rule in ALL:
        yield from (module.__doc__ or "" for module in modules if module.RULE is rule)


def render_table() -> str:
    """The README's table."""
    rows = [
        f"| [{rule.name}](docs/policies/{rule.name}.md) | {rule.level} | {promise(document)} |"
        for rule, document in zip(ALL, read_docstrings(), strict=True)
    ]
    return "\n".join(["| policy | level | promise |", "|---|---|---|", *rows, ""])


def render_surface() -> str:
    """What the other packages import of `bucketpolicy`, by module."""
    used: dict[str, set[str]] = {}
    for path in (path for package in ("crossguard", "policies", "offline") for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("bucketpolicy."):
                used.setdefault(node.module.removeprefix("bucketpolicy."), set()).update(alias.name for alias in node.names)
    rows = (f"| `{module}` | {', '.join(f'`{name}`' for name in sorted(used[module], key=str.lower))} |" for module in sorted(used))
    return "\n".join(["| module | names |", "|---|---|", *rows, ""])


def promise(document: str) -> str:
    """The first sentence of a rule file, which is its promise."""
    return document.strip().partition("\n\n")[0].replace("\n", " ")


def render_assumptions() -> str:
    """The page of the named assumptions; every one has a meaning and a row in docs/semantics.md, or this fails."""
    defaults = {name.replace("_", "-"): default for name, default in Assumptions()._asdict().items()}
    rows = [f"| `{name}` | {'on' if on else 'off'} | {MEANINGS[name]} | {find_row(name)} |" for name, on in defaults.items()]
    return "\n".join([ASSUMPTIONS.strip(), "", "| name | default | says | row |", "|---|---|---|---|", *rows, ""])


def find_row(assumption: str) -> str:
    """The row of docs/semantics.md that speaks of an assumption."""
    lines = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8").splitlines()
    return next(line.split("|")[1].strip() for line in lines if line.startswith("| S-") and f"`{assumption}`" in line)


ASSUMPTIONS = """
# Named assumptions

<!-- Generated by tools/gen_docs.py from crossguard/pack/assumptions.py and the defaults in bucketpolicy/goal.py; change it there. -->

A proof may need what AWS implies and states nowhere.
Each such thing has a name, and a verdict lists those that it needed.
With one of them switched off, what rests on it is no longer compliant.

```json
{"aws-s3-bucket-policy-denies-insecure-transport": {"assumptions": {"string-op-on-bool-key": false}}}
```

On by default is what AWS's texts imply, or what every implementation agrees on; off is what could turn into a false pass.
With `secure-transport-present` off, too, *without TLS* are the requests whose `aws:SecureTransport` is `false`.
The rows are those of [semantics.md](semantics.md).
"""


def render_page(rule: Rule | StackRule, document: str) -> str:
    """The page: what the rule file says, with configuration and adoption in their places."""
    told, limits, rest = document.strip().partition("## Limits\n")
    page = "\n".join(
        [
            f"# {rule.name}",
            "",
            "<!-- Generated by tools/gen_docs.py from the rule file in policies/; change it there. -->",
            "",
            told.strip(),
            "",
            *render_facts(rule),
            *render_configuration(rule),
            limits + rest.rstrip(),
            "",
            *(render_programs(rule) if isinstance(rule, Rule) else []),
            *render_early(rule),
            *render_adoption(rule),
        ]
    )
    return page.rstrip() + "\n"


def render_programs(rule: Rule) -> list[str]:
    """The statements that the policy asks for, as members of a document in each language."""
    statements = write_statements(rule.goal("example-bucket", "aws", DEFAULTS))
    lines = ["## In a program", "", "The statements that settle this policy, as members of the list `Statement` of the document.", ""]
    for runtime, name in LANGUAGES.items():
        lines += [f"{name}:", "", f"```{FENCES[runtime]}", write_statements_in(runtime, statements).rstrip(","), "```", ""]
    return lines


FENCES: dict[Runtime, str] = {
    "python": "python",
    "nodejs": "typescript",
    "go": "go",
    "yaml": "yaml",
    "java": "java",
    "dotnet": "csharp",
}


def render_facts(rule: Rule | StackRule) -> list[str]:
    """What Pulumi is told of the policy."""
    kind = "each bucket policy by itself" if isinstance(rule, Rule) else "the stack as a whole"
    return [
        "## Facts",
        "",
        "| | |",
        "|---|---|",
        f"| level | {rule.level} |",
        f"| severity | {rule.severity} |",
        f"| judges | {kind} |",
        f"| control | {FRAMEWORK} {FRAMEWORK_VERSION}, {rule.reference} |",
        *render_controls(rule),
        f"| to comply | {rule.remediation_steps} |",
        "",
    ]


def render_controls(rule: Rule | StackRule) -> list[str]:
    """A row for the frameworks that ask for the same, and one for those that mean it."""
    controls = [control for control in list_controls(rule.name) if control.framework != THREE_TIER]
    asked = name_controls(control for control in controls if rule.name in control.asked)
    meant = name_controls(control for control in controls if rule.name in control.by_intent)
    rows = (("asked for by", asked), ("by intent", meant))
    return [f"| {name} | {told} ([frameworks](../frameworks.md)) |" for name, told in rows if told]


def name_controls(controls: Iterable[Control]) -> str:
    """The controls by their frameworks."""
    groups = groupby(controls, lambda control: control.framework)
    return "; ".join(f"{framework.name}, {framework.version}: {', '.join(each.id for each in group)}" for framework, group in groups)


def render_frameworks() -> str:
    """The table of all controls."""
    rows = [
        f"| {framework.name} | {framework.version} | {control_id} | {link_policies(asked)} | {link_policies(by_intent)} |"
        for framework, control_id, asked, by_intent in CONTROLS
    ]
    return "\n".join(["| framework | version | control | asked of | by intent |", "|---|---|---|---|---|", *rows, ""])


def link_policies(names: tuple[str, ...]) -> str:
    """The policies by their last words, each with its page."""
    return ", ".join(f"[{name.removeprefix('aws-s3-bucket-').removeprefix('policy-')}](policies/{name}.md)" for name in names)


def render_configuration(rule: Rule | StackRule) -> list[str]:
    """The keys the policy takes, with what is accepted."""
    rows = [
        f"| `{name}` | {describe(key.schema).replace('|', chr(92) + '|')} | {key.default} | {key.about} |"
        for name, key in ((name, KEYS[name]) for name in rule.keys)
    ]
    return [
        "## Configuration",
        "",
        "In the file that `pulumi preview --policy-pack-config` takes, or `python -m offline ... --policy-config`, or in Pulumi Cloud:",
        "",
        "```json",
        "{",
        f'  "{rule.name}": {{',
        f'    "enforcementLevel": "{rule.level}",',
        '    "exemptions": [',
        '      {"bucket": "legacy-*", "reason": "moves to the new uploader", "owner": "data team", "expires": "2027-03-31"}',
        "    ]",
        "  }",
        "}",
        "```",
        "",
        "| key | accepted | default | meaning |",
        "|---|---|---|---|",
        f"| `enforcementLevel` | `advisory`, `mandatory`, `remediate` or `disabled` | `{rule.level}` | Pulumi's own |",
        *rows,
        "",
        "A wrong configuration never passes: the engine refuses what the schema can say before the program runs,",
        "and the policy reports the rest as a violation, and judges nothing with it.",
        "",
    ]


def render_early(rule: Rule | StackRule) -> list[str]:
    """How the policy is seen in a first preview, and how to see more."""
    if isinstance(rule, Rule):
        what = [
            "A document built from `bucket.arn` or `bucket.id` is not known before the bucket exists.",
            "Built from `bucket.bucket`, it is: the provider chooses the name before it asks the pack.",
        ]
    else:
        what = [
            "Which bucket a policy belongs to is told by `bucket=bucket.bucket` before anything exists; `bucket=bucket.id` is told by its",
            "dependencies only.",
        ]
    return [
        "## In a first preview",
        "",
        *what,
        "What stays unknown is checked again during the update; to have it decided before anything exists, run the embedded engine,",
        "which fills in what an update would:",
        "",
        "```sh",
        "python -m offline preview PATH/TO/YOUR/PROGRAM",
        "```",
        "",
    ]


def render_adoption(rule: Rule | StackRule) -> list[str]:
    """The way from no enforcement to enforcement."""
    return [
        "## Adopt it gradually",
        "",
        f'1. **Advise.** `{{"{rule.name}": "advisory"}}`: every stack shows what it would be blocked for, and nothing stops.',
        "2. **Exempt with an end.** Give what cannot change yet an entry in `exemptions`, with a reason, an owner and `expires`;",
        "   when the day has passed, the violation comes back and says so.",
        f'3. **Block.** `{{"{rule.name}": "mandatory"}}`'
        + (": new stacks cannot go wrong any more." if rule.level == "mandatory" else ", where the whole organization has got there."),
        *(REPAIR if isinstance(rule, Rule) and rule.remediates else NO_REPAIR),
        "",
    ]


REPAIR = (
    '4. **Repair, if you like.** `"enforcementLevel": "remediate"` adds the missing Deny statements to the document.',
    "   It does so in previews and updates, leaves every other statement as it is, and does nothing where nothing is missing.",
    "   A document that would pass S3's 20,480 bytes, or that S3 would refuse, is reported instead.",
    "",
    '`{"all": "remediate"}` also makes the advisory `aws-s3-bucket-policy-denies-all-insecure-requests` mandatory, which repairs nothing:',
    "set the level for each policy by its own name.",
)
NO_REPAIR = (
    "",
    "It repairs nothing: `remediate` counts as `mandatory`.",
)


if __name__ == "__main__":
    sys.exit(main())
