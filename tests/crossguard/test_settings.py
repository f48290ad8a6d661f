"""Configuration: what is accepted, what is refused and in which words, and that schema and parser are one definition."""

from datetime import date
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bucketpolicy.goal import FEW, MANY, Assumptions
from crossguard.pack.assumptions import MEANINGS
from crossguard.pack.settings import DEFAULTS, KEYS, Exemption, Rejected, Settings, describe, read_settings, write_schema
from offline.configuration import Configuration, read_configuration
from tests.crossguard.documents import compliant
from tests.crossguard.pack import DOCUMENT_POLICIES, attach, make_double, secret

ALL_KEYS = tuple(KEYS)
ROLE = "arn:aws:iam::111122223333:role/ci/deployer"
ORIGIN = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2QWRUHEXAMPLE"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

FULL = {
    "exemptions": [
        {"bucket": "logs-*", "reason": "log delivery", "owner": "platform", "expires": "2026-12-31"},
        {"bucket": "name:scratch", "reason": "empty every night"},
    ],
    "whenUnknown": "mandatory",
    "partition": "aws-cn",
    "algorithms": ["aws:kms", "aws:kms:dsse"],
    "kmsKeyArns": [KEY],
    "acceptCustomerProvidedKeys": True,
    "acceptBenchmarkSnippet": True,
    "exemptPrincipals": [ROLE, "111122223333", "logging.s3.amazonaws.com", ORIGIN],
    "minimumTlsVersion": 1.2,
    "assumptions": {"inapplicable-keys-absent": True, "secure-transport-present": False},
}


def test_every_key_becomes_its_field() -> None:
    """A configuration with every key is read whole; what it does not name keeps its default."""
    expected = Settings(
        exemptions=(
            Exemption("logs-*", "log delivery", "platform", date(2026, 12, 31)),
            Exemption("name:scratch", "empty every night"),
        ),
        when_unknown="mandatory",
        partition="aws-cn",
        algorithms=("aws:kms", "aws:kms:dsse"),
        kms_key_arns=(KEY,),
        accept_customer_provided_keys=True,
        accept_benchmark_snippet=True,
        exempt_principals=(ROLE, "111122223333", "logging.s3.amazonaws.com", ORIGIN),
        minimum_tls_version="1.2",
        assumptions=Assumptions(inapplicable_keys_absent=True, secure_transport_present=False),
    )
    assert expected == read_settings(FULL, ALL_KEYS)


