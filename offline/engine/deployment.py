"""
One operation: the resources a program registers, each shown to the pack as the real engine shows it.

For each resource in turn: the provider's Check, Remediate, Analyze, then the outputs that the program gets. Source:
`pkg/resource/deploy/step_generator.go` of pulumi/pulumi.
"""

import threading
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pulumi.runtime.proto import analyzer_pb2, resource_pb2

from offline.engine import aws, values
from offline.engine.answers import Answers
from offline.engine.pack import Booted, StackSettings, name_severity
from offline.engine.values import UNKNOWN, Properties
from offline.outcome import Diagnostic, Remediated, Seen, Skipped

ROOT_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"


class Goal(NamedTuple):
    """A resource as a program wants it. `provider` is the URN of its provider, "" where it has none."""

    type: str
    name: str
    parent: str
    custom: bool
    inputs: Properties
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = {}
    provider: str = ""
    options: analyzer_pb2.AnalyzerResourceOptions = analyzer_pb2.AnalyzerResourceOptions()
    secret_outputs: tuple[str, ...] = ()
    source: str = ""
    id: str = ""


class Registered(NamedTuple):
    """A resource as it now is. `id` "" is not created yet; `external` ones are read, and no pack is shown them."""

    urn: str
    goal: Goal
    id: str
    inputs: Properties
    outputs: Properties
    external: bool = False


class Verdicts(NamedTuple):
    """What the pack said during one operation, in the order it was said."""

    diagnostics: tuple[Diagnostic, ...]
    skipped: tuple[Skipped, ...]
    remediated: tuple[Remediated, ...]


