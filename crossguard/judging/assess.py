"""One rule, one resource, one finding: pure, without the SDK, and the same for the pack and for the offline reports."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from typing_extensions import assert_never

from bucketpolicy.acceptance import Refusal, find_first_byte, find_refusals
from bucketpolicy.document import Document, Malformed, Problem, list_texts
from bucketpolicy.explain import explain
from bucketpolicy.goal import Goal
from bucketpolicy.judge import ASIDE, judge
from bucketpolicy.layers import Layer, is_whole, name_layers, read_layer, unite
from bucketpolicy.parse import MAX_BYTES, parse
from bucketpolicy.repair import CannotRepair, Repaired, is_bucket_name, repair, write_statements
from bucketpolicy.verdict import Counterexample, Denied, Undecided, Verdict
from crossguard.judging.exemptions import Applies, MightApply, find_exemption, matches
from crossguard.judging.finding import (
    CannotTell,
    Compliant,
    Exempted,
    Finding,
    Lapsed,
    Misconfigured,
    NotApplicable,
    NotDenied,
    NotKnown,
    OutputInText,
    OutputSeen,
    Subject,
)
from crossguard.judging.outputs import Language, find_output
from crossguard.judging.senders import find_silenced
from crossguard.judging.shown import restore
from crossguard.judging.snippet import has_snippet, might_have_snippet, write_other_half
from crossguard.pack.partitions import PARTITIONS, find_partition
from crossguard.pack.rule import Rule
from crossguard.pack.settings import ControlPolicy, Rejected, Settings
from crossguard.resources.source import Bare, Found, Missing, NoDocument, Source, Unknown

_ARN = re.compile(r"arn:([^:]*):s3:::([^/]*)")
_NO_NAME = Undecided((Problem("bucket", "this is not a valid bucket name"),))
_NO_VERSION = Undecided(
    (Problem("$.Version", "beside a resource control policy, `${` in a document without the `Version` `2012-10-17` is not decided"),)
)
#: The document of a bucket that has none. Nobody can write it: S3 takes no document without statements.
_NOTHING = Document(variables=False, statements=())


def assess(rule: Rule, settings: Settings | Rejected, subject: Subject, source: Source, today: date) -> Finding:
    """What the rule finds at the resource; `today` is in UTC. Of what is not known yet it speaks as in a preview."""
    if isinstance(source, NoDocument):
        return NotApplicable(source.reason)
    if isinstance(settings, Rejected):
        return Misconfigured(settings.problems)
    if not settings.exemptions:
        return _find_senders(_assess_source(rule, settings, source), rule, settings, subject)
    return _assess_unless_exempt(rule, settings, subject, source, today)


def _assess_unless_exempt(
    rule: Rule, settings: Settings, subject: Subject, source: Found | Unknown | Missing | Bare, today: date
) -> Finding:
    document = source.text if isinstance(source, Found) else None
    standing = find_exemption(settings.exemptions, subject._replace(bucket=source.bucket), today, document)
    if isinstance(standing, Applies):
        return Exempted(standing.exemption)
    # A long list of exemptions is slow to compare.
    unexempt = settings._replace(exemptions=())
    finding = _find_senders(_assess_source(rule, unexempt, source), rule, unexempt, subject)
    if isinstance(standing, MightApply) and not isinstance(finding, Compliant):
        return NotKnown("bucket", "exemption")
    if isinstance(standing, Lapsed) and isinstance(finding, NotDenied | CannotTell | OutputInText):
        return finding._replace(lapsed=standing)
    return finding


def _find_senders(finding: Finding, rule: Rule, settings: Settings, subject: Subject) -> Finding:
    """The finding with those whom its fix would silence."""
    if not isinstance(finding, NotDenied | CannotTell) or finding.document is None or finding.fix is None:
        return finding
    return finding._replace(senders=find_silenced(finding.document, rule.goal(None, "aws", settings), subject.senders))


def locate(subject: Subject, settings: Settings | Rejected, source: Source) -> Subject:
    """The subject with the bucket's name and the partition that is judged, as far as they are known."""
    match settings, source:
        case Settings(), Found(text, _, bucket, region):
            document = parse(text)
            known = document if isinstance(document, Document) else _NOTHING
            return subject._replace(bucket=bucket, partition=_choose_partition(settings, region, bucket, known)[0])
        case Settings(), Bare(bucket, region):
            return subject._replace(bucket=bucket, partition=_choose_partition(settings, region, bucket, _NOTHING)[0])
        case _, Unknown(_, bucket) | Missing(_, _, bucket) | Found(_, _, bucket) | Bare(bucket):
            return subject._replace(bucket=bucket)
        case _:
            return subject