@pytest.mark.parametrize("config", [{}, {"enforcementLevel": "remediate"}])
def test_nothing_set_is_the_default(config: dict[str, Any]) -> None:
    """No configuration, and one that only sets Pulumi's own level, are the defaults."""
    assert read_settings(config, ALL_KEYS) == DEFAULTS == Settings()


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (
            {"whenUnknown": "never"},
            '`whenUnknown` is "never"; accepted: "advisory" or "mandatory"',
        ),
        (
            {"minimumTlsVersion": 1.0},
            '`minimumTlsVersion` is 1; accepted: "1.2" or "1.3" or 1.2 or 1.3',
        ),
        (
            {"minimumTlsVersion": True},
            '`minimumTlsVersion` is true; accepted: "1.2" or "1.3" or 1.2 or 1.3',
        ),
        (
            {"acceptBenchmarkSnippet": "yes"},
            '`acceptBenchmarkSnippet` is "yes"; accepted: true or false',
        ),
        (
            {"algorithms": []},
            (
                "`algorithms` is an empty list; accepted: a list, not an empty one"
                ' (each: "AES256" or "aws:kms" or "aws:kms:dsse" or "aws:fsx")'
            ),
        ),
        (
            {"algorithms": ["aws:kms", "AES-256"]},
            '`algorithms[1]` is "AES-256"; accepted: "AES256" or "aws:kms" or "aws:kms:dsse" or "aws:fsx"',
        ),
        (
            {"algorithms": "aws:kms"},
            '`algorithms` is "aws:kms"; accepted: a list, not an empty one (each: "AES256" or "aws:kms" or "aws:kms:dsse" or "aws:fsx")',
        ),
        (
            {"partition": None},
            (
                '`partition` is null; accepted: "aws" or "aws-cn" or "aws-us-gov" or "aws-iso" or "aws-iso-b" or "aws-iso-e" or "aws-iso-f"'
                ' or "aws-eusc"'
            ),
        ),
        (
            {"exemptions": [{"bucket": "logs"}]},
            "`exemptions[0].reason` is missing; accepted: a string that is not blank",
        ),
        (
            {"exemptions": [{"bucket": "logs", "reason": " \n"}]},
            '`exemptions[0].reason` is " \\n"; accepted: a string that is not blank',
        ),
        (
            {"exemptions": [{"bucket": "arn:aws:s3:::logs", "reason": "r"}]},
            (
                '`exemptions[0].bucket` is "arn:aws:s3:::logs"; accepted: a glob over bucket names, `name:` and a glob over resource names,'
                " or the full URN of the resource"
            ),
        ),
        (
            {"exemptions": [{"bucket": "logs", "reason": "r", "expires": "2026-02-30"}]},
            '`exemptions[0].expires` is "2026-02-30"; accepted: a day as YYYY-MM-DD',
        ),
        (
            {"exemptions": [{"bucket": "logs", "reason": "r", "expires": "20261231"}]},
            '`exemptions[0].expires` is "20261231"; accepted: a day as YYYY-MM-DD',
        ),
        (
            {"exemptions": [{"bucket": "logs", "reason": "r", "until": 5.0}]},
            (
                "`exemptions[0].until` is not a setting (it is set to 5);"
                " accepted: an object of `bucket`, `reason`, `owner`, `expires`, `document`"
            ),
        ),
        (
            {"exemptions": ["logs"]},
            '`exemptions[0]` is "logs"; accepted: an object of `bucket`, `reason`, `owner`, `expires`, `document`',
        ),
        (
            {"exemptPrincipals": ["arn:aws:iam::111122223333:role/*"]},
            (
                '`exemptPrincipals[0]` is "arn:aws:iam::111122223333:role/*"; accepted: an IAM principal\'s ARN without wildcards,'
                " a 12-digit account id, the ARN of a CloudFront origin access identity,"
                " or a service name such as `logging.s3.amazonaws.com`"
            ),
        ),
        (
            {"kmsKeyArns": [{}]},
            "`kmsKeyArns[0]` is an object; accepted: the ARN of a KMS key, without wildcards",
        ),
        (
            {"assumptions": {"tls": [1.0]}},
            "`assumptions.tls` is not a setting (it is set to a list); accepted: an object of "
            + ", ".join(f"`{name.replace('_', '-')}`" for name in Assumptions._fields),
        ),
        (
            {"enforcementLevel": "strict"},
            '`enforcementLevel` is "strict"; accepted: "advisory" or "mandatory" or "remediate" or "disabled"',
        ),
    ],
)
def test_a_wrong_value_is_named_with_what_is_accepted(config: dict[str, Any], problem: str) -> None:
    """Each problem names the key with its place, the value, and what is accepted."""
    assert Rejected((problem,)) == read_settings(config, ALL_KEYS)


def test_an_unknown_key_is_refused_with_the_known_ones() -> None:
    """The engine lets unknown top-level keys through, so the parser must not."""
    expected = Rejected(
        ("`exemption` is not a setting of this policy (it is set to a list); accepted: `enforcementLevel`, `exemptions`, `whenUnknown`",)
    )
    assert expected == read_settings({"exemption": [1.0]}, ("exemptions", "whenUnknown"))


def test_a_key_of_another_policy_is_refused() -> None:
    """A key that only another policy takes has no effect here, so it may not pass silently."""
    expected = Rejected(("`algorithms` is not a setting of this policy (it is set to a list); accepted: `enforcementLevel`, `exemptions`",))
    assert expected == read_settings({"algorithms": ["aws:kms"]}, ("exemptions",))