class Deployment:
    """The operation's state. Its methods may be called from any thread: one resource at a time goes through."""

    def __init__(self, settings: StackSettings, pack: Booted, answers: Answers) -> None:
        """Nothing is registered yet."""
        self.settings = settings
        self.answers = answers
        self._pack = pack
        self._lock = threading.RLock()
        self._resources: dict[str, Registered] = {}
        self._diagnostics: list[Diagnostic] = []
        self._skipped: list[Skipped] = []
        self._remediated: list[Remediated] = []

    @property
    def resources(self) -> tuple[Registered, ...]:
        """Everything registered or read so far, in that order."""
        with self._lock:
            return tuple(self._resources.values())

    def find(self, urn: str) -> Registered | None:
        """The resource of a URN."""
        return self._resources.get(urn)

    def make_urn(self, type_: str, name: str, parent: str) -> str:
        """The URN of a resource; the root stack's type is no part of its children's."""
        above = parent.split("::", 3)[2] if parent.count("::") > 2 else ""  # noqa: PLR2004  urn::project::types::name
        types = f"{above}${type_}" if above and above != ROOT_TYPE else type_
        return f"urn:pulumi:{self.settings.stack}::{self.settings.project}::{types}::{name}"

    def register(self, goal: Goal) -> Registered:
        """Check, ask the pack, create. Raises `PackError`."""
        with self._lock:
            urn = self.make_urn(goal.type, goal.name, goal.parent)
            inputs = self._remediate(urn, goal, self._check(urn, goal))
            self._analyze(urn, goal, inputs)
            id_, outputs = self._create(urn, goal, inputs)
            hidden = {key: values.conceal(value) if key in goal.secret_outputs else value for key, value in outputs.items()}
            self._resources[urn] = Registered(urn, goal, id_, inputs, hidden)
            return self._resources[urn]

    def read(self, goal: Goal) -> Registered:
        """A resource that exists already. It is kept for the program's sake: the engine shows no pack what is read."""
        with self._lock:
            urn = self.make_urn(goal.type, goal.name, goal.parent)
            outputs = self.answers.read(goal.type, goal.name, goal.id, values.reveal(goal.inputs), self._find_place(goal))
            self._resources[urn] = Registered(urn, goal, goal.id, {}, outputs, external=True)
            return self._resources[urn]

    def set_outputs(self, urn: str, outputs: Properties) -> None:
        """What a component or the stack says its outputs are."""
        with self._lock:
            old = self._resources.get(urn)
            if old is not None:
                self._resources[urn] = old._replace(outputs=outputs)

    def find_default_provider(self, package: str, version: str) -> str:
        """The URN of a package's default provider, which is registered when it is first needed."""
        with self._lock:
            name = f"default_{version.replace('.', '_')}" if version else "default"
            urn = self.make_urn(PROVIDER_PREFIX + package, name, "")
            if urn not in self._resources:
                inputs: Properties = {
                    key.partition(":")[2]: values.conceal(value) if key in self.settings.secret_keys else value
                    for key, value in self.settings.config.items()
                    if key.startswith(f"{package}:")
                }
                versioned = inputs | ({"__internal": {}, "version": version} if version else {})
                self.register(Goal(PROVIDER_PREFIX + package, name, "", custom=True, inputs=versioned))
            return urn

    def is_pending(self, urns: Iterable[str]) -> bool:
        """Whether any of these, or of what is inside these components, is a resource that does not exist yet."""
        with self._lock:
            return any(self._is_pending(urn) for urn in urns)

    def invoke(self, token: str, arguments: Properties, provider: str) -> Properties | None:
        """A data source's result through a provider, None where nobody has one. Raises `documents.WrongDocumentError`."""
        found = self._resources.get(provider)
        place = aws.find_place(arguments, values.reveal(found.inputs) if found else {})
        return self.answers.invoke(token, arguments, place)

    def _is_pending(self, urn: str) -> bool:
        resource = self._resources.get(urn)
        if resource is None:
            return False
        if resource.goal.custom:
            return resource.id in {"", UNKNOWN}
        return any(self._is_pending(child.urn) for child in self._resources.values() if child.goal.parent == urn)

    def _check(self, urn: str, goal: Goal) -> Properties:
        if not goal.custom or not goal.type.startswith(("aws:", "aws-native:")):
            return goal.inputs
        checked = aws.check(goal.type, goal.name, urn, values.reveal(goal.inputs))
        return values.annotate(checked, goal.inputs)

    def _create(self, urn: str, goal: Goal, inputs: Properties) -> tuple[str, Properties]:
        if not goal.custom:
            return "", {}
        if goal.type.startswith(PROVIDER_PREFIX):
            return self.answers.make_provider_id(urn), inputs
        id_, outputs = self.answers.create(goal.type, goal.name, urn, values.reveal(inputs), self._find_place(goal))
        return id_, values.annotate(outputs, inputs)

    def _find_place(self, goal: Goal) -> aws.Place:
        provider = self._resources.get(goal.provider)
        return aws.find_place(values.reveal(goal.inputs), values.reveal(provider.inputs) if provider else {})

    def _remediate(self, urn: str, goal: Goal, inputs: Properties) -> Properties:
        request = analyzer_pb2.AnalyzeRequest(properties=values.write(inputs), **self._describe(urn, goal))
        response = self._pack.remediate(request)
        for remediation in response.remediations:
            policy = remediation.policyName
            if remediation.diagnostic:
                self._diagnostics.append(Diagnostic(policy, "advisory", urn, remediation.diagnostic))
                continue
            before, inputs = inputs, values.read(remediation.properties).properties
            self._remediated.append(Remediated(policy, urn, before, inputs))
        return inputs

    def _analyze(self, urn: str, goal: Goal, inputs: Properties) -> None:
        request = analyzer_pb2.AnalyzeRequest(properties=values.write(inputs, internal=False), **self._describe(urn, goal))
        response = self._pack.analyze(request)
        self._diagnostics += [read_diagnostic(diagnostic, urn) for diagnostic in response.diagnostics]
        self._skipped += [Skipped(each.policy_name, urn, each.reason) for each in response.not_applicable]

    def analyze_stack(self) -> None:
        """Show the pack all outputs together, as the engine does at the end. Raises `PackError`."""
        shown = [resource for resource in self.resources if not resource.external]
        response = self._pack.analyze_stack([self._describe_outputs(resource) for resource in shown])
        root = self.make_urn(ROOT_TYPE, f"{self.settings.project}-{self.settings.stack}", "")
        known = {resource.urn for resource in shown}
        for diagnostic in response.diagnostics:
            self._diagnostics.append(read_diagnostic(diagnostic, diagnostic.urn if diagnostic.urn in known else root))
        self._skipped += [Skipped(each.policy_name, "", each.reason) for each in response.not_applicable]

    def _describe(self, urn: str, goal: Goal) -> dict[str, Any]:
        """The fields that Remediate, Analyze and AnalyzeStack share."""
        provider = self._resources.get(goal.provider)
        described = (
            None
            if provider is None
            else analyzer_pb2.AnalyzerProviderResource(
                urn=provider.urn, type=provider.goal.type, name=provider.goal.name, properties=values.write(provider.inputs, internal=False)
            )
        )
        return {"urn": urn, "type": goal.type, "name": goal.name, "options": goal.options, "provider": described}

    def _describe_outputs(self, resource: Registered) -> analyzer_pb2.AnalyzerResource:
        goal = resource.goal
        return analyzer_pb2.AnalyzerResource(
            properties=values.write(resource.outputs, internal=False),
            parent=goal.parent,
            dependencies=goal.dependencies,
            propertyDependencies={
                key: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns) for key, urns in goal.property_dependencies.items() if urns
            },
            **self._describe(resource.urn, goal),
        )

    def collect_verdicts(self) -> Verdicts:
        """What the pack has said so far."""
        with self._lock:
            return Verdicts(tuple(self._diagnostics), tuple(self._skipped), tuple(self._remediated))

    def collect_seen(self) -> tuple[Seen, ...]:
        """The resources that the pack was shown."""
        return tuple(
            Seen(
                urn=each.urn,
                type=each.goal.type,
                name=each.goal.name,
                inputs=each.inputs,
                outputs=each.outputs,
                property_dependencies=each.goal.property_dependencies,
                source=each.goal.source,
            )
            for each in self.resources
            if not each.external
        )


