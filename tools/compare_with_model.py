"""
Compare the verifier with the Coq model of its core on random certificates: `compare_with_model.py [COUNT] [SEED]`.

The model's own checker is extracted to OCaml and compiled (coqc, ocamlfind), and each certificate is put to both; 1 where they differ.
What the model leaves out is the same in all: everybody uploads every object. Values are strings, of keys that AWS never leaves empty.
"""

import contextlib
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from verifier import verify  # noqa: E402 (a script of this folder finds its neighbours by path)

KEYS = ("aws:SourceVpc", "aws:SourceAccount", "aws:username")
BATCH = 2_000
LITERALS = ("a", "b", "ab", "aa", "c")
GLOBS = (*LITERALS, "*", "a*", "*a", "?", "a?", "?*", "*b*", "??", "")


class Condition(NamedTuple):
    """A test of one key: of presence (`patterns` is empty: absent or, negated, there), or of globs."""

    key: int
    negated: bool
    if_exists: bool
    patterns: tuple[str, ...]

    def numbers(self) -> list[int]:
        """As the model's driver reads it."""
        if not self.patterns:
            return [self.key, 1, int(not self.negated)]
        return [self.key, 0, int(self.negated), int(self.if_exists), *counted([as_glob(pattern) for pattern in self.patterns])]

    def operator(self) -> str:
        """As a policy has it."""
        if not self.patterns:
            return "Null"
        return f"String{'Not' if self.negated else ''}Like{'IfExists' if self.if_exists else ''}"

    def opposite(self) -> "Condition":
        """What holds where this does not, but for an absent key where no operator says so."""
        return self._replace(negated=not self.negated, if_exists=False)


def as_glob(pattern: str) -> list[int]:
    """A glob's symbols, counted."""
    return [len(pattern), *({"?": -1, "*": -2}.get(letter, ord(letter)) for letter in pattern)]


def counted(parts: list[list[int]]) -> list[int]:
    """A list, with its length before it."""
    return [len(parts), *(number for part in parts for number in part)]


def make_condition(random: Random) -> Condition:
    """Any."""
    patterns = tuple(random.choices(GLOBS, k=random.choice((1, 1, 2)))) if random.random() < 0.75 else ()
    return Condition(random.randrange(len(KEYS)), random.random() < 0.5, bool(patterns) and random.random() < 0.3, patterns)


def make_question(random: Random) -> tuple[Condition, dict[str, Any]]:
    """A question of a certificate, and the condition that says the same."""
    key, kind = random.randrange(len(KEYS)), random.choice(("absent", "absent-or-other", "equal"))
    if kind == "absent":
        return Condition(key, negated=False, if_exists=False, patterns=()), {"key": KEYS[key], "is": kind}
    values = random.choices(LITERALS, k=random.choice((1, 2)))
    condition = Condition(key, negated=kind == "absent-or-other", if_exists=False, patterns=tuple(values))
    return condition, {"key": KEYS[key], "is": kind, "values": values}


class Case:
    """A random document, goal and tree, for the model and for the verifier. Every leaf once had a statement that follows the way to it."""

    def __init__(self, random: Random) -> None:
        """Made at once."""
        self.random = random
        self.statements: list[list[Condition]] = []
        goal = [make_question(random) for _ in range(random.choice((0, 1, 1, 2)))]
        self.goal, self.where = [condition for condition, _ in goal], [question for _, question in goal]
        numbers, self.proof = self.grow(list(self.goal), 0)
        if random.random() < 0.5:
            statement = random.choice(self.statements)
            statement.append(make_condition(random)) if random.random() < 0.5 or not statement else statement.pop()
        self.statements = [list({(one.operator(), one.key): one for one in statement}.values()) for statement in self.statements]
        never = [[Condition(key, negated=False, if_exists=False, patterns=("",))] for key in range(len(KEYS))]
        listed = [counted([counted([one.numbers() for one in each]) for each in statements]) for statements in (self.statements, never)]
        self.numbers = [*listed[0], *listed[1], *counted([one.numbers() for one in self.goal]), *numbers]

    def grow(self, way: list[Condition], depth: int) -> tuple[list[int], dict[str, Any]]:
        """A tree below this way."""
        random = self.random
        if depth > 2 or random.random() < 0.35:
            self.statements.append([one for one in way if random.random() < 0.8])
            named = sorted({len(self.statements) - 1, *(random.randrange(len(self.statements)) for _ in range(random.choice((0, 1))))})
            return [1, len(named), *named], {"denied_by": [number + 1 for number in named]}
        condition, question = make_question(random)
        yes, no = self.grow([*way, condition], depth + 1), self.grow([*way, condition.opposite()], depth + 1)
        return [0, *condition.numbers(), *yes[0], *no[0]], {"split": question, "yes": yes[1], "no": no[1]}

    def certificate(self) -> dict[str, Any]:
        """For the verifier."""
        statements = []
        for conditions in self.statements:
            blocks: dict[str, Any] = {}
            for one in conditions:
                blocks.setdefault(one.operator(), {})[KEYS[one.key]] = list(one.patterns) or str(not one.negated).lower()
            statements.append(
                {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::bucket/*", "Condition": blocks}
            )
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        return {
            "certificate": 1,
            "bucket": "bucket",
            "partition": "aws",
            "document": text,
            "document_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "control_policies": [],
            "assumptions": [],
            "goal": {"exempt": [], "targets": [{"actions": ["s3:PutObject"], "on": "object", "where": self.where}]},
            "proof": [self.proof],
        }


def build_model(folder: Path) -> None:
    """The model's checker, extracted and compiled."""
    for name in ("Certificate.v", "Extract.v", "driver.ml"):
        shutil.copy(ROOT / "formal" / name, folder)
    compile_ = ["ocamlfind", "ocamlopt", "model.mli", "model.ml", "driver.ml", "-o", "model"]
    for command in (["coqc", "-q", "Certificate.v"], ["coqc", "-q", "Extract.v"], compile_):
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def ask_model(folder: Path, cases: list[Case]) -> list[bool]:
    """What the model's checker accepts."""
    numbers = [str(len(cases)), *(" ".join(map(str, case.numbers)) for case in cases)]
    run = subprocess.run([str(folder / "model")], input="\n".join(numbers), capture_output=True, text=True, check=True)
    return [line == "1" for line in run.stdout.split()]


def ask_verifier(folder: Path, case: Case) -> int:
    """The status that the verifier ends with."""
    path = folder / "certificate.json"
    path.write_text(json.dumps(case.certificate()), encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()):
        return verify.main([str(path)])


def main(arguments: list[str]) -> int:
    """Print how many both accept and both reject; 1 where they differ."""
    count, seed = (int(argument) for argument in (arguments + ["1000", "1"][len(arguments) :]))
    seen: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        build_model(Path(scratch))
        for start in range(0, count, BATCH):
            cases = [Case(Random(seed * 10**9 + number)) for number in range(start, min(start + BATCH, count))]
            for case, accepted in zip(cases, ask_model(Path(scratch), cases), strict=True):
                status = ask_verifier(Path(scratch), case)
                seen["accepted" if accepted and status == 0 else "rejected" if not accepted and status == 1 else "told apart"] += 1
                if accepted != (status == 0):
                    print(f"model {accepted}, verifier {status}:", json.dumps(case.certificate()), case.numbers, file=sys.stderr)
    print(f"{count} certificates, put to the model and to the verifier:", dict(sorted(seen.items())))
    return int(seen["told apart"] > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
