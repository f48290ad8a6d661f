"""
Measure a checker of bucket policies against the suite.

    python conformance/run.py COMMAND [ARGUMENT …]                    # as a table
    python conformance/run.py --json COMMAND [ARGUMENT …]             # every answer, as JSON
    python conformance/run.py --only uploads-without-tls COMMAND …    # one question; several by commas

The command is started once. It reads one question a line, as JSON, from standard input

    {"id": "bool-as-json/uploads-without-tls", "question": "uploads-without-tls", "bucket": "…", "partition": null, "policy": "{…}"}

and writes one answer a line, in any order: `{"id": "…", "answer": "denied"}`, or `not-denied`, or `undecided`. A question without an
answer, or with another one, counts as undecided. Other lines are left alone. Needs Python 3.10 and nothing else.
Exit status: 0 no false pass, 1 some, 2 the command could not be started or has said nothing.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

SUITE = Path(__file__).with_name("suite.json")
DENIED, NOT_DENIED, UNDECIDED, OPEN = "denied", "not-denied", "undecided", "open"
#: What an answer is, by what it should be: of an open question nobody may claim that the requests are denied.
KINDS = {
    (DENIED, DENIED): "right",
    (DENIED, NOT_DENIED): "false alarm",
    (DENIED, UNDECIDED): "no answer",
    (NOT_DENIED, DENIED): "false pass",
    (NOT_DENIED, NOT_DENIED): "right",
    (NOT_DENIED, UNDECIDED): "no answer",
    (OPEN, DENIED): "claims too much",
    (OPEN, NOT_DENIED): "right",
    (OPEN, UNDECIDED): "right",
}
COLUMNS = ("right", "false pass", "claims too much", "false alarm", "no answer")


class Question(NamedTuple):
    """One question about one document, and the answer that is right."""

    id: str
    question: str
    bucket: str
    partition: str | None
    policy: str
    expected: str


class Judged(NamedTuple):
    """A question, what was answered, and of which kind the answer is."""

    question: Question
    answer: str
    kind: str


def main(arguments: list[str]) -> int:
    """Ask, and print what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print every answer")
    parser.add_argument("--only", default="", help="ask these questions only, separated by commas")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    suite = json.loads(SUITE.read_text(encoding="utf-8"))
    wanted = options.only.split(",") if options.only else suite["questions"]
    questions = [one for one in read_questions(suite) if one.question in wanted]
    answers = ask(options.command, questions)
    if not answers:
        print("the command could not be started, or has answered nothing", file=sys.stderr)
        return 2
    judged = [judge(question, answers.get(question.id, UNDECIDED)) for question in questions]
    print(
        json.dumps([one.question._asdict() | {"answer": one.answer, "kind": one.kind} for one in judged]) if options.json else write(judged)
    )
    return int(any(one.kind == "false pass" for one in judged))


def read_questions(suite: dict[str, Any]) -> Iterator[Question]:
    """Every question of the suite."""
    for case in suite["cases"]:
        for asked, answer in case["answers"].items():
            yield Question(f"{case['id']}/{asked}", asked, case["bucket"], case["partition"], case["policy"], answer["answer"])


def ask(command: list[str], questions: Iterable[Question]) -> dict[str, str]:
    """What the command answers, by the question's id; nothing where it cannot be started."""
    lines = [json.dumps({name: value for name, value in one._asdict().items() if name != "expected"}) for one in questions]
    try:
        ended = subprocess.run(command, input="\n".join(lines) + "\n", stdout=subprocess.PIPE, encoding="utf-8", check=False)
    except (OSError, IndexError):
        return {}
    found = (read_answer(line) for line in ended.stdout.splitlines())
    return dict(one for one in found if one is not None)


def read_answer(line: str) -> tuple[str, str] | None:
    """The id and the answer; None for a line that has none."""
    try:
        found = json.loads(line)
        return str(found["id"]), str(found["answer"])
    except (ValueError, TypeError, KeyError):
        return None


def judge(question: Question, answer: str) -> Judged:
    """Of which kind an answer is."""
    known = answer if answer in (DENIED, NOT_DENIED) else UNDECIDED
    return Judged(question, known, KINDS[question.expected, known])


def write(judged: list[Judged]) -> str:
    """The table, with a row for each question, and the names of what passed falsely below it."""
    counts = Counter((one.question.question, one.kind) for one in judged)
    asked = dict.fromkeys(one.question.question for one in judged)
    rows = [[name, *(counts[name, kind] for kind in COLUMNS)] for name in asked]
    rows.append(["all", *(sum(counts[name, kind] for name in asked) for kind in COLUMNS)])
    lines = [f"| question | {' | '.join(COLUMNS)} |", f"|---|{'---:|' * len(COLUMNS)}"]
    lines += [f"| {' | '.join(map(str, row))} |" for row in rows]
    return "\n".join([*lines, *(f"{one.kind}: {one.question.id}" for one in judged if one.kind in ("false pass", "claims too much"))])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
