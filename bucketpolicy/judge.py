"""Whether a document denies every request of a goal: decided, and replayed before it is shown."""

from bucketpolicy.document import Document, Problem
from bucketpolicy.goal import Goal
from bucketpolicy.verdict import Undecided, Verdict


def judge(document: Document, goal: Goal) -> Verdict:
    """The verdict; a stub that claims nothing."""
    del document, goal
    return Undecided((Problem("$", "nothing is decided yet"),))