def test_all_problems_are_reported() -> None:
    """One wrong value does not hide another one."""
    rejected = read_settings({"whenUnknown": 1.5, "partition": "mars", "exemptions": [{"reason": 7.0}]}, ALL_KEYS)
    assert isinstance(rejected, Rejected)
    assert [problem.split("`")[1] for problem in rejected.problems] == [
        "whenUnknown",
        "partition",
        "exemptions[0].reason",
        "exemptions[0].bucket",
    ]


def test_a_secret_is_not_shown_and_long_text_is_cut() -> None:
    """A value that the wire marks as secret never gets into a message, wherever it stands; and a message stays short."""
    rejected = read_settings({"whenUnknown": secret("hunter2"), "partition": "x" * 500, "y" * 500: secret("hunter2")}, ALL_KEYS)
    assert isinstance(rejected, Rejected)
    text = "\n".join(rejected.problems)
    assert ("hunter2" in text, text.count("[secret]"), max(map(len, rejected.problems)) < 400) == (False, 2, True)


def test_a_secret_object_is_refused_as_a_whole() -> None:
    """Where an object is expected, the members of a secret's own wire form are not taken for it."""
    assert Rejected(
        ("`assumptions` is [secret]; accepted: an object of " + ", ".join(f"`{n.replace('_', '-')}`" for n in Assumptions._fields),)
    ) == read_settings({"assumptions": secret({"inapplicable-keys-absent": True})}, ALL_KEYS)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(
        [1.2, 1.3, 1.0, 5.0, "1.2", "", " ", "advisory", "aws", "AES256", KEY, ROLE, "111122223333", "2026-12-31", "2026-13-01"]
    ),
    st.lists(st.sampled_from(["aws:kms", "AES256", KEY, ROLE, "x.amazonaws.com", "", 1.0]), max_size=3),
    st.lists(
        st.fixed_dictionaries(
            {"bucket": st.sampled_from(["logs-*", "name:", "name:x", "urn:pulumi:a", "a b", ""])},
            optional={
                "reason": st.sampled_from(["", " ", "because"]),
                "owner": st.sampled_from(["", "me"]),
                "expires": st.sampled_from(["2026-12-31", "2026-02-30", "", "soon"]),
                "x": st.none(),
            },
        ),
        max_size=2,
    ),
    st.dictionaries(st.sampled_from(["secure-transport-present", "secure_transport_present"]), st.booleans() | st.none()),
)


@given(st.sampled_from(ALL_KEYS), VALUES)
def test_schema_and_parser_agree(name: str, value: object) -> None:
    """The engine refuses exactly the values of a known key that the pack refuses by itself, but for documents, which no schema reads."""
    schema = {"type": "object", "properties": write_schema((name,))}
    checker = jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
    accepted = isinstance(read_settings({name: value}, (name,)), Settings)
    assert checker.is_valid({name: value}) == accepted or (name == "resourceControlPolicies" and not accepted)


def test_every_key_is_documented() -> None:
    """The docs are made from the same table: each key says what it means, its default and what is accepted."""
    assert [name for name, key in KEYS.items() if not (key.about and key.default and describe(key.schema))] == []


def test_every_assumption_has_its_meaning() -> None:
    """The page explains each switch of the configuration."""
    assert set(MEANINGS) == {name.replace("_", "-") for name in Assumptions._fields}


def test_a_pack_tries_a_few_requests_and_an_offline_command_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A denial is put to the second reading in both; offline there is time for more."""
    asked: list[int] = []
    monkeypatch.setattr("bucketpolicy.judge.find_gap", lambda _document, _goal, most: asked.append(most))
    # No other test has judged it, under whatever name of a bucket.
    text = compliant("a-bucket-of-its-own").replace('"Effect"', '"Sid": "NoOtherTestHasThis", "Effect"', 1)
    make_double().analyze(attach(text, "a-bucket-of-its-own"))
    # A later policy may have a repair of its own tried as well.
    assert set(asked) == {FEW}
    assert len(asked) >= len(DOCUMENT_POLICIES)
    assert FEW >= 12
    configuration = read_configuration(None)
    assert isinstance(configuration, Configuration)
    assert {configured.settings.probes for configured in configuration.policies} == {MANY}
