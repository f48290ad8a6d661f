"""
Resources that exist already, shown to the pack as `pulumi policy analyze` shows a state.

Inputs to Analyze, outputs to AnalyzeStack; remediations are reported and never applied; the pack is told no stack.
Source: `pkg/resource/deploy/analyze_snapshot.go` of pulumi/pulumi.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import analyzer_pb2

from offline.engine.aws import DOCUMENT_TYPES
from offline.engine.deployment import ROOT_TYPE
from offline.engine.pack import PackError, boot
from offline.engine.questions import Provider, Questions, Subject, Whole
from offline.outcome import Failure, Pack, Run, Seen
from offline.state import State, Stored

_ROOT = Path(__file__).resolve().parent.parent.parent


def judge(
    state: State, policies: Mapping[str, Any], progress: Callable[[str], None] = lambda _: None, pack_folder: Path = _ROOT
) -> Run | Failure:
    """
    What the pack says about a state. `policies`: the content of `--policy-config`.

    Only resources that can hold a document are asked about one by one, and for remediation only where a policy remediates: to all else
    this pack's policies do not apply, and asking takes a millisecond each.
    """
    try:
        with boot(pack_folder, None, policies) as pack:
            questions = Questions(pack)
            subjects = _describe_all(state.resources)
            asked = [resource for resource in state.resources if resource.type in DOCUMENT_TYPES]
            progress(f"asking about {len(asked)} buckets and bucket policies")
            if _remediates(pack.about):
                for resource in asked:
                    questions.remediate(subjects[resource.urn], dict(resource.inputs))
            questions.analyze((subjects[resource.urn], resource.inputs) for resource in asked)
            progress(f"asking about the stack of {len(state.resources)} resources")
            questions.analyze_stack((_describe_whole(resource, subjects[resource.urn]) for resource in state.resources), _find_root(state))
            return _summarise(state, pack.about, questions)
    except PackError as error:
        return Failure(str(error))


def _remediates(pack: Pack) -> bool:
    return any(policy.level == "remediate" for policy in pack.policies)


def _describe_all(resources: Iterable[Stored]) -> dict[str, Subject]:
    found = {
        each.urn: Provider(each.urn, each.type, each.name, each.inputs) for each in resources if each.type.startswith("pulumi:providers:")
    }
    options = analyzer_pb2.AnalyzerResourceOptions
    return {each.urn: Subject(each.urn, each.type, each.name, options(parent=each.parent), found.get(each.provider)) for each in resources}


def _describe_whole(resource: Stored, subject: Subject) -> Whole:
    return Whole(subject, resource.outputs, resource.parent, resource.dependencies, resource.property_dependencies)


def _find_root(state: State) -> str:
    urn = f"urn:pulumi:{state.stack}::{state.project}::{ROOT_TYPE}::{state.project}-{state.stack}"
    return next((resource.urn for resource in state.resources if resource.type == ROOT_TYPE), urn)


def _summarise(state: State, pack: Pack, questions: Questions) -> Run:
    verdicts = questions.collect()
    return Run(
        mode="state",
        project=state.project,
        stack=state.stack,
        pack=pack,
        resources=tuple(
            Seen(each.urn, each.type, each.name, each.inputs, each.outputs, each.property_dependencies, provider=each.provider)
            for each in state.resources
        ),
        diagnostics=verdicts.diagnostics,
        skipped=verdicts.skipped,
        remediated=verdicts.remediated,
    )
