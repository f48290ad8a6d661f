"""
From rules to the SDK's policies: the one place that speaks to the engine.

The SDK abandons a policy at `UnknownValueError` with one advisory note, and at `not_applicable` without a word; any other exception aborts
the user's whole operation and loses its traceback. So both are raised last, on purpose, outside of every `try`, and nothing else gets out.
"""

import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timezone
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, TypeAlias

import pulumi.runtime
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
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError

from bucketpolicy.repair import Repaired
from crossguard import messages, remediate, resources
from crossguard.assess import assess, locate
from crossguard.attachments import Attachments, assess_attachments, attach
from crossguard.finding import CannotTell, Compliant, Exempted, Finding, Misconfigured, NotApplicable, NotKnown, Open, Subject
from crossguard.rule import Rule, StackRule
from crossguard.settings import Rejected, Settings, read_settings, write_schema
from crossguard.source import Found

FRAMEWORK = "CIS Three-tier Web Architecture Benchmark"
FRAMEWORK_VERSION = "1.0.0"
TAGS = ("AWS", "S3", "CIS", "NIST-800-53-SC-13")

Clock: TypeAlias = Callable[[], date]


class Violation(NamedTuple):
    """A message at the policy's own level; `urn` is for the stack policy, which speaks of other resources."""

    text: str
    urn: str | None = None


class Note(NamedTuple):
    """A message that a mandatory policy gives as an advisory one."""

    text: str


class Skip(NamedTuple):
    """The policy does not apply, for this reason."""

    reason: str


Outcome = Violation | Note | Skip


class InlinePolicies:
    """The buckets whose inputs held a policy when they were last analyzed; the stack policy sees outputs only. Several threads use it."""

    def __init__(self) -> None:
        """None has been seen yet."""
        self._lock = Lock()
        self._urns: set[str] = set()

    def note(self, urn: str, *, present: bool) -> None:
        """Remember whether the inputs of this bucket hold a policy."""
        with self._lock:
            (self._urns.add if present else self._urns.discard)(urn)

    def snapshot(self) -> frozenset[str]:
        """The URNs as they are now."""
        with self._lock:
            return frozenset(self._urns)


def read_clock() -> date:
    """Today, in UTC."""
    return datetime.now(timezone.utc).date()


def build(rules: tuple[Rule | StackRule, ...], clock: Clock = read_clock) -> list[Policy]:
    """The rules as policies of the SDK, in the same order."""
    inline = InlinePolicies()
    return [
        _build_resource_policy(rule, inline, clock) if isinstance(rule, Rule) else _build_stack_policy(rule, inline, clock)
        for rule in rules
    ]


def _build_resource_policy(rule: Rule, inline: InlinePolicies, clock: Clock) -> ResourceValidationPolicy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if not resources.judges(args.resource_type):
            args.not_applicable(resources.explain_type(args.resource_type))
        try:
            outcome = _judge_resource(rule, args, inline, clock())
        except Exception as error:  # noqa: BLE001  the safety net: an exception would abort the user's operation
            outcome = Violation(messages.render_internal_error(rule, _point_at(error)))
        _utter(() if outcome is None else (outcome,), args, report)

    def remedy(args: ResourceValidationArgs) -> Any:  # the SDK's type asks for an awaitable, the SDK does not
        if not resources.judges(args.resource_type):
            args.not_applicable(resources.explain_type(args.resource_type))
        try:
            return _remedy(rule, args, clock())
        except Exception:  # noqa: BLE001  the safety net, as above; `validate` comes next and reports
            return None

    return ResourceValidationPolicy(validate=validate, remediate=None if rule.half == "all-transport" else remedy, **_describe(rule))


def _build_stack_policy(rule: StackRule, inline: InlinePolicies, clock: Clock) -> StackValidationPolicy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        try:
            outcomes = tuple(_judge_stack(rule, args, inline, clock()))
        except Exception as error:  # noqa: BLE001  the safety net: an exception would abort the user's operation
            outcomes = (Violation(messages.render_internal_error(rule, _point_at(error))),)
        _utter(outcomes, args, report)

    return StackValidationPolicy(validate=validate, **_describe(rule))


