"""
`analyze`: what the pack says about a state, without booting it.

The SDK takes a millisecond to hand one resource to a pack, and a state may hold tens of thousands. So the pack's own judges
(`crossguard.policy`) are asked in this process, about the same values: inputs one by one, outputs of all together, remediations reported
and never applied. A test holds the answers against those of a booted pack.

One thing more is asked here: where the outputs hold another document than the inputs, as a refresh leaves them, both are judged, and the
worse one counts.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, cast

from pulumi_policy import ResourceValidationArgs, StackValidationArgs

from bucketpolicy.canonical import hash_document
from bucketpolicy.goal import MANY
from bucketpolicy.repair import Repaired
from crossguard import policy
from crossguard.judging.assess import assess, locate
from crossguard.judging.finding import CannotTell, NotDenied, Subject
from crossguard.pack.kinds import DELIVERING, DOORS, JUDGED, POLICY_DOCUMENT, WATCHED
from crossguard.pack.rule import Rule, StackRule
from crossguard.resources.deliveries import read_deliveries
from crossguard.resources.documents import find, has_inline_policy, was_read
from crossguard.resources.seen_inputs import SeenInputs
from crossguard.resources.source import Found
from offline.configuration import Configuration, Configured
from offline.engine.deployment import ROOT_TYPE
from offline.engine.protocol.values import UNKNOWN, reveal
from offline.pack_info import PACK, describe, read_version
from offline.results import Examined, find_verdict
from offline.run import Diagnostic, Drift, Pack, Remediated, Run, Seen, Skipped, Verdict
from offline.state import ENCRYPTED, State, Stored

_SAID_EVERY = 500
#: The types whose outputs the stack policy looks into.
_SHOWN = WATCHED | DELIVERING
#: The properties that policies look into.
_READ = frozenset({"bucket", "bucketName", "policy", "policyDocument", "region", "endpoints", *DOORS.values()})


_DOCUMENTS = ("policy", "policyDocument")
#: From the best to the worst that can be found in a document.
_BADNESS: tuple[Verdict, ...] = ("not-applicable", "denied", "exempt", "unknown", "undecided", "not-denied")

#: URN and policy to what was found there.
Findings = dict[tuple[str, str], Examined]


class ShownProvider(NamedTuple):
    """A provider as a policy sees it: by its inputs."""

    props: Mapping[str, Any]


class _Shown(NamedTuple):
    """A resource as a policy sees it, by its inputs or by its outputs: secrets are open, and an unknown value is the SDK's sentinel."""

    urn: str
    resource_type: str
    name: str
    props: Mapping[str, Any]
    property_dependencies: "Mapping[str, tuple[_Shown, ...]]"
    provider: ShownProvider | None
    config: Mapping[str, Any]

    def get_config(self) -> Mapping[str, Any]:
        """The policy's configuration."""
        return self.config


class _Stack(NamedTuple):
    """All resources as the stack policy sees them."""

    resources: list[_Shown]
    config: Mapping[str, Any]

    def get_config(self) -> Mapping[str, Any]:
        """The policy's configuration."""
        return self.config


class _Judges(NamedTuple):
    """The pack's judges. `configs`: policy to its configuration, as the SDK's `get_config` gives it; `providers` by URN."""

    configuration: Configuration
    configs: Mapping[str, Mapping[str, Any]]
    providers: Mapping[str, ShownProvider]
    seen_inputs: SeenInputs
    when: policy.When
    findings: Findings | None
    drifts: dict[tuple[str, str], Drift]


class _Said(NamedTuple):
    """What one policy says of one resource, or of the stack (then `urn` is the root's)."""

    configured: Configured
    urn: str
    outcome: policy.Outcome


