"""
A second look at the evidence of `Denied`, without the search that found it.

Trusted here: what a statement means (`compile`), and how a literal cuts a domain in two (`domains`). Not trusted: that the cases were
distinguished rightly and completely, which is what the search does.
"""

from bucketpolicy.document import Document
from bucketpolicy.goal import Goal
from bucketpolicy.proof.budget import Budget
from bucketpolicy.proof.certificate import Inside, Proof, Step
from bucketpolicy.proof.compile import compile_target
from bucketpolicy.proof.domains import Domain, Literals, split
from bucketpolicy.proof.encoding import encode


def check_proof(document: Document, goal: Goal, proof: Proof, budget: Budget | None = None) -> bool:
    """True iff the proof leads all of the goal into cubes that the document surely denies, under assumptions that are among the goal's."""
    if any(used and not given for used, given in zip(proof.assumptions, goal.assumptions, strict=True)):
        return False
    budget = Budget() if budget is None else budget
    setting = goal._replace(targets=(), assumptions=proof.assumptions)
    if len(proof.covers) != len(goal.targets):
        return False
    for target, steps in zip(goal.targets, proof.covers, strict=True):
        space, cubes, *_ = compile_target(document, setting, target)
        used = sorted({step.cube for step in steps} & set(range(len(cubes))))
        encoding = encode(space, tuple(cubes[number].literals for number in used), budget, upper=False)
        if encoding is not None and not check_cover(encoding.space, dict(zip(used, encoding.cubes, strict=True)), steps, budget):
            return False
    return True


#: Ticks for a step of a proof.
_STEP = 8


def check_cover(space: tuple[Domain, ...], cubes: dict[int, Literals], steps: tuple[Step, ...], budget: Budget) -> bool:
    """True iff these steps lead every point of the space into some cube. Steps only lead forward, so that none leads in a circle."""
    tasks = [(0, space)]
    while tasks:
        number, part = tasks.pop()
        budget.spend(_STEP)
        if not 0 <= number < len(steps) or steps[number].cube not in cubes:
            return False
        step, cube = steps[number], cubes[steps[number].cube]
        if isinstance(step, Inside):
            if not _holds(cube, part):
                return False
        elif not 0 <= step.literal < len(cube):
            return False
        else:
            variable, literal = cube[step.literal]
            for following, half in zip((step.outside, step.inside), split(part[variable], literal), strict=True):
                rest = part if half is None else (*part[:variable], half, *part[variable + 1 :])
                if half and following < 0 and not _holds(cube, rest):
                    return False
                if half and following >= 0:
                    if following <= number:
                        return False
                    tasks.append((following, rest))
    return True


def _holds(cube: Literals, part: tuple[Domain, ...]) -> bool:
    return not any(split(part[variable], literal)[0] for variable, literal in cube)
