"""
One operation: the resources a program registers, each shown to the pack as the real engine shows it.

For each resource in turn: the provider's Check, Remediate, Analyze, then the outputs that the program gets. Source:
`pkg/resource/deploy/step_generator.go` of pulumi/pulumi.
"""

import threading
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pulumi.runtime.proto import analyzer_pb2, resource_pb2

from offline.engine.cloud import aws
from offline.engine.cloud.answers import Answers
from offline.engine.pack.analyzer_client import ProviderInfo, Questions, ResourceInfo, Verdicts, Whole
from offline.engine.pack.boot import Booted, StackSettings
from offline.engine.protocol import values
from offline.engine.protocol.values import UNKNOWN, Properties
from offline.run import Seen

ROOT_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"
#: What the engine sends of a resource without options: the message of the timeouts is there, and empty.
NO_OPTIONS = analyzer_pb2.AnalyzerResourceOptions(customTimeouts=analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts())


class ResourceGoal(NamedTuple):
    """A resource as a program wants it. `provider` is the URN of its provider, "" where it has none."""

    type: str
    name: str
    parent: str
    custom: bool
    inputs: Properties
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = {}
    provider: str = ""
    options: analyzer_pb2.AnalyzerResourceOptions = NO_OPTIONS
    secret_outputs: tuple[str, ...] = ()
    source: str = ""
    id: str = ""


class Registered(NamedTuple):
    """A resource as it now is. `id` "" is not created yet; `external` ones are read, and no pack is shown them."""

    urn: str
    goal: ResourceGoal
    id: str
    inputs: Properties
    outputs: Properties
    external: bool = False


class DuplicateError(Exception):
    """Two resources have one URN; the text is one line for the user."""


