"""
What a policy says about a resource, or about a stack: everything between the SDK's arguments and what is said to it.

Loaded by `register` when the first bucket or bucket policy is seen, so that it costs nothing before.
"""

import json
from collections.abc import Iterator, Mapping, MutableMapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, cast

import pulumi.runtime
from pulumi_policy import ReportViolation, ResourceValidationArgs, StackValidationArgs
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError

from bucketpolicy.goal import FEW
from bucketpolicy.parse import MAX_BYTES
from bucketpolicy.repair import Repaired
from crossguard.judging.assess import assess, locate
from crossguard.judging.exemptions import Applies, find_exemption
from crossguard.judging.finding import (
    CannotTell,
    Compliant,
    Exempted,
    Finding,
    Misconfigured,
    NotApplicable,
    NotDenied,
    NotKnown,
    Subject,
    Unattached,
)
from crossguard.judging.senders import Silenced
from crossguard.messages.render import render
from crossguard.messages.stack import render_note
from crossguard.pack.kinds import POLICY_DOCUMENT
from crossguard.pack.rule import Rule, StackRule
from crossguard.pack.settings import DEFAULTS, Rejected, Settings, read_settings
from crossguard.resources.attachments import assess_attachments, attach
from crossguard.resources.deliveries import find_denied, group_senders, list_deliveries, read_deliveries
from crossguard.resources.documents import Props, find, look, read_region, reveal
from crossguard.resources.doors import find_doors
from crossguard.resources.naming import settle
from crossguard.resources.seen_inputs import SeenInputs
from crossguard.resources.source import Found, Source

#: The real engine takes answers of up to 4 MB. A violation also carries the policy's description twice, and names.
_ALL_BYTES = 2_500_000
_WHOLE_BYTES = 1_000_000
_EXTRA_BYTES = 400


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


class When(NamedTuple):
    """
    When a policy is asked: on which day (in UTC), and whether in a preview, where something may not be known yet.

    `probes`: on how many requests there is time to try a denial.
    """

    today: date
    preview: bool
    probes: int = FEW


def read_when(today: date) -> When:
    """The moment of the operation that the engine has told the SDK of; none, as in `pulumi policy analyze`, is no preview."""
    return When(today, pulumi.runtime.is_dry_run())


def passes(rule: Rule, args: ResourceValidationArgs, seen_inputs: SeenInputs) -> bool:
    """True iff there is nothing to say of a bucket policy, of which all is known that counts: the usual case, found without detours."""
    if args.resource_type not in POLICY_DOCUMENT:
        return False
    props = reveal(args.props)
    document, bucket = props.get(POLICY_DOCUMENT[args.resource_type]), props.get("bucket")
    if args.get_config() or not isinstance(document, str) or len(document) > MAX_BYTES or not isinstance(bucket, str):
        return False
    provider = reveal(args.provider.props) if args.provider is not None else {}
    region = read_region(props, provider)
    seen_inputs.note(args.urn, look(args.resource_type, props))
    return _is_compliant(rule, args.resource_type, bucket, document, region)


@lru_cache(maxsize=256)
def _is_compliant(rule: Rule, resource_type: str, bucket: str, document: str, region: str | None) -> bool:
    """True iff the document is known to pass without any configuration: then nothing else about its resource counts."""
    source = find(resource_type, {"bucket": bucket, POLICY_DOCUMENT[resource_type]: document, "region": region})
    known = isinstance(source, Found) and source.bucket is not None
    return known and isinstance(assess(rule, DEFAULTS, Subject("", resource_type, ""), source, date.min), Compliant)


def judge_resource(rule: Rule, args: ResourceValidationArgs, seen_inputs: SeenInputs, when: When) -> tuple[Outcome, ...]:
    """What the policy says about one resource's inputs; nothing where all is well."""
    props = reveal(args.props)
    seen_inputs.note(args.urn, look(args.resource_type, props))
    note_deliveries(args, seen_inputs)
    settings = _read_settings(args, rule, when)
    subject, source = _look_at(args, props, seen_inputs, when)
    finding = assess(rule, settings, subject, source, when.today)
    if isinstance(finding, Compliant):
        return ()
    placed = _set_when(finding, when)
    kind = _classify(rule, settings, placed)
    return () if kind is None else (kind(render(rule, placed, locate(subject, settings, source)) or ""),)


def note_deliveries(args: ResourceValidationArgs, seen_inputs: SeenInputs) -> None:
    """Remember the buckets that this resource has AWS deliver to."""
    seen_inputs.note_deliveries(read_deliveries(args.resource_type, args.name, reveal(args.props)))


def _read_settings(args: ResourceValidationArgs, rule: Rule, when: When) -> Settings | Rejected:
    settings = read_settings(args.get_config(), rule.keys)
    return settings if isinstance(settings, Rejected) or settings.probes == when.probes else settings._replace(probes=when.probes)


def remediate_resource(rule: Rule, args: ResourceValidationArgs, seen_inputs: SeenInputs, when: When) -> Mapping[str, Any] | None:
    """The resource's properties with the document repaired; None where there is nothing to add, or nothing can be."""
    subject, source = _look_at(args, args.props, seen_inputs, when)
    match source, assess(rule, _read_settings(args, rule, when), subject, source, when.today):
        # Whom the statements would silence is told, and nothing is added.
        case Found(_, name), (
            NotDenied(fix=Repaired(_, added) as fix, senders=()) | CannotTell(fix=Repaired(_, added) as fix, senders=())
        ) if added:
            return _apply(args.props, name, fix)
        case _:
            return None


