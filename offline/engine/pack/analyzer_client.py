"""What is asked of a pack, in the protocol's words, and its answers as values."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pulumi.runtime.proto import analyzer_pb2

from offline.engine.pack.boot import Booted, name_severity
from offline.engine.protocol import values
from offline.engine.protocol.values import Properties
from offline.run import Diagnostic, Remediated, Skipped


class ProviderInfo(NamedTuple):
    """The provider of a resource."""

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]


class ResourceInfo(NamedTuple):
    """What Remediate, Analyze and AnalyzeStack say alike about a resource."""

    urn: str
    type: str
    name: str
    options: analyzer_pb2.AnalyzerResourceOptions
    provider: ProviderInfo | None

    def describe(self) -> dict[str, Any]:
        """The fields of the protocol."""
        provider = self.provider
        described = None
        if provider is not None:
            properties = values.write(provider.inputs, internal=False)
            described = analyzer_pb2.AnalyzerProviderResource(
                urn=provider.urn, type=provider.type, name=provider.name, properties=properties
            )
        return {"urn": self.urn, "type": self.type, "name": self.name, "options": self.options, "provider": described}


class Whole(NamedTuple):
    """A resource of a stack, as AnalyzeStack shows it."""

    subject: ResourceInfo
    outputs: Mapping[str, Any]
    parent: str
    dependencies: Sequence[str]
    property_dependencies: Mapping[str, Sequence[str]]

    def describe(self) -> analyzer_pb2.AnalyzerResource:
        """The message of the protocol; a property without dependencies is left out."""
        dependencies = {
            key: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns) for key, urns in self.property_dependencies.items() if urns
        }
        return analyzer_pb2.AnalyzerResource(
            properties=values.write(self.outputs, internal=False),
            parent=self.parent,
            dependencies=self.dependencies,
            propertyDependencies=dependencies,
            **self.subject.describe(),
        )


class Verdicts(NamedTuple):
    """What a pack said during one operation, in the order it was said."""

    diagnostics: tuple[Diagnostic, ...]
    skipped: tuple[Skipped, ...]
    remediated: tuple[Remediated, ...]


class Questions:
    """A pack under questioning. Its methods raise `PackError`."""

    def __init__(self, pack: Booted) -> None:
        """Nothing has been asked yet."""
        self._pack = pack
        self._diagnostics: list[Diagnostic] = []
        self._skipped: list[Skipped] = []
        self._remediated: list[Remediated] = []

    def remediate(self, subject: ResourceInfo, inputs: Properties) -> Properties:
        """The inputs after remediation; here, and only here, a pack sees the keys that begin with `__`."""
        request = analyzer_pb2.AnalyzeRequest(properties=values.write(inputs), **subject.describe())
        for remediation in self._pack.remediate(request).remediations:
            policy = remediation.policyName
            if remediation.diagnostic:
                self._diagnostics.append(Diagnostic(policy, "advisory", subject.urn, remediation.diagnostic))
                continue
            before, inputs = inputs, values.read(remediation.properties).properties
            self._remediated.append(Remediated(policy, subject.urn, before, inputs))
        return inputs

    def analyze(self, subjects: Iterable[tuple[ResourceInfo, Mapping[str, Any]]]) -> None:
        """Ask about resources one by one, with their inputs."""
        urns, requests = [], []
        for subject, inputs in subjects:
            urns.append(subject.urn)
            properties = values.write(inputs, internal=False)
            requests.append(analyzer_pb2.AnalyzeRequest(properties=properties, **subject.describe()))
        for urn, response in zip(urns, self._pack.analyze(requests), strict=True):
            self._diagnostics += [_read_diagnostic(diagnostic, urn) for diagnostic in response.diagnostics]
            self._skipped += [Skipped(each.policy_name, urn, each.reason) for each in response.not_applicable]

    def analyze_stack(self, resources: Iterable[Whole], root: str) -> None:
        """Ask about all resources together; what concerns none of them is laid at the door of `root`, the stack's URN."""
        messages = [resource.describe() for resource in resources]
        known = {message.urn for message in messages}
        response = self._pack.analyze_stack(messages)
        for diagnostic in response.diagnostics:
            self._diagnostics.append(_read_diagnostic(diagnostic, diagnostic.urn if diagnostic.urn in known else root))
        self._skipped += [Skipped(each.policy_name, "", each.reason) for each in response.not_applicable]

    def collect(self) -> Verdicts:
        """What the pack has said so far."""
        return Verdicts(tuple(self._diagnostics), tuple(self._skipped), tuple(self._remediated))


_BEFORE_A_NOTE = re.compile(r"can't run policy '[^']*' from policy pack '[^']*' during preview: ")


def _read_diagnostic(diagnostic: analyzer_pb2.AnalyzeDiagnostic, urn: str) -> Diagnostic:
    """
    A diagnostic off the wire. The SDK puts the description before the message; what could not be remediated is mandatory.

    What it puts before a note names a version of the pack that it does not know.
    """
    return Diagnostic(
        policy=diagnostic.policyName,
        level="advisory" if diagnostic.enforcementLevel == analyzer_pb2.ADVISORY else "mandatory",
        urn=urn,
        message=_BEFORE_A_NOTE.sub("", diagnostic.message.removeprefix(f"{diagnostic.description}\n")),
        severity=name_severity(diagnostic.severity),
    )
