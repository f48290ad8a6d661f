"""
From what the pack said to a report: every bucket with what was said of it and of the policies attached to it.

What the pack reports is what counts. Where it is silent, this process finds out why: where more than verdicts is asked for, by judging the
document again, which names the statements that deny; else by looking only for what would make silence mean something else (an exemption, an
unknown value).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import PurePosixPath
from posixpath import normpath
from typing import Literal, NamedTuple

from crossguard.judging.assess import assess, locate
from crossguard.judging.exemptions import Applies, find_exemption
from crossguard.judging.finding import Compliant, Exempted, NotApplicable, NotKnown, Subject, Unattached
from crossguard.messages.render import render
from crossguard.pack.kinds import BUCKET_NAME, JUDGED, POLICY_DOCUMENT
from crossguard.pack.rule import Rule
from crossguard.resources.attachments import assess_attachments, attach
from crossguard.resources.deliveries import group_senders, list_deliveries, read_deliveries
from crossguard.resources.documents import find, has_inline_policy, is_directory_bucket, look, read_bucket_name, read_region, was_read
from crossguard.resources.links import find_targets
from crossguard.resources.naming import settle
from crossguard.resources.seen_inputs import SeenInputs
from crossguard.resources.source import Found
from offline import remarks
from offline.analyze import ShownProvider, find_provider, list_providers, reveal_read
from offline.beginning import begin_policy, tell_beginning
from offline.certificates import certify, refer
from offline.configuration import Configuration, Configured
from offline.pack_info import list_versions
from offline.report import content
from offline.report.content import Bucket, Certificate, CommandName, Outcome, Report, Result, SourceLocation, name_stack
from offline.results import Examined, Judgement, choose_fix, forget_unnamed, read_verdict, say, share_fix
from offline.run import BlindSpot, Diagnostic, Run, Seen
from offline.secrecy import conceal_stack

_WEBSITES = frozenset(
    {
        "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
        "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2",
    }
)
REMEDIATED_REMARK = "The policy added the statements that were missing."
REMEDIABLE_REMARK = "During an update the policy would add the statements that are missing."


#: How much is told of what is denied: that it is; also by which statements; also how, for a verifier.
Detail = Literal["verdicts", "proofs", "certificates"]


class Judged(NamedTuple):
    """A run, the file or folder that it is about, and what is known already of what the policies find there."""

    run: Run
    where: str
    findings: Mapping[tuple[str, str], Examined] = {}


class Shown(NamedTuple):
    """A resource without its secret marks; the shape that `crossguard.resources.attachments` reads."""

    urn: str
    resource_type: str
    name: str
    inputs: Mapping[str, object]
    props: Mapping[str, object]
    property_dependencies: "Mapping[str, tuple[Shown, ...]]"
    place: SourceLocation
    provider: ShownProvider | None


class _Told(NamedTuple):
    """What was said of a resource, what this process finds where the pack spoke, and the proofs where it did not."""

    results: tuple[Result, ...]
    judgements: tuple[Judgement, ...]
    certificates: tuple[Certificate, ...]


class _Stack(NamedTuple):
    """What is needed to tell of one run."""

    judged: Judged
    shown: Mapping[str, Shown]
    seen_inputs: SeenInputs
    diagnostics: Mapping[tuple[str, str], tuple[Diagnostic, ...]]
    remediated: frozenset[tuple[str, str]]
    configuration: Configuration
    today: date
    detail: Detail
    websites: frozenset[str]


def assemble(judged: tuple[Judged, ...], configuration: Configuration, command: CommandName, now: datetime, detail: Detail) -> Report:
    """The report on these runs of the same pack; there is at least one."""
    found = (assemble_stack(each, configuration, now.date(), detail) for each in judged)
    stacks = tuple(sorted(found, key=lambda stack: (stack.name, stack.source)))
    pack = judged[0].run.pack
    return Report(
        command=command,
        subject=", ".join(map(name_stack, stacks)),
        pack=pack.name,
        version=pack.version,
        policies=pack.policies,
        stacks=stacks,
        date=now,
        versions=list_versions(),
    )


def assemble_stack(judged: Judged, configuration: Configuration, today: date, detail: Detail) -> content.Stack:
    """What a report says of this one run."""
    run, stack = judged.run, _prepare(judged, configuration, today, detail)
    told = content.Stack(
        name=_name_run(run),
        source=judged.where,
        buckets=tuple(sorted(_list_buckets(stack), key=lambda bucket: (bucket.label, bucket.urn))),
        others=tuple(_list_others(stack)),
        resources=len(run.resources),
        resolved=run.resolved,
        notes=run.notes,
        blind_spots=weigh(run),
    )
    return conceal_stack(told, run)


def _name_run(run: Run) -> str:
    return f"{run.project}/{run.stack}" if run.project else ""


def weigh(run: Run) -> tuple[BlindSpot, ...]:
    """The run's blind spots; where no bucket was seen each of them weighs."""
    unseen = not any(seen.type in BUCKET_NAME for seen in run.resources)
    return tuple(spot._replace(weighs=spot.weighs or unseen) for spot in run.blind_spots)