def _apply(props: Mapping[str, Any], name: str, repaired: Repaired) -> Mapping[str, Any]:
    """
    The same properties, with the repaired document as the property of this name; a text stays a text, and an object an object.

    The SDK's own proxy is changed in place, since only it remembers which values are secret.
    """
    # The proxy takes assignments, although it says that it is only a Mapping.
    writable = cast("MutableMapping[str, Any]", props)
    if isinstance(props[name], str):
        writable[name] = repaired.text
    else:
        _append(props[name], repaired.added)
    return props


def _append(document: Mapping[str, Any], added: tuple[str, ...]) -> None:
    """Put the statements after those of the document, which keep their places, their values and their secret marks."""
    statements = document["Statement"]
    # A proxy's own list, in which secret members are still marked; a proxy hands them out without their marks.
    kept = [statements] if isinstance(statements, Mapping) else list(statements["__target"])
    cast("MutableMapping[str, Any]", document)["Statement"] = [*kept, *map(json.loads, added)]


def _look_at(args: ResourceValidationArgs, props: Props, seen_inputs: SeenInputs, when: When) -> tuple[Subject, Source]:
    """The resource and its document; in an update every name is known, or else secret."""
    provider = reveal(args.provider.props) if args.provider is not None else None
    source = find(args.resource_type, props, provider)
    settled = settle(source, seen_inputs.pick_buckets) if when.preview else source
    senders = seen_inputs.list_senders(settled.bucket) if isinstance(settled, Found) else ()
    return Subject(args.urn, args.resource_type, args.name, senders=senders), settled


def judge_stack(rule: StackRule, args: StackValidationArgs, seen_inputs: SeenInputs, when: When) -> Iterator[Outcome]:
    """What the policy says about the stack: the violations in URN order, and last what is not known or why it does not apply."""
    settings = read_settings(args.get_config(), rule.keys)
    if isinstance(settings, Rejected):
        yield Violation(render(rule, Misconfigured(settings.problems), Subject("", "", "")) or "")
        return
    attachments = attach(args.resources, seen_inputs.snapshot())
    doors = tuple(door for door in find_doors(args.resources) if not _is_exempted(settings, door, when))
    if not attachments.buckets and not doors:
        yield Skip("the stack has no S3 bucket")
        return
    deliveries = list_deliveries(args.resources)
    beside = _Beside(doors, tuple(find_denied(deliveries, attachments)))
    found = assess_attachments(settings, attachments, when.today, group_senders(deliveries))
    yield from _judge_attachments(rule, settings, found, beside, when)


def _is_exempted(settings: Settings, door: Subject, when: When) -> bool:
    return isinstance(find_exemption(settings.exemptions, door, when.today), Applies)


class _Beside(NamedTuple):
    """What the stack policy has to tell besides: what is made past the pack, and who is silenced."""

    doors: tuple[Subject, ...]
    silenced: tuple[Silenced, ...]


def _judge_attachments(
    rule: StackRule, settings: Settings, found: Iterator[tuple[Subject, Finding]], beside: _Beside, when: When
) -> Iterator[Outcome]:
    """A violation for each bucket that has one, then one note for all of which less can be said."""
    doubtful: list[Subject] = []
    bare: list[Subject] = []

    def list_violations() -> Iterator[tuple[Subject, Finding]]:
        for subject, timeless in found:
            finding = _set_when(timeless, when)
            kind = _classify(rule, settings, finding)
            if kind is Violation:
                yield subject, finding
            elif kind is Note:
                (bare if isinstance(finding, Unattached) else doubtful).append(subject)

    yield from _fit_answer(rule, list_violations())
    if doubtful or bare or any(beside):
        yield Note(render_note(rule, tuple(doubtful), tuple(bare), *beside))


def _fit_answer(rule: StackRule, violations: Iterator[tuple[Subject, Finding]]) -> Iterator[Violation]:
    """Whole messages while there is room in one answer, then their first lines, and in the end how many more there are."""
    spent = left_out = 0
    for subject, finding in violations:
        if spent <= _ALL_BYTES:
            text = render(rule, finding, subject) or ""
            short = text if spent < _WHOLE_BYTES else text.partition("\n")[0]
            spent += len(short.encode(errors="replace")) + len(subject.urn) + _EXTRA_BYTES
        if spent > _ALL_BYTES:
            left_out += 1
        else:
            yield Violation(short, subject.urn)
    if left_out:
        yield Violation(f"{left_out} more buckets have the same violation.")


def _set_when(finding: Finding, when: When) -> Finding:
    """The finding with the kind of operation, where that matters: what is not known or not there yet is softened in a preview only."""
    if isinstance(finding, NotKnown | Unattached):
        return finding._replace(when="preview" if when.preview else "update")
    return finding


def _classify(rule: Rule | StackRule, settings: Settings | Rejected, finding: Finding) -> type[Violation | Note | Skip] | None:
    """What is made of a finding; None where there is nothing to say."""
    match finding:
        case Compliant():
            return None
        case Exempted() | NotApplicable():
            return Skip
        case NotKnown(when="preview") if "whenUnknown" not in rule.keys:
            return Skip
        case NotKnown(when="preview") if isinstance(settings, Settings) and settings.when_unknown == "advisory":
            return Note
        case Unattached(when="preview") if isinstance(settings, Settings) and settings.in_preview == "advisory":
            return Note
        case _:
            return Violation


def report_all(outcomes: tuple[Outcome, ...], args: ResourceValidationArgs | StackValidationArgs, report: ReportViolation) -> None:
    """Say it to the SDK: all violations first, since a note or a skip ends the policy by an exception."""
    last: Note | Skip | None = None
    for outcome in outcomes:
        match outcome:
            case Violation(text, urn):
                report(text, urn)
            case _:
                last = outcome
    match last:
        case Note(text):
            error = UnknownValueError(UNKNOWN_STRING_VALUE, [])
            error.message = text
            raise error
        case Skip(reason):
            args.not_applicable(reason)
