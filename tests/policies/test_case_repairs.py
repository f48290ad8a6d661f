"""Every case that S3 would take is repaired to `Denied`, once and for all, and what is said of it fits."""

import json
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
from crossguard.judging.joint import Wanted, lets_everyone_read, repair_jointly
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


@pytest.mark.parametrize("case", WELL_FORMED, ids=lambda case: f"{case.rule}/{case.name}")
@pytest.mark.parametrize("uploads_only", [False, True])
def test_one_fix_settles_every_policy_it_is_for(case: Case, uploads_only: bool) -> None:  # noqa: FBT001  a table's column
    """What is printed once for a bucket, appended to its document, makes the bucket compliant in all the policies it claims."""
    bucket = case.bucket or BUCKET
    subject = locate(SUBJECT, DEFAULTS, Found(case.text, "policy", bucket, case.region))
    wanted = [Wanted(rule, rule.goal(bucket, subject.partition, DEFAULTS)) for rule in RULES.values()]
    fixed = repair_jointly(case.text, wanted, uploads_only=uploads_only)
    assert isinstance(fixed, Repaired)
    document = parse(fixed.text)
    assert isinstance(document, Document)
    for rule, goal in wanted:
        narrow = uploads_only or lets_everyone_read(case.text)
        assert (isinstance(judge(document, goal), Denied)) or (narrow and not rule.remediates)
    assert repair_jointly(fixed.text, wanted, uploads_only=uploads_only) == Repaired(fixed.text, ())
    sids = [json.loads(statement)["Sid"] for statement in fixed.added]
    assert not ("DenyInsecureRequests" in sids and "DenyInsecureUploads" in sids)
