"""What can be shown of a denial to somebody who does not have this code: its proof, as trees of questions."""

from functools import lru_cache

from bucketpolicy.document import Document
from bucketpolicy.goal import Goal
from bucketpolicy.proof.certificate import Proof
from bucketpolicy.proof.tree import Tree, draw_trees
from bucketpolicy.rename import share_name

# The buckets of an organization have the same documents but for their names.
_draw = lru_cache(maxsize=64)(draw_trees)


def export_proof(document: Document, goal: Goal, proof: Proof) -> tuple[Tree, ...]:
    """The tree of each target of the goal, from the proof of a denial that `judge` found."""
    return _draw(*(share_name(document, goal) or (document, goal)), proof)
