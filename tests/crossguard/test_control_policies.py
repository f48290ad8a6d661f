"""Layers above the bucket: what a resource control policy denies counts as denied, and the verdict says which one."""

import json
from typing import Any

import pytest

from crossguard.judging.assess import assess, locate
from crossguard.judging.finding import CannotTell, Compliant, Finding, NotDenied, Subject
from crossguard.messages.render import describe_layers
from crossguard.pack.rule import Rule
from crossguard.pack.settings import ControlPolicy, Rejected, Settings, read_settings
from crossguard.resources.source import Bare, Found
from policies import ALL
from tests.crossguard.control_tower import FULL_ACCESS, PV3, PV5, PV5_SPARING, PV6, describe
from tests.crossguard.documents import HEADER_ABSENT, OVER_HTTP, compliant, deny, write
from tests.crossguard.pack import (
    ALL_REQUESTS,
    BUCKET,
    HAS_POLICY,
    TODAY,
    TRANSPORT,
    UPLOADS,
    Double,
    Resource,
    attach,
    boot,
    secret,
)

RULES = {rule.name: rule for rule in ALL if isinstance(rule, Rule)}
ALLOW = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
HEADER = write(deny("data", HEADER_ABSENT))
OPEN = write(ALLOW)


def judge(name: str, text: str, *policies: dict[str, Any], **config: Any) -> Finding:
    """What this policy finds at a document of the bucket `data`."""
    rule = RULES[name]
    settings = read_settings({"resourceControlPolicies": list(policies), **config}, rule.keys)
    source = Found(text, "policy", "data", "eu-west-1")
    return assess(rule, settings, locate(Subject("urn", BUCKET, "data"), settings, source), source, TODAY)


def name_layers(finding: Finding) -> tuple[str, ...] | None:
    """The layers of a compliant finding, None of any other."""
    return finding.layers if isinstance(finding, Compliant) else None


@pytest.mark.parametrize("shape", [lambda document: document, lambda document: describe("CTS3PV5", document)])
def test_the_deny_of_http_settles_both_tls_goals(shape: Any) -> None:
    """CT.S3.PV.5, as AWS prints it or as a document; the header stays open."""
    assert [name_layers(judge(name, HEADER, shape(PV5))) for name in (TRANSPORT, ALL_REQUESTS)] == [("CTS3PV5",)] * 2
    assert isinstance(judge(UPLOADS, OPEN, shape(PV5)), NotDenied)


def test_the_deny_of_old_tls_leaves_http_open() -> None:
    """CT.S3.PV.3: the version is absent over HTTP, and a comparison with an absent key does not hold."""
    for name in (TRANSPORT, ALL_REQUESTS):
        finding = judge(name, HEADER, PV3)
        assert isinstance(finding, NotDenied)
        assert ("aws:securetransport", ("false",)) in finding.verdict.request.context
    assert name_layers(judge(TRANSPORT, HEADER, PV3, PV5, minimumTlsVersion="1.3")) == ("CTS3PV3", "CTS3PV5")


def test_the_deny_without_a_key_id_does_not_settle_the_header() -> None:
    """CT.S3.PV.6: S3 evaluates the key id against the effective key, also from default encryption."""
    assert isinstance(judge(UPLOADS, OPEN, PV6), NotDenied)
    assert name_layers(judge(UPLOADS, HEADER, PV6)) == ()


def test_whom_a_control_spares_gets_through() -> None:
    """With an exempted principal the control is no deny for everyone; with the same one exempt here it is."""
    assert isinstance(judge(TRANSPORT, HEADER, PV5_SPARING), NotDenied)
    spared = ["arn:aws:iam::111122223333:role/uploader"]
    assert name_layers(judge(TRANSPORT, HEADER, PV5_SPARING, exemptPrincipals=spared)) == ("CTS3PV5",)


def test_a_bucket_policy_that_denies_itself_needs_no_layer() -> None:
    """The verdict names its statements and no other policy."""
    finding = judge(TRANSPORT, compliant("data"), PV5)
    assert isinstance(finding, Compliant)
    assert (finding.layers, finding.verdict and finding.verdict.statements) == ((), (2,))


def test_what_both_layers_deny_together_is_said_to_be_shared() -> None:
    """One half of the goal by the bucket policy, the other by the layer; the statements are the document's own."""
    document = write(deny("data", OVER_HTTP), ALLOW)
    finding = judge(TRANSPORT, document, PV3, minimumTlsVersion="1.3")
    assert isinstance(finding, Compliant)
    assert (finding.layers, finding.shared, finding.verdict and finding.verdict.statements) == (("CTS3PV3",), True, (1,))


