"""What is so about the pack in this checkout: where it is, what it is called, its version, and how its policies describe themselves."""

import platform
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from crossguard.pack.rule import Rule, StackRule, link
from offline.configuration import Level
from offline.run import PolicyInfo

PACK = "s3-encryption-guard"
ROOT = Path(__file__).resolve().parent.parent


def read_version() -> str:
    """The version in PulumiPolicy.yaml, which is what Pulumi shows as well."""
    # By the loader, which also reads from an archive: on a cluster's workers this is in one.
    text = cast("Any", __spec__).loader.get_data(str(ROOT / "PulumiPolicy.yaml")).decode()
    found = re.search(r"^version:\s*[\"']?([0-9A-Za-z.+-]+)", text, re.MULTILINE)
    return found[1] if found else "0.0.0"


def list_versions() -> dict[str, str]:
    """What takes part in a verdict besides the pack, by name."""
    return {"Python": platform.python_version(), "pulumi": version("pulumi"), "pulumi-policy": version("pulumi-policy")}


def describe(rule: Rule | StackRule, level: Level) -> PolicyInfo:
    """The policy as a booted pack describes it."""
    return PolicyInfo(rule.name, rule.description, "resource" if isinstance(rule, Rule) else "stack", level, rule.severity, link(rule))