def judge_state(
    state: State,
    configuration: Configuration,
    today: date,
    progress: Callable[[str], None] = lambda _: None,
    findings: Findings | None = None,
) -> Run:
    """
    The run that a booted pack would have given; `today` is in UTC.

    Where `findings` is given it is filled: a report that names proofs then need not look for them again.
    """
    configs = {configured.rule.name: _read_config(configured, configuration) for configured in configuration.policies}
    providers = list_providers(state.resources)
    judges = _Judges(configuration, configs, providers, SeenInputs(), policy.When(today, preview=False, probes=MANY), findings, {})
    for each in state.resources:
        judges.seen_inputs.note_deliveries(read_deliveries(each.type, each.name, each.inputs))
    said = [*_judge_resources(state, judges, progress)]
    said += _judge_stack(state, judges)
    return Run(
        mode="state",
        project=state.project,
        stack=state.stack,
        pack=Pack(PACK, read_version(), tuple(describe(configured.rule, configured.level) for configured in configuration.policies)),
        resources=tuple(_remember(resource) for resource in state.resources),
        diagnostics=tuple(_diagnose(one) for one in said if not isinstance(one.outcome, policy.Skip)),
        skipped=tuple(
            Skipped(one.configured.rule.name, one.urn, one.outcome.reason) for one in said if isinstance(one.outcome, policy.Skip)
        ),
        remediated=tuple(_list_remediated(state, judges)),
        drifts=judges.drifts,
    )


def _read_config(configured: Configured, configuration: Configuration) -> Mapping[str, Any]:
    """What the SDK's `get_config` would give: the policy's own entry without the level."""
    own = configuration.written.get(configured.rule.name)
    return {key: value for key, value in own.items() if key != "enforcementLevel"} if isinstance(own, dict) else {}


def _diagnose(said: _Said) -> Diagnostic:
    rule, level, _ = said.configured
    match said.outcome:
        case policy.Violation(text, urn):
            return Diagnostic(rule.name, "advisory" if level == "advisory" else "mandatory", urn or said.urn, text, rule.severity)
        case policy.Note(text) | policy.Skip(text):
            return Diagnostic(rule.name, "advisory", said.urn, text, rule.severity)


def _judge_resources(state: State, judges: _Judges, progress: Callable[[str], None]) -> Iterator[_Said]:
    judged = [resource for resource in state.resources if _has_document(resource)]
    for number, resource in enumerate(judged):
        if number % _SAID_EVERY == 0:
            progress(f"judging bucket policies: {number:,} of {len(judged):,}")
        shown, drifted = _show_inputs(resource, judges.providers), _show_drifted(resource, judges.providers)
        for configured in judges.configuration.policies:
            rule = configured.rule
            if isinstance(rule, Rule) and configured.level != "disabled":
                worse = _find_worse(shown, drifted, rule, configured, judges) if drifted is not None else shown
                args = cast("ResourceValidationArgs", worse._replace(config=judges.configs[rule.name]))
                for outcome in policy.judge_resource(rule, args, judges.seen_inputs, judges.when):
                    yield _Said(configured, resource.urn, outcome)
                if judges.findings is not None:
                    judges.findings[resource.urn, rule.name] = _examine(worse, rule, configured, judges)


def _show_drifted(resource: Stored, providers: Mapping[str, ShownProvider]) -> _Shown | None:
    """The resource by its outputs, where they hold another document than its inputs; what is encrypted or blank shows none."""
    key = next((key for key in _DOCUMENTS if resource.inputs.get(key)), None)
    if key is None or resource.outputs.get(key) in (resource.inputs[key], ENCRYPTED, UNKNOWN, "", None):
        return None
    shown = _show_inputs(resource._replace(inputs={**resource.inputs, key: resource.outputs[key]}), providers)
    documents = [find(resource.type, reveal_read(each), None) for each in (resource.inputs, shown.props)]
    texts = {hash_document(each.text) for each in documents if isinstance(each, Found)}
    return shown if len(texts) > 1 or not all(isinstance(each, Found) for each in documents) else None


def _find_worse(inputs: _Shown, outputs: _Shown, rule: Rule, configured: Configured, judges: _Judges) -> _Shown:
    """Of the two documents the one with the worse verdict, that of the inputs where both have one; a difference is remembered."""
    one, other = (find_verdict(rule, _examine(shown, rule, configured, judges).finding) for shown in (inputs, outputs))
    if one == other:
        return inputs
    judges.drifts[inputs.urn, rule.name] = Drift(one, other)
    return outputs if _BADNESS.index(other) > _BADNESS.index(one) else inputs


def _has_document(resource: Stored) -> bool:
    """Of any other resource the document policies say that they do not apply."""
    return resource.type in POLICY_DOCUMENT or has_inline_policy(resource.type, resource.inputs) or was_read(resource.type, resource.inputs)


