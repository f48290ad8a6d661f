"""
Begin a new policy: a rule file with a promise to rewrite, its first case of each verdict, and its entry in `policies.ALL`.

`python tools/new_policy.py denies_something`; CONTRIBUTING.md says what comes next.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = 140
NAME = re.compile(r"[a-z]+(_[a-z0-9]+)+")

RULE = '''"""
Every `s3:PutObject` on every object of the bucket made without TLS is explicitly denied.

## Why

Say what goes wrong without it, and who asks for it.

## Violating

Say in a sentence what gets through.

```json
{violating}
```

## Compliant

```json
{compliant}
```

## Limits

* Say what the promise leaves out.
"""

from bucketpolicy.goal import TRANSPORT, Equal, Goal, Target
from crossguard.pack.rule import Rule
from crossguard.pack.settings import Settings


def _promise(bucket: str | None, partition: str, settings: Settings) -> Goal:
    """The requests that must be denied: the promise once more, as a value."""
    targets = (Target(("s3:PutObject",), "object", (Equal(TRANSPORT, "false"),), "{sid}"),)
    return Goal(bucket, partition, targets, settings.exempt_principals, settings.assumptions)


RULE = Rule(
    name="{name}",
    description="The bucket policy of an S3 bucket should deny ...",
    level="advisory",
    severity="medium",
    keys=("exemptions", "partition", "exemptPrincipals", "assumptions"),
    goal=_promise,
    remediation_steps="Add a Deny statement for everyone to the bucket policy: ...",
    reference="1.16",
    remediates=False,
)
'''


def main() -> int:
    """0 when the files are there, 2 when the name is no good or taken."""
    arguments = sys.argv[1:]
    if len(arguments) != 1 or not NAME.fullmatch(arguments[0]):
        print("usage: python tools/new_policy.py denies_something   (lower case, words joined by `_`)", file=sys.stderr)
        return 2
    module = arguments[0]
    path = ROOT / "policies" / f"{module}.py"
    if path.exists():
        print(f"policies/{module}.py exists", file=sys.stderr)
        return 2
    name = f"aws-s3-bucket-policy-{module.replace('_', '-')}"
    path.write_text(write_rule(name, module), encoding="utf-8")
    register(ROOT / "policies" / "__init__.py", module)
    for verdict, document in (("compliant", deny("false")), ("violating", deny("true")), ("undecided", deny("sometimes"))):
        write_case(ROOT / "tests" / "cases" / name / verdict / "first.json", document)
    print(f"policies/{module}.py\ntests/cases/{name}/\npolicies/__init__.py\n\nNow: CONTRIBUTING.md, `Add a policy`, from step 2 on.")
    return 0


def write_rule(name: str, module: str) -> str:
    """The rule file; it is complete and true, and promises what a sibling promises already."""
    sid = "".join(word.capitalize() for word in module.split("_")).replace("Denies", "Deny", 1)
    return (
        RULE.replace("{name}", name)
        .replace("{sid}", sid)
        .replace("{violating}", json.dumps(deny("true"), indent=2))
        .replace("{compliant}", json.dumps(deny("false"), indent=2))
    )


def deny(value: str) -> dict[str, object]:
    """A document that denies uploads where `aws:SecureTransport` has this value."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::example-bucket/*",
        "Condition": {"Bool": {"aws:SecureTransport": value}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def register(path: Path, module: str) -> None:
    """Import the module, in alphabetical order, and put its rule before the stack policy."""
    text = path.read_text(encoding="utf-8")
    found = re.search(r"^from policies import (\([^)]*\)|.+)$", text, re.MULTILINE)
    if found is None:
        message = f"{path} imports its rules in another way than expected"
        raise SystemExit(message)
    modules = sorted({*re.findall(r"\w+", found[1]), module})
    line = f"from policies import {', '.join(modules)}"
    if len(line) > COLUMNS:
        line = "\n".join(["from policies import (", *(f"    {name}," for name in modules), ")"])
    text = text.replace(found[0], line)
    path.write_text(text.replace("    has_policy.RULE,", f"    {module}.RULE,\n    has_policy.RULE,"), encoding="utf-8")


def write_case(path: Path, document: dict[str, object]) -> None:
    """One case file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    case = {"about": "Say what this case is about.", "bucket": "example-bucket", "document": document}
    path.write_text(f"{json.dumps(case, indent=2)}\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
