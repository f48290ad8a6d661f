"""
Write `conformance/suite.json`, the documents of `tests/cases` with their verdicts and a request that gets through, for any checker,
and the figures in its README.

    python tools/make_conformance.py            # write it anew
    python tools/make_conformance.py --check    # say whether it is what would be written

The verdicts are those of the folders, which were written before anything was run. A request is found by the product, and is written down
only if the naive evaluator of the tests, which shares no code with it, finds that the document does not deny it.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from typing_extensions import assert_never

from bucketpolicy.document import Document
from bucketpolicy.judge import judge
from bucketpolicy.parse import parse
from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Principal, Request, Service, Unmodelled
from bucketpolicy.verdict import Counterexample
from conformance import run
from conformance.adapters.s3_encryption_guard import ASKED, RULES
from conformance.adapters.s3_encryption_guard import answer as answer_ours
from crossguard.pack.settings import DEFAULTS
from tests.differential import naive
from tests.policies.cases import FOLDER

ROOT = Path(__file__).resolve().parents[1]
FOLDER_OF_SUITE = ROOT / "conformance"
VERSION = "1.0.0"
#: What is asked, by the rule that promises it.
QUESTIONS = {rule: question for question, rule in ASKED.items()}
SENTENCES = {
    "uploads-without-header": "Does the policy explicitly deny every s3:PutObject on every object of the bucket without the header"
    " x-amz-server-side-encryption, whoever sends it?",
    "uploads-without-tls": "Does the policy explicitly deny every s3:PutObject on every object of the bucket over plain HTTP,"
    " whoever sends it?",
    "requests-without-tls": "Does the policy explicitly deny every S3 request to the bucket and its objects over plain HTTP,"
    " whoever sends it? (But for roots of accounts that read, write or delete the policy, which S3 never lets a policy deny.)",
}
ANSWERS = {"compliant": "denied", "violating": "not-denied", "undecided": "open"}


class Question(NamedTuple):
    """A document, what is asked of it, and what must be answered."""

    about: str
    bucket: str
    partition: str | None
    policy: str
    asked: str
    answer: str
    request: dict[str, Any] | None


def list_questions() -> Iterator[tuple[str, Question]]:
    """Name and question of every case file that needs no configuration, and of which the bucket is known."""
    for path in sorted(FOLDER.glob("*/*/*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        rule, folder = path.parts[-3:-1]
        if rule in QUESTIONS and found["bucket"] is not None and not found.get("configuration"):
            text = found["text"] if "text" in found else json.dumps(found["document"])
            partition = found.get("partition")
            request = find_request(rule, found["bucket"], partition or "aws", text) if folder == "violating" else None
            yield path.stem, Question(found["about"], found["bucket"], partition, text, QUESTIONS[rule], ANSWERS[folder], request)


def find_request(rule: str, bucket: str, partition: str, text: str) -> dict[str, Any] | None:
    """A request of the rule's goal that the document does not deny, by both evaluators; None where they do not agree on one."""
    asked, document = RULES[rule].goal(bucket, partition, DEFAULTS), parse(text)
    verdict = judge(document, asked) if isinstance(document, Document) else None
    if isinstance(verdict, Counterexample) and naive.is_denied(json.loads(text), verdict.request, asked.assumptions) is False:
        return write_request(verdict.request)
    return None


def write_request(request: Request) -> dict[str, Any]:
    """Who sends it, what for, and the condition keys that it has."""
    return {
        "principal": write_principal(request.principal),
        "action": request.action,
        "resource": request.resource,
        "context": {key: list(values) for key, values in request.context},
    }


def write_principal(principal: Principal) -> str | dict[str, str]:
    """The word `anonymous`, or who it is as a `Principal` element has it, of a role with its session."""
    match principal:
        case Anonymous():
            return "anonymous"
        case Service(name):
            return {"Service": name}
        case Identity(_, _, arn, session):
            return {"AWS": arn, **({"session": session} if session else {})}
        case OriginAccessIdentity(arn) | Unmodelled(arn):
            return {"AWS": arn}
        case _ as never:
            assert_never(never)


def render() -> str:
    """The file: a line for each document, with the questions that are asked of it."""
    found: dict[tuple[str, str | None, str], list[tuple[str, Question]]] = {}
    for name, question in list_questions():
        found.setdefault((question.bucket, question.partition, question.policy), []).append((name, question))
    taken: dict[str, int] = {}
    lines = [json.dumps(write_case(several, taken), ensure_ascii=True) for several in found.values()]
    head = json.dumps({"version": VERSION, "questions": SENTENCES}, indent=1)[:-2]
    return f'{head},\n "cases": [\n' + ",\n".join(lines) + "\n]}\n"


def write_case(several: list[tuple[str, Question]], taken: dict[str, int]) -> dict[str, Any]:
    """One document: two of one name are told apart by a number."""
    name, first = several[0]
    taken[name] = taken.get(name, 0) + 1
    answers = {
        question.asked: {"answer": question.answer, **({"request": question.request} if question.request else {})}
        for _, question in several
    }
    identity = name if taken[name] == 1 else f"{name}-{taken[name]}"
    return {
        "id": identity,
        "about": first.about,
        "bucket": first.bucket,
        "partition": first.partition,
        "policy": first.policy,
        "answers": answers,
    }


def write_readme(text: str, suite: str) -> str:
    """The README with the numbers of documents and questions, and what this project answers."""
    found = json.loads(suite)
    questions = [*run.read_questions(found)]
    judged = [run.judge(one, answer_ours(one.question, one.bucket, one.partition, one.policy)) for one in questions]
    text = re.sub(r"\(version [^;]*;", f"(version {VERSION};", text)
    text = re.sub("has [0-9]+ documents and [0-9]+ questions", f"has {len(found['cases'])} documents and {len(questions)} questions", text)
    return re.sub("(<!-- own run -->\n).*?(?=\n<!-- end -->)", lambda start: start[1] + run.write(judged), text, flags=re.DOTALL)


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` say whether they are what would be written."""
    suite, readme = FOLDER_OF_SUITE / "suite.json", FOLDER_OF_SUITE / "README.md"
    text = render()
    made = {suite: text, readme: write_readme(readme.read_text(encoding="utf-8"), text)}
    old = [path.name for path, content in made.items() if not path.exists() or path.read_text(encoding="utf-8") != content]
    if "--check" not in arguments:
        for path, content in made.items():
            path.write_text(content, encoding="utf-8")
        return 0
    if old:
        print(f"of conformance/, {' and '.join(old)} are not what the case files give: run tools/make_conformance.py", file=sys.stderr)
    return int(bool(old))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
