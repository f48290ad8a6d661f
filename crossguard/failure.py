"""What is reported when the pack itself fails, so that nothing passes silently and no exception reaches the engine."""

import traceback
from pathlib import Path

from crossguard.pack.rule import Rule, StackRule, link


def describe_failure(rule: Rule | StackRule, error: Exception) -> str:
    """The violation in words: where our code failed, and nothing of the error's own text, which may quote what nobody may read."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return (
        f"This cannot be decided: internal error of {rule.name}, in {where}.\n"
        "That is a mistake in the policy pack, and not in your program; please report it with the document, if you may show it.\n"
        f"Until it is mended, an exemption with a reason lets the update through: {link(rule)}"
    )
