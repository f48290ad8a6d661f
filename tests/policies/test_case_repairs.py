"""Every case that S3 would take is repaired to `Denied`, once and for all, and what is said of it fits."""

import re
from datetime import date

import pytest

import policies
from bucketpolicy.document import Document
from bucketpolicy.judge import judge
from bucketpolicy.parse import parse
from bucketpolicy.repair import Repaired, repair
from bucketpolicy.verdict import Denied
from crossguard.judging.assess import assess, locate
from crossguard.judging.finding import Compliant, Subject
from crossguard.messages.quoting import clean
from crossguard.messages.render import render
from crossguard.pack.rule import Rule
from crossguard.pack.settings import DEFAULTS, Settings, read_settings
from crossguard.resources.source import Found
from tests.policies.cases import Case, read_cases

RULES = {rule.name: rule for rule in policies.ALL if isinstance(rule, Rule)}
UPLOADS = tuple(rule for rule in RULES.values() if rule.remediates)
CASES = read_cases()
WELL_FORMED = [case for case in CASES if isinstance(parse(case.text), Document)]
SUBJECT = Subject("urn:pulumi:dev::cases::aws:s3/bucketPolicy:BucketPolicy::policy", "aws:s3/bucketPolicy:BucketPolicy", "policy")
TODAY = date(2026, 11, 24)
BUCKET = "example-bucket"


def configure(case: Case) -> Settings:
    """The configuration of the case."""
    settings = read_settings(case.configuration, RULES[case.rule].keys)
    assert isinstance(settings, Settings)
    return settings


def assert_repairs(case: Case, rule: Rule, settings: Settings) -> None:
    """Repaired is denied, and repaired twice is repaired once."""
    bucket = case.bucket or BUCKET
    subject = locate(SUBJECT, settings, Found(case.text, "policy", bucket, case.region))
    goal = rule.goal(bucket, subject.partition, settings)
    once = repair(case.text, goal)
    assert isinstance(once, Repaired)
    document = parse(once.text)
    assert isinstance(document, Document)
    assert isinstance(judge(document, goal), Denied)
    assert repair(once.text, goal) == Repaired(once.text, ())


@pytest.mark.parametrize("case", WELL_FORMED, ids=lambda case: f"{case.rule}/{case.name}")
def test_both_halves_are_repaired(case: Case) -> None:
    """With the default configuration, whatever the case is about."""
    for rule in UPLOADS:
        assert_repairs(case, rule, DEFAULTS)


@pytest.mark.parametrize("case", WELL_FORMED, ids=lambda case: f"{case.rule}/{case.name}")
def test_the_case_is_repaired_under_its_own_configuration(case: Case) -> None:
    """Algorithms, keys, TLS versions, exempt principals and assumptions."""
    assert_repairs(case, RULES[case.rule], configure(case))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}/{case.name}")
def test_what_is_said_of_the_case_fits(case: Case) -> None:
    """Twelve lines or three, one of the stable phrases, and nothing that a terminal acts on."""
    rule, settings = RULES[case.rule], configure(case)
    source = Found(case.text, "policy", case.bucket, case.region)
    subject = locate(SUBJECT, settings, source)
    finding = assess(rule, settings, subject, source, TODAY)
    text = render(rule, finding, subject)
    assert (text is None) == isinstance(finding, Compliant)
    if text is not None:
        lines = text.split("\n")
        most = 3 if rule.level == "advisory" else 11
        assert sum(-(-len(line) // 110) for line in lines) <= most
        assert len(re.findall(r"is not denied|cannot be decided|is not known", text)) == 1
        assert [line for line in lines if clean(line) != line.replace("`", "'")] == []
