"""A rule: one promise of the pack as a value, without the SDK. The files of `policies/` hold one each."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from bucketpolicy.goal import Goal
from crossguard.pack.settings import Settings

REPOSITORY = "https://github.com/s3-encryption-guard/s3-encryption-guard"
#: What the rules' `reference` is a recommendation of.
FRAMEWORK = "CIS Three-tier Web Architecture Benchmark"
FRAMEWORK_VERSION = "1.0.0"

Level = Literal["mandatory", "advisory"]
Severity = Literal["low", "medium", "high", "critical"]
#: (bucket's name or None, partition, settings) -> the requests that must be denied
GoalOf = Callable[[str | None, str, Settings], Goal]


class Rule(NamedTuple):
    """
    A promise about the document attached to one bucket.

    `keys` are the configuration keys the rule takes, besides `enforcementLevel`. `goal` gives the requests that must be denied, with the
    Sids of the statements that deny them; what is said of a document and what repairs it follow from there, whatever the promise is.
    `remediates`: whether those statements are added to documents by itself. That is for a promise no wider than uploads: a Deny of more
    could take a website endpoint off the air.
    """

    name: str
    description: str
    level: Level
    severity: Severity
    keys: tuple[str, ...]
    goal: GoalOf
    remediation_steps: str
    reference: str
    remediates: bool


class StackRule(NamedTuple):
    """A promise about all buckets of a stack together."""

    name: str
    description: str
    level: Level
    severity: Severity
    keys: tuple[str, ...]
    remediation_steps: str
    reference: str


def link(rule: Rule | StackRule) -> str:
    """The docs page of a rule."""
    return f"{REPOSITORY}/blob/main/docs/policies/{rule.name}.md"