def _prepare(judged: Judged, configuration: Configuration, today: date, detail: Detail) -> _Stack:
    run = judged.run
    said: dict[tuple[str, str], list[Diagnostic]] = {}
    for diagnostic in run.diagnostics:
        said.setdefault((diagnostic.urn, diagnostic.policy), []).append(diagnostic)
    shown = _show(judged)
    return _Stack(
        judged,
        shown,
        _sight(shown),
        {key: tuple(diagnostics) for key, diagnostics in said.items()},
        frozenset((each.urn, each.policy) for each in run.remediated),
        configuration,
        today,
        detail,
        frozenset(_find_websites(shown)),
    )


def _find_websites(shown: Mapping[str, Shown]) -> Iterator[str]:
    """The buckets that serve a website, by URN or by name: a website endpoint speaks HTTP only."""
    for each in shown.values():
        if each.resource_type in BUCKET_NAME and any(each.inputs.get(key) for key in ("website", "websites", "websiteConfiguration")):
            yield each.urn
        if each.resource_type in _WEBSITES:
            yield str(each.inputs.get("bucket"))
            yield from (bucket.urn for bucket in each.property_dependencies.get("bucket", ()))


def _show(judged: Judged) -> dict[str, Shown]:
    shown: dict[str, Shown] = {}
    providers = list_providers(judged.run.resources)
    edges: dict[str, dict[str, tuple[Shown, ...]]] = {}
    for seen in judged.run.resources:
        edges[seen.urn] = {}
        shown[seen.urn] = Shown(
            seen.urn,
            seen.type,
            seen.name,
            _reveal(seen.inputs, seen.type),
            _reveal(seen.outputs, seen.type),
            edges[seen.urn],
            _place(seen, judged),
            find_provider(seen, providers),
        )
    for seen in judged.run.resources:
        for key, urns in seen.property_dependencies.items():
            edges[seen.urn][key] = tuple(shown[urn] for urn in urns if urn in shown)
    return shown


def _sight(resources: Mapping[str, Shown]) -> SeenInputs:
    """What the pack remembers of their inputs; of who delivers where it knows what was registered before, and this process all."""
    seen_inputs = SeenInputs()
    for shown in resources.values():
        seen_inputs.note_deliveries(read_deliveries(shown.resource_type, shown.name, shown.inputs))
        if shown.resource_type in JUDGED:
            seen_inputs.note(shown.urn, look(shown.resource_type, shown.inputs))
    return seen_inputs


def _reveal(properties: Mapping[str, object], resource_type: str) -> Mapping[str, object]:
    """Only these are looked at again; the rest of a large stack is left alone."""
    return reveal_read(properties) if resource_type in JUDGED else properties


def _place(seen: Seen, judged: Judged) -> SourceLocation:
    if judged.run.mode == "state":
        return SourceLocation(seen.urn, seen.type, seen.name, judged.where)
    file, _, line = seen.source.rpartition(":")
    if not file or not line.isdigit():
        return SourceLocation(seen.urn, seen.type, seen.name, str(PurePosixPath(judged.where, "Pulumi.yaml")))
    return SourceLocation(seen.urn, seen.type, seen.name, normpath(PurePosixPath(judged.where, file)), int(line))