def _judge_stack(state: State, judges: _Judges) -> Iterator[_Said]:
    root = next((resource.urn for resource in state.resources if resource.type == ROOT_TYPE), "")
    for configured in judges.configuration.policies:
        rule = configured.rule
        if isinstance(rule, StackRule) and configured.level != "disabled":
            stack = cast("StackValidationArgs", _Stack(_show_outputs(state, judges.providers), judges.configs[rule.name]))
            for outcome in policy.judge_stack(rule, stack, judges.seen_inputs, judges.when):
                yield _Said(configured, root, outcome)


def list_providers(resources: Iterable[Stored | Seen]) -> dict[str, ShownProvider]:
    """The providers among the resources, by URN."""
    return {
        resource.urn: ShownProvider(reveal_read(resource.inputs)) for resource in resources if resource.type.startswith("pulumi:providers:")
    }


def find_provider(resource: Stored | Seen, providers: Mapping[str, ShownProvider]) -> ShownProvider | None:
    """The resource's provider, without inputs where it is none of these; a component has none."""
    return providers.get(resource.provider, ShownProvider({})) if resource.provider else None


def _show_inputs(resource: Stored, providers: Mapping[str, ShownProvider]) -> _Shown:
    return _Shown(resource.urn, resource.type, resource.name, reveal_read(resource.inputs), {}, find_provider(resource, providers), {})


def _show_outputs(state: State, providers: Mapping[str, ShownProvider]) -> list[_Shown]:
    """Every resource with the resources that its properties depend on, as far as they are in the stack."""
    edges: dict[str, dict[str, tuple[_Shown, ...]]] = {resource.urn: {} for resource in state.resources}
    shown = {
        resource.urn: _Shown(
            resource.urn,
            resource.type,
            resource.name,
            reveal_read(resource.outputs) if resource.type in _SHOWN else {},
            edges[resource.urn],
            find_provider(resource, providers),
            {},
        )
        for resource in state.resources
    }
    for resource in state.resources:
        for key, urns in resource.property_dependencies.items():
            edges[resource.urn][key] = tuple(shown[urn] for urn in urns if urn in shown)
    return list(shown.values())


def reveal_read(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties, of which those that the policies read have no secret marks; keys that only the engine knows are left out."""
    return {
        key: _reveal(value) if key in _READ and isinstance(value, dict | list) else value
        for key, value in properties.items()
        if not key.startswith("__")
    }


def _reveal(value: Any) -> Any:
    """A value that is nested too deeply stays as it is: whoever reads it next says so."""
    try:
        return reveal(value)
    except RecursionError:
        return value


def _list_remediated(state: State, judges: _Judges) -> Iterator[Remediated]:
    """What a remediation would have done to the inputs."""
    remediating = [one for one in judges.configuration.policies if one.level == "remediate"]
    for resource in state.resources if remediating else ():
        for configured in remediating:
            rule = configured.rule
            if isinstance(rule, Rule) and rule.remediates and resource.type in JUDGED:
                shown = _show_inputs(resource, judges.providers)
                after = _remediate(shown, rule, configured, judges)
                if after is not None:
                    yield Remediated(rule.name, resource.urn, resource.inputs, after)


def _examine(shown: _Shown, rule: Rule, configured: Configured, judges: _Judges) -> Examined:
    """What the rule finds; quick where the same was asked just before."""
    source = find(shown.resource_type, shown.props, shown.provider.props if shown.provider else None)
    senders = judges.seen_inputs.list_senders(source.bucket) if isinstance(source, Found) else ()
    subject = locate(Subject(shown.urn, shown.resource_type, shown.name, senders=senders), configured.settings, source)
    return Examined(subject, source, assess(rule, configured.settings, subject, source, judges.when.today))


def _remediate(shown: _Shown, rule: Rule, configured: Configured, judges: _Judges) -> Mapping[str, Any] | None:
    _, source, finding = _examine(shown, rule, configured, judges)
    match finding:
        case NotDenied(fix=Repaired(text, added), senders=()) | CannotTell(fix=Repaired(text, added), senders=()) if added and isinstance(
            source, Found
        ):
            written = text if isinstance(shown.props[source.property], str) else json.loads(text)
            return {**shown.props, source.property: written}
        case _:
            return None


def _remember(resource: Stored) -> Seen:
    return Seen(
        resource.urn,
        resource.type,
        resource.name,
        resource.inputs,
        resource.outputs,
        resource.property_dependencies,
        provider=resource.provider,
    )
