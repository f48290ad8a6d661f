"""The example of docs/how-it-decides.md is what the code does, line by line."""

import ast
import json
import re
from pathlib import Path

from bucketpolicy.document import Document
from bucketpolicy.goal import SSE, TRANSPORT, Absent, Goal, Target
from bucketpolicy.judge import judge
from bucketpolicy.parse import parse
from bucketpolicy.proof.certificate import Inside, Step
from bucketpolicy.proof.compile import compile_target
from bucketpolicy.proof.conditions import FALSE, TRUE, Constraint, Texts
from bucketpolicy.proof.cubes import Cube, key_variable
from bucketpolicy.proof.domains import ABSENT, EMPTY
from bucketpolicy.verdict import Counterexample, Denied
from tests.bucketpolicy.verdicts import name_principal
from tests.differential.atoms import decide_by_atoms
from tools.measure import count_code

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-it-decides.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
(WRITTEN,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
SPACE, CUBES, PROOF = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
GOAL = Goal("example-bucket", "aws", (Target(("s3:PutObject",), "object", (Absent(SSE),)),))
_NAMES = {key_variable(SSE): "header", key_variable(TRANSPORT): "transport"}
_VALUES: dict[Constraint, str] = {
    TRUE: " = true",
    FALSE: " = false",
    ABSENT: " absent",
    Texts(ABSENT | EMPTY, (), inside=True): " absent",
}


def read(text: str) -> Document:
    """The document."""
    document = parse(text)
    assert isinstance(document, Document)
    return document


def list_trusted(*roots: str) -> set[Path]:
    """The modules of the two readings that these import, directly or not."""
    found: set[Path] = set()
    waiting = [ROOT / root for root in roots]
    while waiting:
        path = waiting.pop()
        if path not in found and path.exists() and path.parent.name in ("semantics", "proof"):
            found.add(path)
            nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            waiting += [ROOT / f"{node.module.replace('.', '/')}.py" for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return found


def count(*roots: str) -> int:
    """Their lines of code."""
    return sum(count_code(path.read_text(encoding="utf-8")) for path in list_trusted(*roots))


def test_what_is_trusted_is_as_large_as_the_page_says() -> None:
    """Within a twentieth: the reading that replays, the checker, the compiler and what it needs, the probe, and what is beneath all."""
    (reading, checker, compiler, probe, beneath) = (
        int(re.findall(pattern, PAGE)[0].replace(",", ""))
        for pattern in (
            r"some ([\d,]+) lines of code: whether",
            r"`check_proof`, (\d+) lines",
            r"some ([\d,]+) lines of code that the checker",
            r"`probe`, (\d+) lines",
            r"some ([\d,]+) lines of code beneath both",
        )
    )
    folder = "bucketpolicy"
    sizes = {
        count(f"{folder}/semantics/evaluate.py", f"{folder}/semantics/feasible.py"): reading,
        count_code((ROOT / folder / "proof" / "check.py").read_text(encoding="utf-8")): checker,
        count(f"{folder}/proof/compile.py", f"{folder}/proof/encoding.py"): compiler,
        sum(count_code((ROOT / folder / "semantics" / name).read_text(encoding="utf-8")) for name in ("probe.py", "edges.py")): probe,
    }

    sizes[sum(count_code((ROOT / folder / f"{name}.py").read_text(encoding="utf-8")) for name in ("parse", "operators", "rename"))] = (
        beneath
    )

    assert {size: told for size, told in sizes.items() if abs(size - told) > told / 20} == {}
    assert f"some {reading} lines of code that share nothing" in README
    assert f"shares some {compiler:,} lines with the search" in README


def tell_literal(name: str, constraint: Constraint) -> str:
    """A literal in the page's words."""
    return _NAMES[name] + _VALUES[constraint]


def tell_cube(number: int, cube: Cube) -> str:
    """A cube as the page writes it."""
    source = f"statement {cube.statement}" if cube.statement else f"axiom {','.join(cube.assumptions)}"
    return f"{f'[{number}] ' + ' and '.join(tell_literal(*pair) for pair in cube.literals):<43} {source}"


def tell_steps(steps: tuple[Step, ...], cubes: tuple[Cube, ...], number: int = 0, indent: str = "") -> list[str]:
    """The tree below one step; a part without a step of its own lies in the cube."""
    step = steps[number]
    if isinstance(step, Inside):
        return [f"in [{step.cube}]"]
    head = f"split along {tell_literal(*cubes[step.cube].literals[step.literal])} [{step.cube}]"
    lines = [head]
    for side, following in (("inside: ", step.inside), ("outside:", step.outside)):
        first, *rest = tell_steps(steps, cubes, following, f"{indent}  ") if following >= 0 else [f"in [{step.cube}]"]
        lines += [f"{indent}  {side} {first}", *rest]
    return lines


def test_the_goal_is_the_one_that_is_written_down() -> None:
    """One action, on objects, without the header."""
    assert SPACE.split() == f"action = s3:PutObject on an object {SSE} absent".split()


def test_the_cubes_and_the_proof_are_those_of_the_document() -> None:
    """And so are the statements and the assumption of the verdict, and what the specification says."""
    document = read(WRITTEN)
    verdict = judge(document, GOAL)
    cubes = compile_target(document, GOAL._replace(targets=()), GOAL.targets[0]).lower

    assert isinstance(verdict, Denied)
    assert CUBES.splitlines() == [tell_cube(number, cube) for number, cube in enumerate(cubes)]
    assert PROOF.splitlines() == tell_steps(verdict.proof.covers[0], cubes)
    assert (verdict.statements, verdict.assumptions) == ((1, 2), ("secure-transport-present",))
    assert "**Denied** by statements 1 and 2, assuming `secure-transport-present`" in PAGE
    assert decide_by_atoms(document, GOAL) == "denied"


def test_without_the_second_statement_the_request_of_the_page_gets_through() -> None:
    """Caller, action, resource and the one condition key that matters."""
    written = json.loads(WRITTEN)
    document = read(json.dumps(written | {"Statement": written["Statement"][:1]}))
    verdict = judge(document, GOAL)

    assert isinstance(verdict, Counterexample)
    ((key, (value,)),) = verdict.request.context
    told = (name_principal(verdict.request.principal), verdict.request.action, verdict.request.resource, f"{key}={value}")
    assert all(f"`{word}`" in PAGE for word in told), told
    assert decide_by_atoms(document, GOAL) == "gets through"
