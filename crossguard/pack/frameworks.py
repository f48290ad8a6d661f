"""
The controls that ask for what a policy promises: one table, rendered into pages, tags, SARIF and the evidence report.

`asked`: a published mapping files this very check under the control. `by_intent`: the control's text asks for it, or for more than the
policy promises, and no mapping that we know of says so.
"""

from typing import Literal, NamedTuple

_UPLOADS = "aws-s3-bucket-policy-denies-unencrypted-uploads"
_TRANSPORT = "aws-s3-bucket-policy-denies-insecure-transport"
_REQUESTS = "aws-s3-bucket-policy-denies-all-insecure-requests"
_ATTACHED = "aws-s3-bucket-has-policy"


class Framework(NamedTuple):
    """A framework and its version; `slug` begins the tags of its controls."""

    name: str
    version: str
    organization: str
    slug: str


class Control(NamedTuple):
    """A control, and the names of the policies that meet it: as published, or by what its text wants."""

    framework: Framework
    id: str
    asked: tuple[str, ...]
    by_intent: tuple[str, ...] = ()

    @property
    def tag(self) -> str:
        """As a tag of a policy; an enhancement is written as OSCAL writes it (`SC-8.1`)."""
        return f"{self.framework.slug}-{self.id.replace('(', '.').replace(')', '')}"


THREE_TIER = Framework("CIS Three-tier Web Architecture Benchmark", "1.0.0", "Center for Internet Security", "CIS-Three-tier")
_FOUNDATIONS_2 = Framework("CIS AWS Foundations Benchmark", "2.0.0 to 5.0.0", "Center for Internet Security", "CIS-AWS-Foundations")
_FOUNDATIONS_6 = Framework("CIS AWS Foundations Benchmark", "6.0.0 and 7.0.0", "Center for Internet Security", "CIS-AWS-Foundations")
_SECURITY_HUB = Framework("AWS Security Hub", "AWS Foundational Security Best Practices 1.0.0", "AWS", "Security-Hub")
_CONFIG = Framework("AWS Config managed rules", "2026", "AWS", "AWS-Config")
_CONTROL_TOWER = Framework("AWS Control Tower", "2026", "AWS", "Control-Tower")
_NIST_53 = Framework("NIST SP 800-53", "Revision 5", "NIST", "NIST-800-53")
_NIST_171 = Framework("NIST SP 800-171", "Revision 2", "NIST", "NIST-800-171")
_PCI = Framework("PCI DSS", "4.0.1", "PCI Security Standards Council", "PCI-DSS")
_HIPAA = Framework("HIPAA Security Rule", "45 CFR Part 164", "HHS", "HIPAA")
_ISO = Framework("ISO/IEC 27001", "2022", "ISO", "ISO-27001")
_SOC_2 = Framework("SOC 2", "Trust Services Criteria 2017", "AICPA", "SOC-2")
_FEDRAMP = Framework("FedRAMP", "Moderate", "GSA", "FedRAMP")


def _ask_for_tls(framework: Framework, *ids: str) -> tuple[Control, ...]:
    """Controls that want every request over TLS, of which uploads are a part."""
    return tuple(Control(framework, each, (_REQUESTS,), (_TRANSPORT,)) for each in ids)


CONTROLS: tuple[Control, ...] = (
    Control(THREE_TIER, "1.16", (_UPLOADS, _TRANSPORT, _REQUESTS, _ATTACHED)),
    *_ask_for_tls(_FOUNDATIONS_2, "2.1.1"),
    *_ask_for_tls(_FOUNDATIONS_6, "3.1.1"),
    *_ask_for_tls(_SECURITY_HUB, "S3.5"),
    *_ask_for_tls(_CONFIG, "s3-bucket-ssl-requests-only"),
    *_ask_for_tls(_CONTROL_TOWER, "CT.S3.PR.8"),
    *_ask_for_tls(_NIST_53, "SC-8", "SC-8(1)"),
    Control(_NIST_53, "SC-13", (_UPLOADS, _TRANSPORT, _REQUESTS, _ATTACHED)),
    *_ask_for_tls(_NIST_53, "SC-23", "AC-17(2)"),
    Control(_NIST_53, "SC-28", (), (_UPLOADS,)),
    *_ask_for_tls(_NIST_171, "3.13.8", "3.13.11"),
    Control(_NIST_171, "3.13.16", (_REQUESTS,), (_UPLOADS, _TRANSPORT)),
    *_ask_for_tls(_PCI, "4.2.1", "4.2.1.1", "2.2.7"),
    *_ask_for_tls(_HIPAA, "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    Control(_ISO, "A.8.24", (_UPLOADS, _TRANSPORT, _REQUESTS)),
    Control(_SOC_2, "CC6.7", (), (_REQUESTS, _TRANSPORT)),
    *_ask_for_tls(_FEDRAMP, "SC-8", "SC-8(1)"),
)


def list_controls(policy: str) -> tuple[Control, ...]:
    """The controls that the policy of this name meets, by either column."""
    return tuple(control for control in CONTROLS if policy in (*control.asked, *control.by_intent))


def tell_how(control: Control, policy: str) -> Literal["asked", "by intent"]:
    """How the policy of this name meets the control."""
    return "asked" if policy in control.asked else "by intent"


def list_tags(policy: str) -> tuple[str, ...]:
    """The tags of the controls that ask for what the policy promises."""
    return tuple(dict.fromkeys(control.tag for control in CONTROLS if policy in control.asked))
