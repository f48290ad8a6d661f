"""The table of controls: what is in it, and that it speaks of the policies that there are."""

import pytest

from crossguard.pack.frameworks import CONTROLS, THREE_TIER, list_controls, list_tags, tell_how
from policies import ALL
from tests.crossguard.pack import ALL_REQUESTS, HAS_POLICY, TRANSPORT, UPLOADS


def test_every_control_is_there() -> None:
    """By framework."""
    found: dict[tuple[str, str], list[str]] = {}
    for control in CONTROLS:
        found.setdefault((control.framework.name, control.framework.version), []).append(control.id)

    assert found == {
        ("CIS Three-tier Web Architecture Benchmark", "1.0.0"): ["1.16"],
        ("CIS AWS Foundations Benchmark", "2.0.0 to 5.0.0"): ["2.1.1"],
        ("CIS AWS Foundations Benchmark", "6.0.0 and 7.0.0"): ["3.1.1"],
        ("AWS Security Hub", "AWS Foundational Security Best Practices 1.0.0"): ["S3.5"],
        ("AWS Config managed rules", "2026"): ["s3-bucket-ssl-requests-only"],
        ("AWS Control Tower", "2026"): ["CT.S3.PR.8"],
        ("NIST SP 800-53", "Revision 5"): ["SC-8", "SC-8(1)", "SC-13", "SC-23", "AC-17(2)", "SC-28"],
        ("NIST SP 800-171", "Revision 2"): ["3.13.8", "3.13.11", "3.13.16"],
        ("PCI DSS", "4.0.1"): ["4.2.1", "4.2.1.1", "2.2.7"],
        ("HIPAA Security Rule", "45 CFR Part 164"): ["164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"],
        ("ISO/IEC 27001", "2022"): ["A.8.24"],
        ("SOC 2", "Trust Services Criteria 2017"): ["CC6.7"],
        ("FedRAMP", "Moderate"): ["SC-8", "SC-8(1)"],
    }


def test_it_speaks_of_policies_that_there_are() -> None:
    """Each in one column at most, and no control is met by none."""
    names = {rule.name for rule in ALL}

    for control in CONTROLS:
        assert {*control.asked, *control.by_intent} <= names
        assert not {*control.asked} & {*control.by_intent}
        assert control.asked or control.by_intent


@pytest.mark.parametrize(("id_", "policy", "how"), [
    ("1.16", UPLOADS, "asked"),
    ("1.16", HAS_POLICY, "asked"),
    ("3.1.1", ALL_REQUESTS, "asked"),
    ("3.1.1", TRANSPORT, "by intent"),
    ("SC-28", UPLOADS, "by intent"),
    ("CC6.7", ALL_REQUESTS, "by intent"),
])  # fmt: skip
def test_how_a_policy_meets_a_control(id_: str, policy: str, how: str) -> None:
    """Uploads are only a part of the requests that most frameworks speak of, and encryption at rest is not the header."""
    control = next(control for control in CONTROLS if control.id == id_)

    assert control in list_controls(policy)
    assert tell_how(control, policy) == how


def test_a_policy_has_the_tags_of_what_asks_for_it() -> None:
    """Not of what is met by intent; enhancements are written as OSCAL writes them."""
    assert list_tags(UPLOADS) == ("CIS-Three-tier-1.16", "NIST-800-53-SC-13", "ISO-27001-A.8.24")
    assert {"NIST-800-53-SC-8.1", "CIS-AWS-Foundations-2.1.1", "CIS-AWS-Foundations-3.1.1", "HIPAA-164.312.e.1"} <= set(
        list_tags(ALL_REQUESTS)
    )


def test_a_policy_that_is_in_no_table_has_no_controls() -> None:
    """As one that somebody adds."""
    assert (list_controls("another"), list_tags("another")) == ((), ())


def test_the_benchmark_is_that_of_the_rules() -> None:
    """What Pulumi is told of each policy, and the first row of the table, are one control."""
    assert {rule.reference for rule in ALL} == {control.id for control in CONTROLS if control.framework == THREE_TIER}
