"""
A state judged by a booted pack, as `pulumi policy analyze` does it: what `python -m offline analyze` is held against.

Inputs to Analyze, outputs to AnalyzeStack; the pack is told no stack.
Source: `pkg/resource/deploy/analyze_snapshot.go` of pulumi/pulumi.
"""

from collections.abc import Iterable

from pulumi.runtime.proto import analyzer_pb2

from crossguard.pack.kinds import DELIVERING
from offline.engine.cloud.aws import DOCUMENT_TYPES
from offline.engine.deployment import ROOT_TYPE
from offline.engine.pack.analyzer_client import ProviderInfo, Questions, ResourceInfo, Whole
from offline.engine.pack.boot import Booted
from offline.run import Run, Seen
from offline.state import State, Stored


def judge(state: State, pack: Booted) -> Run:
    """
    What the pack says about a state.

    Only what can hold a document is asked about one by one, after whoever delivers: to all else its policies do not apply.
    """
    questions = Questions(pack)
    subjects = describe_all(state.resources)
    asked = [resource for resource in state.resources if resource.type in DELIVERING - DOCUMENT_TYPES]
    asked += [resource for resource in state.resources if resource.type in DOCUMENT_TYPES]
    questions.analyze((subjects[resource.urn], resource.inputs) for resource in asked)
    questions.analyze_stack((describe_whole(resource, subjects[resource.urn]) for resource in state.resources), _find_root(state))
    return _summarise(state, pack, questions)


def describe_all(resources: Iterable[Stored]) -> dict[str, ResourceInfo]:
    """By URN: each resource as the pack is told of it, with its provider."""
    found = {
        each.urn: ProviderInfo(each.urn, each.type, each.name, each.inputs)
        for each in resources
        if each.type.startswith("pulumi:providers:")
    }
    options = analyzer_pb2.AnalyzerResourceOptions
    return {
        each.urn: ResourceInfo(
            each.urn,
            each.type,
            each.name,
            options(parent=each.parent),
            found.get(each.provider, ProviderInfo(each.provider, "", "", {})) if each.provider else None,
        )
        for each in resources
    }


def describe_whole(resource: Stored, subject: ResourceInfo) -> Whole:
    """A resource as the stack policy is told of it."""
    return Whole(subject, resource.outputs, resource.parent, resource.dependencies, resource.property_dependencies)


def _find_root(state: State) -> str:
    urn = f"urn:pulumi:{state.stack}::{state.project}::{ROOT_TYPE}::{state.project}-{state.stack}"
    return next((resource.urn for resource in state.resources if resource.type == ROOT_TYPE), urn)


def _summarise(state: State, pack: Booted, questions: Questions) -> Run:
    verdicts = questions.collect()
    return Run(
        mode="state",
        project=state.project,
        stack=state.stack,
        pack=pack.about,
        resources=tuple(
            Seen(each.urn, each.type, each.name, each.inputs, each.outputs, each.property_dependencies, provider=each.provider)
            for each in state.resources
        ),
        diagnostics=verdicts.diagnostics,
        skipped=verdicts.skipped,
        remediated=verdicts.remediated,
    )
