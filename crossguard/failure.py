"""What is reported when the pack itself fails: nothing passes silently, and no exception reaches the engine."""

import traceback
from pathlib import Path

from crossguard.pack.rule import Rule, StackRule, link


def describe_failure(rule: Rule | StackRule, error: Exception) -> str:
    """The violation in words: where our code failed, and nothing of the error's own text, which may quote what nobody may read."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return (
        f"This cannot be decided: internal error of {rule.name}, in {where}.\n"
        "This is a bug in the policy pack, not in your program. Please report it, with the document if you may share it.\n"
        f"Until it is fixed, exempt the resource, with a reason, to unblock the update: {link(rule)}"
    )