def _assess_source(rule: Rule, settings: Settings, source: Found | Unknown | Missing | Bare) -> Finding:
    if isinstance(source, Found):
        # What is refused by its size alone is too big to be kept.
        judge_text = _judge_cached if len(source.text) <= MAX_BYTES else _judge_text
        return judge_text(rule, settings, source)
    match source:
        case Unknown(path):
            return NotKnown(path, "document")
        case Missing(name, reason):
            return CannotTell(Undecided((Problem(name, reason),)))
        case Bare(bucket) if bucket is not None and not is_bucket_name(bucket):
            return CannotTell(_NO_NAME)
        case Bare(bucket, region):
            goal = rule.goal(bucket, _choose_partition(settings, region, bucket, _NOTHING)[0], settings)
            return _judge_nothing(goal, tuple(map(_read_layer, settings.resource_control_policies)))
        case _:
            assert_never(source)


def _judge_text(rule: Rule, settings: Settings, source: Found) -> Finding:
    if source.bucket is not None and (language := find_output(source.bucket)):
        return OutputInText("bucket", language)
    if source.bucket is not None and not is_bucket_name(source.bucket):
        return CannotTell(_NO_NAME)
    document = parse(source.text)
    if isinstance(document, Malformed):
        language = find_output(source.text)
        return OutputInText(source.property, language) if language else CannotTell(Undecided(document.problems))
    partition, assumed = _choose_partition(settings, source.region, source.bucket, document)
    goal = rule.goal(source.bucket, partition, settings)
    layers = tuple(map(_read_layer, settings.resource_control_policies))
    verdict = _judge_document(document, goal, layers, settings.probes)
    finding = _to_finding((verdict, goal), document, assumed, source, layers)
    if not isinstance(finding, Compliant) and settings.accept_benchmark_snippet:
        finding = _accept_snippet(document, goal, finding)
    refused = _refuse(finding, tuple(_list_refusals(document, source))) if settings.assumptions.refused_by_s3 else finding
    if not isinstance(refused, Compliant) and (language := find_output(source.text)):
        return _blame_output(finding, language, source)
    return refused._replace(document=document) if isinstance(refused, CannotTell) else refused


def _blame_output(finding: Finding, language: Language, source: Found) -> Finding:
    """The finding on a document that holds the text of an Output: what cannot be told of it, that text is to blame for."""
    if not isinstance(finding, NotDenied):
        return OutputInText(source.property, language)
    alone = (finding.document._replace(statements=(statement,)) for statement in finding.document.statements)
    numbers = (one.statements[0].number for one in alone if any(map(find_output, list_texts(one))))
    return finding._replace(output=OutputSeen(language, next(numbers, 0)))


def _list_refusals(document: Document, source: Found) -> Iterator[Refusal]:
    first = find_first_byte(source.text) if source.raw else None
    if first is not None:
        yield first
    yield from _refusals_cached(document, source.bucket)


def _refuse(finding: Finding, refusals: tuple[Refusal, ...]) -> Finding:
    """The finding on a document that S3 refuses: never compliant, and what gets through besides is shown with S3's own error."""
    if not refusals or (isinstance(finding, NotKnown) and finding.why != "bucket-name"):
        return finding
    problems = tuple(refusal.to_problem() for refusal in refusals)
    match finding:
        case NotDenied(fix=Repaired(_, missing) | CannotRepair(_, missing)):
            reason = f"S3 refuses the document as it is, `{refusals[0].error}` at {refusals[0].path}"
            return finding._replace(fix=CannotRepair(reason, missing), refusals=refusals)
        case CannotTell(verdict):
            return CannotTell(Undecided((*problems, *verdict.reasons)))
        case _:
            return CannotTell(Undecided(problems))


def _judge_nothing(goal: Goal, layers: tuple[Layer, ...]) -> Finding:
    """What gets through where there is no policy."""
    verdict = judge(unite(_NOTHING, layers), goal)
    match verdict:
        case Denied():
            return _credit(verdict, _NOTHING, layers, ())
        case Counterexample():
            return NotDenied(
                verdict, explain(_NOTHING, goal, verdict.request, unite(_NOTHING, layers)), Repaired("", write_statements(goal)), _NOTHING
            )
        case _:
            return CannotTell(verdict)