def _describe(rule: Rule | StackRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "description": rule.description,
        "enforcement_level": EnforcementLevel(rule.level),
        "config_schema": PolicyConfigSchema(properties=write_schema(rule.keys)),
        "severity": Severity(rule.severity),
        "framework": PolicyComplianceFramework(name=FRAMEWORK, version=FRAMEWORK_VERSION, reference=rule.reference),
        "tags": list(TAGS),
        "remediation_steps": rule.remediation_steps,
        "url": messages.link(rule),
    }


def _judge_resource(rule: Rule, args: ResourceValidationArgs, inline: InlinePolicies, today: date) -> Outcome | None:
    if args.resource_type in resources.BUCKET_NAME:
        inline.note(args.urn, present=resources.has_inline_policy(args.resource_type, args.props))
    settings = read_settings(args.get_config(), rule.keys)
    subject, finding, _ = _examine(rule, args, settings, today)
    return _pronounce(rule, settings, subject, finding)


def _examine(rule: Rule, args: ResourceValidationArgs, settings: Settings | Rejected, today: date) -> tuple[Subject, Finding, str]:
    """The subject, the finding, and the property that holds the document."""
    provider = args.provider.props if args.provider is not None else None
    source = resources.find(args.resource_type, args.props, provider)
    subject = locate(Subject(args.urn, args.resource_type, args.name), settings, source)
    return subject, assess(rule, settings, subject, source, today), source.property if isinstance(source, Found) else ""


def _remedy(rule: Rule, args: ResourceValidationArgs, today: date) -> Mapping[str, Any] | None:
    _, finding, name = _examine(rule, args, read_settings(args.get_config(), rule.keys), today)
    match finding:
        case Open(fix=Repaired(_, added) as fix) | CannotTell(fix=Repaired(_, added) as fix) if added:
            return remediate.apply(args.props, name, fix)
        case _:
            return None


def _judge_stack(rule: StackRule, args: StackValidationArgs, inline: InlinePolicies, today: date) -> Iterator[Outcome]:
    settings = read_settings(args.get_config(), rule.keys)
    if isinstance(settings, Rejected):
        yield Violation(messages.render(rule, Misconfigured(settings.problems), Subject("", "", "")) or "")
        return
    attachments = attach(args.resources, inline.snapshot())
    if not attachments.buckets:
        yield Skip("the stack has no S3 bucket")
        return
    yield from _pronounce_attachments(rule, settings, attachments, today)


def _pronounce_attachments(rule: StackRule, settings: Settings, attachments: Attachments, today: date) -> Iterator[Outcome]:
    """A violation for each bucket that has one, then one note for all that are not known."""
    doubtful: list[Subject] = []
    for subject, finding in assess_attachments(settings, attachments, today):
        match _pronounce(rule, settings, subject, finding):
            case Violation(text):
                yield Violation(text, subject.urn)
            case Note():
                doubtful.append(subject)
    if doubtful:
        yield Note(messages.render_note(rule, tuple(doubtful)))


def _pronounce(rule: Rule | StackRule, settings: Settings | Rejected, subject: Subject, finding: Finding) -> Outcome | None:
    """What is said of a finding; what is not known yet is softened during a preview only."""
    if isinstance(finding, NotKnown) and not pulumi.runtime.is_dry_run():
        finding = finding._replace(when="update")
    text = messages.render(rule, finding, subject)
    match finding:
        case _ if text is None:
            return None
        case Compliant():
            return None
        case Exempted() | NotApplicable():
            return Skip(text)
        case NotKnown(when="preview") if "whenUnknown" not in rule.keys:
            return Skip(text)
        case NotKnown(when="preview") if isinstance(settings, Settings) and settings.when_unknown == "advisory":
            return Note(text)
        case _:
            return Violation(text)


def _utter(outcomes: tuple[Outcome, ...], args: ResourceValidationArgs | StackValidationArgs, report: ReportViolation) -> None:
    """Say it to the SDK: all violations first, since a note or a skip ends the policy by an exception."""
    last: Note | Skip | None = None
    for outcome in outcomes:
        match outcome:
            case Violation(text, urn):
                report(text, urn)
            case Note() | Skip():
                last = outcome
    match last:
        case Note(text):
            error = UnknownValueError(UNKNOWN_STRING_VALUE, [])
            error.message = text
            raise error
        case Skip(reason):
            args.not_applicable(reason)


def _point_at(error: Exception) -> str:
    """`FILE:LINE` of our code where it failed; the error's own text may hold what nobody may read."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
