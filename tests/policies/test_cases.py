"""Every case file gets the verdict of its folder; no denial survives an attack, and every counterexample is one for another reader, too."""

import json
from datetime import date
from pathlib import Path
from random import Random

import pytest

import policies
from bucketpolicy.acceptance import find_refusals
from bucketpolicy.document import Document
from bucketpolicy.goal import Goal
from bucketpolicy.judge import judge
from bucketpolicy.parse import parse
from bucketpolicy.verdict import Counterexample, Denied, Undecided
from crossguard.judging.assess import assess, locate
from crossguard.judging.finding import CannotTell, Compliant, NotDenied, Subject
from crossguard.pack.rule import Rule
from crossguard.pack.settings import Settings, read_settings
from crossguard.resources.source import Found
from tests.differential.attack import attack
from tests.differential.naive import is_denied
from tests.differential.requests import in_goal, mention, possible
from tests.policies.cases import FOLDER, Case, read_cases

RULES = {rule.name: rule for rule in policies.ALL if isinstance(rule, Rule)}
CASES = read_cases()
SUBJECT = Subject("urn:pulumi:dev::cases::aws:s3/bucketPolicy:BucketPolicy::policy", "aws:s3/bucketPolicy:BucketPolicy", "policy")
TODAY = date(2026, 11, 24)
WORDS = {Compliant: "compliant", NotDenied: "violating", CannotTell: "undecided"}
VERDICTS = {Denied: "compliant", Counterexample: "violating", Undecided: "undecided"}


def _settings(case: Case) -> Settings:
    settings = read_settings(case.configuration, RULES[case.rule].keys)
    assert isinstance(settings, Settings)
    return settings


def _goal(case: Case) -> Goal:
    source = Found(case.text, "policy", case.bucket, case.region)
    settings = _settings(case)
    return RULES[case.rule].goal(case.bucket, locate(SUBJECT, settings, source).partition, settings)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_cases_of_each_kind(rule: str) -> None:
    """No rule goes without cases that pass, that fail and that cannot be told; one that blocks people has 25 of them at least."""
    found = [case.expected for case in CASES if case.rule == rule]
    assert len(found) >= (25 if RULES[rule].level == "mandatory" else 3)
    assert set(found) == set(WORDS.values())


def test_no_case_lies_elsewhere() -> None:
    """A case in a folder of another name would be run by nobody."""
    assert {case.rule for case in CASES} == set(RULES)
    files = {path.relative_to(FOLDER) for path in FOLDER.rglob("*") if path.is_file()}
    assert files == {Path(case.rule, case.expected, f"{case.name}.json") for case in CASES} | {Path("README.md")}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}/{case.name}")
def test_case(case: Case) -> None:
    """The rule finds what the folder says."""
    source = Found(case.text, "policy", case.bucket, case.region)
    finding = assess(RULES[case.rule], _settings(case), SUBJECT, source, TODAY)
    assert WORDS.get(type(finding), finding) == case.expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}/{case.name}")
def test_case_under_another_reading(case: Case) -> None:
    """What is denied is denied for the naive evaluator too, and what gets through does."""
    document, goal = parse(case.text), _goal(case)
    if not isinstance(document, Document):
        assert case.expected == "undecided"
        return
    plain = json.loads(case.text)
    verdict = judge(document, goal)
    requests = list(attack(plain, goal, Random(case.name), 60))
    assert requests
    answers = {is_denied(plain, request, goal.assumptions) for request in requests}
    if isinstance(verdict, Denied):
        assert answers == {True}
    if isinstance(verdict, Counterexample):
        assert in_goal(goal, verdict.request)
        assert possible(verdict.request, goal.assumptions, mention(plain))
        assert is_denied(plain, verdict.request, goal.assumptions) is False
    if not case.configuration.get("acceptBenchmarkSnippet") and not (isinstance(verdict, Denied) and find_refusals(document, case.bucket)):
        assert VERDICTS[type(verdict)] == case.expected


def test_files_are_in_one_form() -> None:
    """Each file says in one sentence what it is about, and holds no other members than those that are read."""
    known = {"about", "bucket", "partition", "configuration", "document", "text"}
    for path in FOLDER.glob("*/*/*.json"):
        found = json.loads(Path(path).read_text(encoding="utf-8"))
        assert set(found) <= known
        assert found["about"].endswith(".")
        assert ("document" in found) != ("text" in found)