_judge_cached = lru_cache(maxsize=256)(_judge_text)
# Three policies ask about each document, one after the other.
_refusals_cached = lru_cache(maxsize=16)(find_refusals)


@lru_cache(maxsize=64)
def _read_layer(policy: ControlPolicy) -> Layer:
    """The settings hold only what can be read; anything else would deny nothing."""
    layer = read_layer(policy.name, policy.text)
    return layer if isinstance(layer, Layer) else Layer(policy.name, ())


def _judge_document(document: Document, goal: Goal, layers: tuple[Layer, ...], probes: int) -> Verdict:
    """The verdict on the document, and where it does not deny the goal, on it and the layers together."""
    verdict = judge(document, goal, probes)
    if not layers or isinstance(verdict, Denied):
        return verdict
    together = judge(unite(document, layers), goal, probes)
    return together if isinstance(together, Denied) or is_whole(document) else _NO_VERSION


def _to_finding(
    judged: tuple[Verdict, Goal], document: Document, assumed: tuple[str, ...], source: Found, layers: tuple[Layer, ...]
) -> Finding:
    verdict, goal = judged
    match verdict:
        case Denied():
            return _credit(verdict, document, layers, assumed)
        case _ if goal.bucket is None and "s3express" in source.text:
            # The name may turn out to be that of a directory bucket.
            return NotKnown("bucket", "bucket-name")
        case Undecided() if goal.bucket is None:
            return _needs_name_only(document, goal)
        case Counterexample():
            shown = verdict._replace(assumptions=_join(verdict.assumptions, assumed))
            fix = repair(source.text, goal)
            other_half = write_other_half(document, goal, fix.added if isinstance(fix, Repaired) else fix.missing)
            united = unite(document, layers) if layers else document
            explanation = restore(explain(document, goal, verdict.request, united), verdict.request, united, goal)
            return NotDenied(shown, explanation, fix, document, other_half)
        case Undecided():
            return CannotTell(verdict, fix=repair(source.text, goal))
        case _:
            assert_never(verdict)


def _credit(verdict: Denied, document: Document, layers: tuple[Layer, ...], assumed: tuple[str, ...]) -> Compliant:
    """The proof with the layers that it rests on; its statements are the document's own."""
    names = name_layers(verdict.statements, document, layers)
    own = tuple(number for number in verdict.statements if not name_layers((number,), document, layers))
    denied = verdict._replace(statements=own, assumptions=_join(verdict.assumptions, assumed))
    return Compliant(denied, layers=names, shared=bool(names and own))


def _needs_name_only(document: Document, goal: Goal) -> Finding:
    """Whether the bucket's name is all that is missing for a verdict, or the document could not be decided with it either."""
    arns = (_ARN.match(pattern) for statement in document.statements for pattern in statement.resources.patterns)
    named = next((arn[2] for arn in arns if arn is not None and is_bucket_name(arn[2])), "a-name")
    verdict = judge(document, goal._replace(bucket=named), ticks=ASIDE)
    return CannotTell(verdict) if isinstance(verdict, Undecided) else NotKnown("bucket", "bucket-name")


def _accept_snippet(document: Document, goal: Goal, finding: Finding) -> Finding:
    if has_snippet(document, goal):
        return Compliant(None, snippet_accepted=True)
    if goal.bucket is None and might_have_snippet(document, goal):
        return NotKnown("bucket", "bucket-name")
    return finding


def _join(assumptions: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*assumptions, *more}))


def _choose_partition(settings: Settings, region: str | None, bucket: str | None, document: Document) -> tuple[str, tuple[str, ...]]:
    """The bucket's partition, and the assumption without which it would be another."""
    if settings.partition is not None:
        return settings.partition, ()
    if region is not None:
        return find_partition(region), ()
    named = _name_partitions(document, bucket) if settings.assumptions.partition_from_document and bucket is not None else set()
    if len(named) == 1 and named != {"aws"}:
        return named.pop(), ("partition-from-document",)
    return "aws", ()


def _name_partitions(document: Document, bucket: str) -> set[str]:
    """The partitions in the document's ARNs of this bucket."""
    arns = (_ARN.match(pattern) for statement in document.statements for pattern in statement.resources.patterns)
    return {arn[1] for arn in arns if arn is not None and arn[1] in PARTITIONS and matches(arn[2], bucket)}