def _list_buckets(stack: _Stack) -> Iterator[Bucket]:
    groups: dict[str, list[Shown]] = {}
    owners = _find_owners(stack)
    for shown in stack.shown.values():
        if shown.resource_type in JUDGED:
            groups.setdefault(owners[shown.urn], []).append(shown)
    attached = dict(_judge_attachments(stack))
    for urn, members in groups.items():
        told = _report_members(sorted(members, key=_rank), stack, attached)
        results = _choose_results(result for one in told for result in one.results)
        if any(result.outcome != "not-applicable" for result in results) or any(_is_shown_bucket(member) for member in members):
            name = next((name for member in members if (name := _read_name(member))), "")
            label = name or f"{stack.shown[urn].name if urn in stack.shown else urn} (name not known)"
            website = any(shown.urn in stack.websites for shown in members) or name in stack.websites
            judgements = [judgement for one in told for judgement in one.judgements]
            fix = choose_fix(judgements, uploads_only=website)
            examined = attached.get(urn)
            if examined is not None and isinstance(examined.finding, Unattached):
                begun = begin_policy(examined.subject, examined.finding, stack.configuration, stack.today, uploads_only=website)
                results = tuple(tell_beginning(result, examined, stack.configuration, begun) for result in results)
                fix = begun.fix
            if any(_is_misplaced(member, members) for member in members):
                results = tuple(_remark_on_region(result) for result in results)
            certificates = tuple(certificate for one in told for certificate in one.certificates)
            owner = urn if urn in stack.shown else members[0].urn
            yield Bucket(name, label, share_fix(results, judgements, fix, uploads_only=website), owner, fix, certificates=certificates)


def _report_members(members: list[Shown], stack: _Stack, attached: Mapping[str, Examined]) -> list[_Told]:
    """What is told of each, in their order; of a bucket not that a policy does not apply to it which applies to what is attached."""
    policies = [member for member in members if member.resource_type in POLICY_DOCUMENT]
    told = [_report_resource(member, stack, attached) for member in policies]
    applying = frozenset(result.policy for one in told for result in one.results if result.outcome != "not-applicable")
    buckets = (member for member in members if member.resource_type not in POLICY_DOCUMENT)
    return [*(_report_resource(bucket, stack, attached, applying) for bucket in buckets), *told]


def _is_misplaced(policy: Shown, members: Iterable[Shown]) -> bool:
    """Whether a BucketPolicy without a region of its own is for a bucket that sets another one than the policy's provider."""
    regions = {read_region(member.inputs, None) for member in members if member.resource_type in BUCKET_NAME} - {None}
    if policy.resource_type not in POLICY_DOCUMENT or policy.inputs.get("region") or not policy.inputs:
        return False
    provider = read_region(policy.provider.props, None) if policy.provider is not None else None
    return bool(regions - {provider})


def _remark_on_region(result: Result) -> Result:
    """The stack policy's result with the remark, where it has no other."""
    here = result.verdict == "attached" and not result.remark
    return result._replace(remark=remarks.REGION) if here else result


def _choose_results(results: Iterable[Result]) -> tuple[Result, ...]:
    """That a policy does not apply to a bucket is told where it applies to nothing attached to it either, once."""
    found = tuple(results)
    applying = {result.policy for result in found if result.outcome != "not-applicable"}
    idle = {result.policy: result for result in reversed(found) if result.policy not in applying}
    return tuple(result for result in found if result.outcome != "not-applicable" or result is idle.get(result.policy))


def _is_shown_bucket(shown: Shown) -> bool:
    """A bucket is in the report even where no policy has anything to say of it."""
    return shown.resource_type in BUCKET_NAME and bool(shown.props) and not is_directory_bucket(_read_name(shown))


def _rank(shown: Shown) -> tuple[bool, str]:
    return shown.resource_type in POLICY_DOCUMENT, shown.urn


