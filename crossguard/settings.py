"""The configuration of the pack: schema, parsed value and documentation from one definition."""

from datetime import date
from typing import Literal, NamedTuple

from bucketpolicy.goal import Assumptions


class Exemption(NamedTuple):
    """One entry of `exemptions`: a glob over bucket names, `name:` and a glob over resource names, or a whole URN."""

    bucket: str
    reason: str
    owner: str | None = None
    expires: date | None = None


class Settings(NamedTuple):
    """A parsed configuration; the defaults are those of the contract."""

    exemptions: tuple[Exemption, ...] = ()
    when_unknown: Literal["advisory", "mandatory"] = "advisory"
    partition: str | None = None
    algorithms: tuple[str, ...] = ()
    kms_key_arns: tuple[str, ...] = ()
    accept_customer_provided_keys: bool = False
    accept_benchmark_snippet: bool = False
    exempt_principals: tuple[str, ...] = ()
    minimum_tls_version: Literal["1.2", "1.3"] | None = None
    assumptions: Assumptions = Assumptions()
