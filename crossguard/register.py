"""
From rules to the SDK's policies: the one place that speaks to the engine.

The SDK abandons a policy at `UnknownValueError` with one advisory note, and at `not_applicable` without a word; any other exception aborts
the user's whole operation and loses its traceback. So both are raised last, on purpose, outside of every `try`, and nothing else gets out.

Everybody waits for the pack to boot, also those whose program has no bucket: what judges is loaded (`policy`) when it is needed.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timezone
from threading import Timer
from typing import Any, TypeAlias

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyComplianceFramework,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

from crossguard.failure import describe_failure
from crossguard.pack.frameworks import list_tags
from crossguard.pack.kinds import DELIVERING, JUDGED, WATCHED, explain
from crossguard.pack.rule import FRAMEWORK, FRAMEWORK_VERSION, Rule, StackRule, link
from crossguard.pack.settings import write_schema
from crossguard.resources.seen_inputs import SeenInputs

#: The last one is what the benchmark itself refers to.
TAGS = ("AWS", "S3", "CIS", "NIST-800-53-SC-13")

#: The port is written within a few milliseconds of the last import.
_WARM_UP_SECONDS = 0.1

Clock: TypeAlias = Callable[[], date]


def read_clock() -> date:
    """Today, in UTC."""
    return datetime.now(timezone.utc).date()


def build(rules: tuple[Rule | StackRule, ...], clock: Clock = read_clock) -> list[Policy]:
    """The rules as policies of the SDK, in the same order."""
    seen_inputs = SeenInputs()
    return [
        _build_resource_policy(rule, seen_inputs, clock) if isinstance(rule, Rule) else _build_stack_policy(rule, seen_inputs, clock)
        for rule in rules
    ]


def warm_up() -> None:
    """Load what judges in the background, once the engine has its port and while it starts the user's program."""
    timer = Timer(_WARM_UP_SECONDS, _load)
    timer.daemon = True
    timer.start()


def _load() -> None:
    from crossguard import policy  # noqa: F401, PLC0415  for the import's own sake; a failure is told where it matters

    # What is loaded by now stays: without this the collector walks through all of it, again and again, while a big stack is read.
    gc.freeze()


@contextmanager
def _collect_nothing() -> Iterator[None]:
    """A stack is judged without garbage: to look for some among all that the SDK holds of it would take several times as long."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _build_resource_policy(rule: Rule, seen_inputs: SeenInputs, clock: Clock) -> ResourceValidationPolicy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if args.resource_type not in JUDGED:
            if args.resource_type in DELIVERING:
                _note_deliveries(rule, args, seen_inputs, report)
            args.not_applicable(explain(args.resource_type))
        try:
            from crossguard import policy  # noqa: PLC0415  not at boot: see above

            if policy.passes(rule, args, seen_inputs):
                return
            outcomes = policy.judge_resource(rule, args, seen_inputs, policy.read_when(clock()))
        except Exception as error:  # noqa: BLE001  the safety net: an exception would abort the user's operation
            report(describe_failure(rule, error), None)
        else:
            policy.report_all(outcomes, args, report)

    def remediate(args: ResourceValidationArgs) -> Any:  # the SDK's type asks for an awaitable, the SDK itself does not
        if args.resource_type not in JUDGED:
            args.not_applicable(explain(args.resource_type))
        try:
            from crossguard import policy  # noqa: PLC0415  not at boot: see above

            return policy.remediate_resource(rule, args, seen_inputs, policy.read_when(clock()))
        except Exception:  # noqa: BLE001  the safety net, as above; `validate` comes next and reports
            return None

    return ResourceValidationPolicy(validate=validate, remediate=remediate if rule.remediates else None, **_describe(rule))


def _note_deliveries(rule: Rule, args: ResourceValidationArgs, seen_inputs: SeenInputs, report: ReportViolation) -> None:
    try:
        from crossguard import policy  # noqa: PLC0415  not at boot: see above

        policy.note_deliveries(args, seen_inputs)
    except Exception as error:  # noqa: BLE001  the safety net, as above
        report(describe_failure(rule, error), None)


def _build_stack_policy(rule: StackRule, seen_inputs: SeenInputs, clock: Clock) -> StackValidationPolicy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        if not args.get_config() and not any(resource.resource_type in WATCHED for resource in args.resources):
            args.not_applicable("the stack has no S3 bucket")
        try:
            from crossguard import policy  # noqa: PLC0415  not at boot: see above

            with _collect_nothing():
                outcomes = tuple(policy.judge_stack(rule, args, seen_inputs, policy.read_when(clock())))
        except Exception as error:  # noqa: BLE001  the safety net: an exception would abort the user's operation
            report(describe_failure(rule, error), None)
        else:
            policy.report_all(outcomes, args, report)

    return StackValidationPolicy(validate=validate, **_describe(rule))


def _describe(rule: Rule | StackRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "description": rule.description,
        "enforcement_level": EnforcementLevel(rule.level),
        "config_schema": PolicyConfigSchema(properties=write_schema(rule.keys)),
        "severity": Severity(rule.severity),
        "framework": PolicyComplianceFramework(name=FRAMEWORK, version=FRAMEWORK_VERSION, reference=rule.reference),
        "tags": list(dict.fromkeys((*TAGS, *list_tags(rule.name)))),
        "remediation_steps": rule.remediation_steps,
        "url": link(rule),
    }