def _read_name(shown: Shown) -> str:
    return read_bucket_name(shown.resource_type, shown.props) or read_bucket_name(shown.resource_type, shown.inputs) or ""


def _find_owners(stack: _Stack) -> dict[str, str]:
    """By URN: the URN of the bucket that a resource is told of under; the name, where that bucket is none of the stack's."""
    targets = find_targets(shown for shown in stack.shown.values() if shown.resource_type in POLICY_DOCUMENT)
    names = {name: shown.urn for shown in stack.shown.values() if shown.resource_type in BUCKET_NAME and (name := _read_name(shown))}
    owners: dict[str, str] = {}
    for shown in stack.shown.values():
        if shown.resource_type in POLICY_DOCUMENT:
            name = _read_name(shown)
            owners[shown.urn] = names.get(name, name) if name else targets.get(shown.urn, shown.urn)
        else:
            owners[shown.urn] = shown.urn
    return owners


def _judge_attachments(stack: _Stack) -> Iterator[tuple[str, Examined]]:
    """What the stack policy finds at each bucket, by URN."""
    attachments = attach(stack.shown.values(), stack.seen_inputs.snapshot())
    senders = group_senders(list_deliveries(stack.shown.values()))
    for configured in stack.configuration.policies:
        if not isinstance(configured.rule, Rule):
            for subject, finding in assess_attachments(configured.settings, attachments, stack.today, senders):
                if isinstance(finding, Unattached) and stack.judged.run.mode == "preview":
                    yield subject.urn, Examined(subject, None, finding._replace(when="preview"))
                else:
                    yield subject.urn, Examined(subject, None, finding)


def _report_resource(shown: Shown, stack: _Stack, attached: Mapping[str, Examined], applying: Collection[str] = ()) -> _Told:
    """What is told of a resource; that a policy does not apply to it is left out for those that are `applying` elsewhere."""
    results: list[Result] = []
    judgements: list[Judgement] = []
    certificates: list[Certificate] = []
    for configured in stack.configuration.policies:
        said = stack.diagnostics.get((shown.urn, configured.rule.name), ())
        idle = configured.rule.name in applying and isinstance(configured.rule, Rule) and _has_none(shown)
        if not said and (idle or configured.level == "disabled"):
            continue
        examined = _examine(shown, configured, stack, attached, whole=bool(said) or stack.detail != "verdicts")
        results += (_repeat(diagnostic, configured, shown.place, stack, examined) for diagnostic in said)
        if examined is not None and isinstance(configured.rule, Rule):
            judgements.append(Judgement(configured.rule, configured.settings, examined))
        if not said and examined is not None and (silent := _explain_silence(shown, configured, examined, stack)) is not None:
            certificate = _certify(configured, examined, stack)
            certificates += [certificate] if certificate is not None else []
            results.append(refer(silent, certificate))
    return _Told(tuple(_add_drift(result, stack) for result in results), tuple(judgements), tuple(certificates))


def _certify(configured: Configured, examined: Examined, stack: _Stack) -> Certificate | None:
    """The proof of what a document policy found and the pack was silent about, where certificates are asked for."""
    if stack.detail != "certificates" or not isinstance(configured.rule, Rule):
        return None
    return certify(configured.rule, configured.settings, examined, _name_run(stack.judged.run))


def _has_none(shown: Shown) -> bool:
    """Whether this is a bucket without a document of its own, of which the document policies say that they do not apply."""
    return not has_inline_policy(shown.resource_type, shown.inputs) and not was_read(shown.resource_type, shown.inputs)


def _add_drift(result: Result, stack: _Stack) -> Result:
    """The result with what the other of inputs and outputs would have given."""
    drift = stack.judged.run.drifts.get((result.place.urn, result.policy))
    if drift is None:
        return result
    told = f"The state's inputs and outputs differ: by the inputs {drift.inputs}, by the outputs {drift.outputs}; the worse one counts."
    return result._replace(drift=drift, remark=" ".join(filter(None, (told, result.remark))))