def test_without_the_key_nothing_changes() -> None:
    """And AWS's own policy that allows everything denies nothing."""
    assert judge(TRANSPORT, HEADER, FULL_ACCESS) == judge(TRANSPORT, HEADER)


def test_a_request_that_is_shown_is_denied_by_no_layer() -> None:
    """The counterexample is one of both; the fix is for the bucket policy."""
    finding = judge(TRANSPORT, OPEN, PV5_SPARING)
    assert isinstance(finding, NotDenied)
    assert getattr(finding.verdict.request.principal, "arn", "") == "arn:aws:iam::111122223333:role/uploader"


def test_what_s3_refuses_is_not_rescued_by_a_layer() -> None:
    """`Resource: "*"` is right in the layer and refused in the bucket policy, which is then never compliant."""
    refused = judge(TRANSPORT, write(deny("data", OVER_HTTP, Resource="*")), PV5)
    assert "Policy has invalid resource" in str(refused)
    assert not isinstance(refused, Compliant)


def test_a_variable_in_a_document_without_a_version_is_text() -> None:
    """The layer has variables: the document's statement is left out of what both deny, and nothing is claimed of it where it decides."""
    statement = deny("data", {**OVER_HTTP, "StringNotEquals": {"aws:UserAgent": "${aws:username}"}})
    old = json.dumps({"Statement": [statement]})
    assert name_layers(judge(TRANSPORT, old, PV5)) == ("CTS3PV5",)
    assert "without the `Version`" in str(judge(TRANSPORT, old, PV3))
    plain = json.dumps({"Statement": [deny("data", HEADER_ABSENT)]})
    assert isinstance(judge(TRANSPORT, plain, PV3), NotDenied)


def test_a_discovered_bucket_without_a_policy_is_judged_under_the_layers() -> None:
    """What the layer denies is denied there too; what it leaves open is shown."""
    for name, kind in ((TRANSPORT, Compliant), (UPLOADS, NotDenied)):
        settings = read_settings({"resourceControlPolicies": [PV5]}, RULES[name].keys)
        assert isinstance(assess(RULES[name], settings, Subject("urn", BUCKET, "data"), Bare("data", "eu-west-1"), TODAY), kind)


def test_what_a_layer_leaves_open_is_not_guessed() -> None:
    """Of a discovered bucket, too."""
    odd = {**PV5, "Statement": [{**PV5["Statement"][0], "Condition": {**OVER_HTTP, "StringEquals": {"aws:UserAgent": []}}}]}
    settings = read_settings({"resourceControlPolicies": [odd]}, RULES[TRANSPORT].keys)
    finding = assess(RULES[TRANSPORT], settings, Subject("urn", BUCKET, "data"), Bare("data", "eu-west-1"), TODAY)
    assert "resourceControlPolicies[0].Statement[0]" in str(finding)
    assert isinstance(finding, CannotTell)


def test_settings_that_hold_something_else_deny_nothing() -> None:
    """They are made from a configuration that was checked; made otherwise, nothing rests on them."""
    settings = Settings(resource_control_policies=(ControlPolicy("x", "{}"),))
    source = Found(HEADER, "policy", "data", "eu-west-1")
    assert isinstance(assess(RULES[TRANSPORT], settings, Subject("urn", BUCKET, "data"), source, TODAY), NotDenied)


def test_the_verdict_in_words() -> None:
    """Which policy denies, and that the bucket policy does not, or not alone."""
    assert describe_layers(("CTS3PV5",), shared=False) == "denied by resource control policy `CTS3PV5`, not by the bucket policy"
    assert describe_layers(("a", "b"), shared=True) == "denied by resource control policies `a` and `b`, together with the bucket policy"


def _name(entry: dict[str, Any]) -> str:
    settings = read_settings({"resourceControlPolicies": [FULL_ACCESS, entry]}, ("resourceControlPolicies",))
    assert isinstance(settings, Settings)
    return settings.resource_control_policies[1].name


