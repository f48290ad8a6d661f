"""The policy pack `s3-encryption-guard`: what it promises is in `policies/`, one promise a file."""

from pulumi_policy import PolicyPack

from crossguard.pack.rule import REPOSITORY
from crossguard.register import build, warm_up
from policies import ALL

warm_up()
PolicyPack(
    name="s3-encryption-guard",
    description="Proves that S3 bucket policies deny uploads without server-side encryption and requests without TLS (CIS 1.16).",
    display_name="S3 encryption guard",
    provider="aws",
    tags=["AWS", "S3", "CIS"],
    repository=REPOSITORY,
    policies=build(ALL),
)