def _examine(shown: Shown, configured: Configured, stack: _Stack, attached: Mapping[str, Examined], *, whole: bool) -> Examined | None:
    """What this process sees; None where the stack policy has nothing to say of the resource."""
    rule = configured.rule
    return _examine_again(shown, rule, configured, stack, whole=whole) if isinstance(rule, Rule) else attached.get(shown.urn)


def _repeat(diagnostic: Diagnostic, configured: Configured, place: SourceLocation, stack: _Stack, examined: Examined | None) -> Result:
    """What the pack said, with fields where this process sees the same. A note that a value is not known yet claims nothing."""
    unknown = diagnostic.level == "advisory" and "is not known" in diagnostic.message
    outcome: Outcome = "violation" if diagnostic.level == "mandatory" else "unknown" if unknown else "advisory"
    remark = REMEDIABLE_REMARK if (diagnostic.urn, diagnostic.policy) in stack.remediated else ""
    result = Result(
        diagnostic.policy, configured.level, read_verdict(diagnostic.message), outcome, place, diagnostic.message, remark=remark
    )
    if examined is None or isinstance(examined.finding, Compliant | Exempted | NotApplicable):
        return result
    told = say(configured.rule, configured.level, examined, place)
    heard = forget_unnamed(examined, diagnostic.message)
    if diagnostic.message not in (told.message, render(configured.rule, heard.finding, heard.subject)):
        told = told._replace(message=diagnostic.message, request=None, nearest=None, assumptions=())
    return told._replace(outcome=outcome, remark=remark)


def _explain_silence(shown: Shown, configured: Configured, examined: Examined, stack: _Stack) -> Result | None:
    """What it means that the pack said nothing; nothing is claimed where this process does not see the same."""
    rule = configured.rule
    result = say(rule, configured.level, examined, shown.place)
    match examined.finding:
        case Compliant() if (shown.urn, rule.name) in stack.remediated:
            return result._replace(outcome="remediated", remark=REMEDIATED_REMARK)
        case Compliant() | Exempted() | NotApplicable():
            return result
        case NotKnown():
            return result._replace(outcome="unknown", message="What this policy asks for is not known before an update.")
        case Unattached() if configured.settings.in_preview == "advisory" and stack.judged.run.mode == "preview":
            return result._replace(outcome="advisory")
        case _:
            return None


def _examine_again(shown: Shown, rule: Rule, configured: Configured, stack: _Stack, *, whole: bool) -> Examined:
    """With `whole` the document is judged again; without, only what would make silence mean something else is looked for."""
    known = stack.judged.findings.get((shown.urn, rule.name))
    if known is not None:
        return known
    provider = shown.provider.props if shown.provider is not None else None
    source = find(shown.resource_type, shown.inputs, provider)
    if stack.judged.run.mode == "preview":
        source = settle(source, stack.seen_inputs.pick_buckets)
    senders = stack.seen_inputs.list_senders(source.bucket) if isinstance(source, Found) else ()
    unplaced = Subject(shown.urn, shown.resource_type, shown.name, senders=senders)
    if whole or not isinstance(source, Found) or source.bucket is None:
        subject = locate(unplaced, configured.settings, source)
        return Examined(subject, source, assess(rule, configured.settings, subject, source, stack.today))
    subject = unplaced._replace(bucket=source.bucket)
    standing = find_exemption(configured.settings.exemptions, subject, stack.today, source.text)
    return Examined(subject, source, Exempted(standing.exemption) if isinstance(standing, Applies) else Compliant(None))


def _list_others(stack: _Stack) -> Iterator[Result]:
    """What was said of anything else than a bucket or a bucket policy."""
    configured = {each.rule.name: each for each in stack.configuration.policies}
    for diagnostic in stack.judged.run.diagnostics:
        shown = stack.shown.get(diagnostic.urn)
        if shown is None or shown.resource_type not in JUDGED:
            place = shown.place if shown else SourceLocation(diagnostic.urn, "", "", stack.judged.where)
            yield _repeat(diagnostic, configured[diagnostic.policy], place, stack, None)