class Deployment:
    """The operation's state. Its methods may be called from any thread: one resource at a time goes through."""

    def __init__(self, settings: StackSettings, pack: Booted, answers: Answers) -> None:
        """Nothing is registered yet."""
        self.settings = settings
        self.answers = answers
        self._questions = Questions(pack)
        self._lock = threading.RLock()
        self._resources: dict[str, Registered] = {}
        self._notes: dict[str, None] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know of the answers that were given."""
        with self._lock:
            return tuple(self._notes)

    @property
    def resources(self) -> tuple[Registered, ...]:
        """Everything registered or read so far, in that order."""
        with self._lock:
            return tuple(self._resources.values())

    def find(self, urn: str) -> Registered | None:
        """The resource of a URN."""
        return self._resources.get(urn)

    def make_urn(self, type_: str, name: str, parent: str) -> str:
        """The URN of a resource; the root stack's type is not part of its children's."""
        above = parent.split("::", 3)[2] if parent.count("::") > 2 else ""  # noqa: PLR2004  urn::project::types::name
        types = f"{above}${type_}" if above and above != ROOT_TYPE else type_
        return f"urn:pulumi:{self.settings.stack}::{self.settings.project}::{types}::{name}"

    def register(self, goal: ResourceGoal) -> Registered:
        """Check, ask the pack, create. Raises `PackError` and `DuplicateError`."""
        with self._lock:
            urn = self._make_new_urn(goal)
            subject = self._describe(urn, goal)
            inputs = self._questions.remediate(subject, self._check(urn, goal))
            self._questions.analyze([(subject, inputs)])
            id_, outputs = self._create(urn, goal, inputs)
            hidden = {key: values.conceal(value) if key in goal.secret_outputs else value for key, value in outputs.items()}
            self._resources[urn] = Registered(urn, goal, id_, inputs, hidden)
            return self._resources[urn]

    def read(self, goal: ResourceGoal) -> Registered:
        """
        A resource that exists already. It is kept for the program's sake: the engine shows no pack what is read.

        Raises `DuplicateError`.
        """
        with self._lock:
            urn = self._make_new_urn(goal)
            outputs = self.answers.read(goal.type, goal.name, goal.id, values.reveal(goal.inputs), self._find_location(goal))
            self._resources[urn] = Registered(urn, goal, goal.id, {}, outputs, external=True)
            return self._resources[urn]

    def _make_new_urn(self, goal: ResourceGoal) -> str:
        urn = self.make_urn(goal.type, goal.name, goal.parent)
        if urn in self._resources:
            message = f"the program declares two resources of one URN, which the engine refuses: {urn}"
            raise DuplicateError(message)
        return urn

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
                self.register(ResourceGoal(PROVIDER_PREFIX + package, name, "", custom=True, inputs=versioned))
            return urn

    def is_pending(self, urns: Iterable[str]) -> bool:
        """Whether any of these, or of what is inside these components, is a resource that does not exist yet."""
        with self._lock:
            return any(self._is_pending(urn) for urn in urns)

    def invoke(self, token: str, arguments: Properties, provider: str) -> Properties | None:
        """A data source's result through a provider, None where nobody has one. Raises `documents.WrongDocumentError`."""
        found = self._resources.get(provider)
        location = aws.find_location(arguments, values.reveal(found.inputs) if found else {})
        return self.answers.invoke(token, arguments, location)

    def make_up(self, token: str, arguments: Properties, provider: str) -> Properties | None:
        """A made-up result of a data source, where this run makes anything up."""
        found = self._resources.get(provider)
        return self.answers.make_up(token, arguments, aws.find_location(arguments, values.reveal(found.inputs) if found else {}))

    def make_up_outputs(self, stack: str) -> Properties | None:
        """The same for the outputs of another stack."""
        return self.answers.make_up_outputs(stack, aws.find_location({}, {"region": self.settings.config.get("aws:region")}))

    def _is_pending(self, urn: str) -> bool:
        resource = self._resources.get(urn)
        if resource is None:
            return False
        if resource.goal.custom:
            return resource.id in {"", UNKNOWN}
        return any(self._is_pending(child.urn) for child in self._resources.values() if child.goal.parent == urn)

    def _check(self, urn: str, goal: ResourceGoal) -> Properties:
        if not goal.custom or not goal.type.startswith(("aws:", "aws-native:")):
            return goal.inputs
        checked = aws.check(goal.type, goal.name, urn, values.reveal(goal.inputs))
        return values.annotate(checked, goal.inputs)

    def _create(self, urn: str, goal: ResourceGoal, inputs: Properties) -> tuple[str, Properties]:
        if not goal.custom:
            return "", {}
        if goal.type.startswith(PROVIDER_PREFIX):
            return self.answers.make_provider_id(urn), inputs
        created = self.answers.create(goal.type, goal.name, urn, values.reveal(inputs), self._find_location(goal))
        if created.note:
            self._notes[created.note] = None
        return created.id, values.annotate(created.outputs, inputs)

    def _find_location(self, goal: ResourceGoal) -> aws.Location:
        provider = self._resources.get(goal.provider)
        return aws.find_location(values.reveal(goal.inputs), values.reveal(provider.inputs) if provider else {})

    def analyze_stack(self) -> None:
        """Show the pack all outputs together, as the engine does at the end. Raises `PackError`."""
        root = self.make_urn(ROOT_TYPE, f"{self.settings.project}-{self.settings.stack}", "")
        shown = (each for each in self.resources if not each.external)
        self._questions.analyze_stack(map(self._describe_whole, shown), root)

    def _describe_whole(self, resource: Registered) -> Whole:
        goal = resource.goal
        subject = self._describe(resource.urn, goal)
        return Whole(subject, resource.outputs, goal.parent, goal.dependencies, goal.property_dependencies)

    def _describe(self, urn: str, goal: ResourceGoal) -> ResourceInfo:
        found = self._resources.get(goal.provider)
        provider = None if found is None else ProviderInfo(found.urn, found.goal.type, found.goal.name, found.inputs)
        return ResourceInfo(urn, goal.type, goal.name, goal.options, provider)

    def collect_verdicts(self) -> Verdicts:
        """What the pack has said so far."""
        with self._lock:
            return self._questions.collect()

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
                provider=each.goal.provider,
            )
            for each in self.resources
            if not each.external
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
