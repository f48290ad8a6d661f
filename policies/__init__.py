"""The promises of the pack, one a module; `ALL` holds them in the order in which they are shown."""

from crossguard.pack.rule import Rule, StackRule
from policies import denies_all_insecure_requests, denies_insecure_transport, denies_unencrypted_uploads, has_policy

ALL: tuple[Rule | StackRule, ...] = (
    denies_unencrypted_uploads.RULE,
    denies_insecure_transport.RULE,
    denies_all_insecure_requests.RULE,
    has_policy.RULE,
)