def test_a_policy_goes_by_its_name_its_id_its_sid_or_its_number() -> None:
    """AWS prints the name; a document by itself has at most an `Id` and Sids."""
    statement = {**PV5["Statement"][0]}
    assert _name(describe("deny-http", PV5)) == "deny-http"
    assert _name(describe("deny-http", PV5)["Policy"]) == "deny-http"
    assert _name({**PV5, "Id": "mine"}) == "mine"
    assert _name(PV5) == "CTS3PV5"
    del statement["Sid"]
    assert _name({**PV5, "Statement": statement}) == "#2"
    assert _name({"Content": json.dumps(PV5), "PolicySummary": None}) == "CTS3PV5"


def test_whole_numbers_arrive_as_floats() -> None:
    """The engine has no integers."""
    old = {**PV3, "Statement": [{**PV3["Statement"][0], "Condition": {"NumericLessThan": {"s3:TlsVersion": [2.0, 1.5]}}}]}
    settings = read_settings({"resourceControlPolicies": [old]}, ("resourceControlPolicies",))
    assert isinstance(settings, Settings)
    assert "[2, 1.5]" in settings.resource_control_policies[0].text


WRONG: list[tuple[Any, str]] = [
    (None, "accepted: a list"),
    (["x"], "`resourceControlPolicies[0]` is"),
    ([secret({})], "`resourceControlPolicies[0]` is [secret]"),
    ([{}], "`resourceControlPolicies[0]` is not a valid resource control policy at `$`: `Statement` is missing"),
    ([{"Policy": 5.0}], "has no document"),
    ([{"Policy": {"PolicySummary": {}}}], "has no document"),
    ([{"Content": 5.0}], "has no document"),
    ([{"Content": "{"}], "not valid JSON"),
    ([{**describe("x", PV5)["Policy"], "PolicySummary": {"Type": "SERVICE_CONTROL_POLICY"}}], "is a policy of another type"),
    ([{**PV5, "Version": "2008-10-17"}], "at `$.Version`"),
    ([{**PV5, "Statement": [{**PV5["Statement"][0], "Effect": "Allow"}]}], "at `$.Statement[0].Effect`"),
    ([{**PV5, "Statement": [*PV5["Statement"], *FULL_ACCESS["Statement"]]}], "at `$.Statement[1].Effect`"),
    ([{**PV5, "Statement": [{**PV5["Statement"][0], "Principal": {"AWS": "*"}}]}], "at `$.Statement[0].Principal`"),
    (
        [
            FULL_ACCESS,
            {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "NotPrincipal": "*", "NotAction": "s3:*", "Resource": "*"}]},
        ],
        "NotAction",
    ),
    *(
        ([{**PV5, "Statement": [{**PV5["Statement"][0], "Action": action}]}], "at `$.Statement[0].Action`")
        for action in ("*", ["s3:*", "*"], "s3*", "*:PutObject", "s?:PutObject", "PutObject", ":PutObject")
    ),
    ([{**PV5, "Id": "x" * 6000}], "5120 characters"),
    ([PV5] * 101, "of at most 100"),
]


@pytest.mark.parametrize(("value", "problem"), WRONG)
def test_what_is_no_resource_control_policy_is_a_wrong_configuration(value: Any, problem: str) -> None:
    """Each problem has its place and what is accepted, and nothing is judged."""
    rejected = read_settings({"resourceControlPolicies": value}, ("resourceControlPolicies",))
    assert isinstance(rejected, Rejected)
    assert any(problem in line for line in rejected.problems)
    assert all("accepted: " in line for line in rejected.problems)


def test_the_pack_takes_them(preview: Double) -> None:
    """Compliant by the layer; the stack policy still asks for a policy, and a wrong one blocks."""
    layered = {"resourceControlPolicies": [describe("CTS3PV5", PV5)]}
    preview.configure(uploads=layered, transport=layered, all_requests=layered)
    assert preview.analyze(attach(HEADER)).said == ()
    assert HAS_POLICY in preview.analyze_stack(Resource(BUCKET, "data", {"bucket": "data"})).levels()
    preview.configure(transport={"resourceControlPolicies": [{}]})
    assert "`Statement` is missing" in preview.analyze(attach(HEADER)).of(TRANSPORT)


def test_they_reach_a_booted_pack() -> None:
    """Over the wire, with everything else that has no key for them left alone."""
    with boot() as pack:
        pack.configure(transport={"resourceControlPolicies": [PV5]}, has_policy={"resourceControlPolicies": [PV5]})
        assert pack.analyze(attach(HEADER)).levels() == {ALL_REQUESTS: "advisory"}
        assert "`resourceControlPolicies` is not a setting" in pack.analyze_stack(Resource(BUCKET, "data", {"bucket": "data"})).of(
            HAS_POLICY
        )