def read_diagnostic(diagnostic: analyzer_pb2.AnalyzeDiagnostic, urn: str) -> Diagnostic:
    """A diagnostic off the wire. The SDK puts the description before the message; what could not be remediated is mandatory."""
    return Diagnostic(
        policy=diagnostic.policyName,
        level="advisory" if diagnostic.enforcementLevel == analyzer_pb2.ADVISORY else "mandatory",
        urn=urn,
        message=diagnostic.message.removeprefix(f"{diagnostic.description}\n"),
        severity=name_severity(diagnostic.severity),
    )


def read_options(request: resource_pb2.RegisterResourceRequest, protect: bool) -> analyzer_pb2.AnalyzerResourceOptions:  # noqa: FBT001
    """The options that a pack is told of."""
    timeouts = request.customTimeouts
    return analyzer_pb2.AnalyzerResourceOptions(
        protect=protect,
        ignoreChanges=request.ignoreChanges,
        deleteBeforeReplace=request.deleteBeforeReplace,
        deleteBeforeReplaceDefined=request.deleteBeforeReplaceDefined or request.deleteBeforeReplace,
        additionalSecretOutputs=request.additionalSecretOutputs,
        customTimeouts=analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts(
            create=_read_seconds(timeouts.create), update=_read_seconds(timeouts.update), delete=_read_seconds(timeouts.delete)
        ),
        parent=request.parent,
    )


_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0}


def _read_seconds(text: str) -> float:
    """Go's notation, `1h30m`; what is not of that form counts as none, as it would never reach a pack."""
    total, number = 0.0, ""
    for character in text:
        if character in _UNITS:
            total, number = total + float(number or 0) * _UNITS[character], ""
        elif character.isdigit() or character == ".":
            number += character
        else:
            return 0.0
    return total
