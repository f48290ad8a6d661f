"""From a finding to what a report says of it, in words and in fields."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from typing_extensions import assert_never

from bucketpolicy.canonical import hash_document
from bucketpolicy.document import Document
from bucketpolicy.explain import Explanation
from bucketpolicy.parse import parse
from bucketpolicy.repair import PLACEHOLDER, CannotRepair, Repaired, name_bucket
from bucketpolicy.request import Anonymous, Context, Identity, OriginAccessIdentity, Principal, Request, Service, Unmodelled
from bucketpolicy.tables.keys import find_key
from bucketpolicy.verdict import Denied
from crossguard.judging.finding import (
    CannotTell,
    Compliant,
    Exempted,
    Finding,
    Misconfigured,
    Misdirected,
    NotApplicable,
    NotDenied,
    NotKnown,
    OutputInText,
    SeveralPolicies,
    Subject,
    Unattached,
)
from crossguard.judging.joint import Wanted, is_within, repair_jointly
from crossguard.messages.quoting import has_secret_values
from crossguard.messages.render import describe_layers, render
from crossguard.pack.rule import Rule, StackRule
from crossguard.pack.settings import Settings
from crossguard.resources.source import Found, Source
from offline import remarks
from offline.configuration import Level
from offline.report.content import Caller, Layer, Nearest, Outcome, ReportedExemption, Result, Sent, SourceLocation
from offline.run import IF_THERE, Verdict

ATTACHED = "one policy is attached"
#: Of a document that S3 refuses.
_CORRECT_FIRST = CannotRepair("correct what S3 refuses first")


class Examined(NamedTuple):
    """What a rule finds at a resource, and in what; the stack policy looks into no document."""

    subject: Subject
    source: Source | None
    finding: Finding


def say(rule: Rule | StackRule, level: Level, examined: Examined, place: SourceLocation) -> Result:
    """What a report tells of a finding."""
    subject, source, finding = examined
    result = Result(rule.name, level, find_verdict(rule, finding), find_outcome(level, finding), place)
    text = source.text if isinstance(source, Found) else ""
    match finding:
        case Compliant(twice=True):
            told = result._replace(message=ATTACHED, remark=remarks.TWICE)
        case Compliant(layers=(_, *_) as layers, shared=shared):
            told = result._replace(message=describe_layers(layers, shared=shared), remark=remarks.find_remarks(text))
        case Compliant(_, snippet_accepted):
            held = "" if isinstance(rule, Rule) else ATTACHED
            told = result._replace(message=held, remark=remarks.SNIPPET if snippet_accepted else remarks.find_remarks(text))
        case Exempted(exemption):
            told = result._replace(exemption=ReportedExemption(exemption.reason, exemption.owner, exemption.expires))
        case _:
            told = result._replace(message=render(rule, finding, subject) or "", remark=remarks.find_doubt(text))
    return fill(told, finding, text)._replace(document=hash_document(text) if text else "")


def find_outcome(level: Level, finding: Finding) -> Outcome:
    """What the finding counts as, where it is not softened."""
    match finding:
        case Compliant():
            return "compliant"
        case Exempted():
            return "exempt"
        case NotApplicable():
            return "not-applicable"
        case _:
            return "advisory" if level == "advisory" else "violation"


def find_verdict(rule: Rule | StackRule, finding: Finding) -> Verdict:  # noqa: PLR0911  an arm for each kind of finding
    """The finding in one word. The benchmark's own snippet denies neither half: the configuration takes it, as it takes an exemption."""
    match finding:
        case Compliant(None, True):
            return "exempt"
        case Compliant():
            return "denied" if isinstance(rule, Rule) else "attached"
        case NotDenied():
            return "not-denied"
        case CannotTell() | OutputInText() | Misconfigured():
            return "undecided"
        case NotKnown():
            return "unknown"
        case Exempted():
            return "exempt"
        case NotApplicable():
            return "not-applicable"
        case Unattached() | Misdirected():
            return "unattached"
        case SeveralPolicies():
            return "several"
        case _:
            assert_never(finding)


def read_verdict(message: str) -> Verdict:
    """The verdict behind a message, by its stable phrases."""
    if "cannot be decided" in message:
        return "undecided"
    if "is not denied" in message:
        return "not-denied"
    return "unknown" if "is not known" in message else "undecided"


def fill(result: Result, finding: Finding, text: str) -> Result:
    """The result with the proof or the request of this finding in this document."""
    match finding:
        case Compliant(Denied(statements, assumptions), layers=layers):
            layer: Layer = "resource-control-policy" if layers else "bucket-policy"
            sids = _list_sids(text)
            named = () if layers else tuple(sids.get(number, "") for number in statements)
            return result._replace(statements=statements, assumptions=assumptions, layer=layer, sids=named)
        case NotDenied(verdict, explanation):
            sent = describe_request(explanation.shown.request)
            return result._replace(request=sent, nearest=_describe_nearest(explanation), assumptions=verdict.assumptions)
        case _:
            return result


# Asked once for each policy, about one document after another.
@lru_cache(maxsize=8)
def _list_sids(text: str) -> dict[int, str]:
    document = parse(text)
    return {each.number: each.sid or "" for each in document.statements} if isinstance(document, Document) else {}


class Judgement(NamedTuple):
    """What a policy that judges documents finds at a resource, with the configuration that it was asked with."""

    rule: Rule
    settings: Settings
    examined: Examined


def choose_fix(judgements: Iterable[Judgement], *, uploads_only: bool = False) -> tuple[str, ...]:
    """The statements, as compact JSON, that a bucket's document lacks for all policies that fail on it; none where they would not do."""
    by_text: dict[str, list[Judgement]] = {}
    for one in judgements:
        if isinstance(one.examined.source, Found):
            by_text.setdefault(one.examined.source.text, []).append(one)
    added: dict[str, None] = {}
    for text, found in by_text.items():
        if any(one.rule.remediates and _lacks_room(one) for one in found):
            continue
        repaired = repair_all(text, list_wanted(found), uploads_only=uploads_only)
        added.update(dict.fromkeys(repaired.added if isinstance(repaired, Repaired) else ()))
    return tuple(added)


def repair_all(text: str, wanted: tuple[Wanted, ...], *, uploads_only: bool = False) -> Repaired | CannotRepair:
    """The document with all that is missing; where there is no room for that, with what the mandatory policies ask for."""
    whole = repair_jointly(text, wanted, uploads_only=uploads_only)
    return whole if isinstance(whole, Repaired) else repair_jointly(text, wanted, uploads_only=True)


def share_fix(
    results: tuple[Result, ...], judgements: Iterable[Judgement], fix: tuple[str, ...], *, uploads_only: bool = False
) -> tuple[Result, ...]:
    """The results with one fix for the bucket, at the first of them that has one, in the place of each policy's own."""
    found = tuple(judgements)
    failing = [one for one in found if _can_be_repaired(one.examined.finding) or _lacks_room(one)]
    told = _print_once(_withdraw_fixes(results, found), failing, Repaired("", fix) if fix else _find_why(failing))
    nameless = [one for one in found if _lacks_name_only(one)]
    if not nameless:
        return told
    placed = CannotRepair(PLACEHOLDER, choose_fix(map(_give_name, found), uploads_only=uploads_only))
    return _print_once(told, nameless, placed)


def _lacks_room(judgement: Judgement) -> bool:
    """Whether what is missing makes the document too long for S3."""
    finding = judgement.examined.finding
    written = isinstance(finding, NotDenied | CannotTell) and isinstance(finding.fix, CannotRepair) and bool(finding.fix.missing)
    return written and not _lacks_name_only(judgement) and not (isinstance(finding, NotDenied) and finding.refusals)


def _find_why(failing: list[Judgement]) -> Repaired | CannotRepair:
    """Why the document cannot have what all of these policies ask for, without the statements: each may fit, and all do not."""
    for one in failing:
        finding, source = one.examined.finding, one.examined.source
        own = finding.fix if isinstance(finding, NotDenied | CannotTell) else None
        found = repair_all(source.text, list_wanted(failing)) if isinstance(own, Repaired) and isinstance(source, Found) else own
        if isinstance(found, CannotRepair):
            return CannotRepair(found.reason)
    return Repaired("", ())


def _lacks_name_only(judgement: Judgement) -> bool:
    """Whether what is missing could be added to the document if the bucket's name were known."""
    finding = judgement.examined.finding
    return isinstance(finding, NotDenied) and isinstance(finding.fix, CannotRepair) and finding.fix.reason == PLACEHOLDER


def _give_name(judgement: Judgement) -> Judgement:
    """The judgement with the placeholder for a name, where that is all it lacks."""
    subject, _, finding = judgement.examined
    if not _lacks_name_only(judgement) or not isinstance(finding, NotDenied):
        return judgement
    named = subject._replace(bucket=name_bucket(None))
    return judgement._replace(examined=judgement.examined._replace(subject=named, finding=finding._replace(fix=Repaired("", ()))))


def _withdraw_fixes(results: tuple[Result, ...], judgements: tuple[Judgement, ...]) -> tuple[Result, ...]:
    """
    The results without the statements that a document which S3 refuses would need besides, and once for each what comes first.

    What is to be corrected is often the very statement that was meant for this bucket, so what is lacking shows after that.
    """
    refused = {
        (one.rule.name, one.examined.subject.urn): one
        for one in judgements
        if isinstance(one.examined.finding, NotDenied) and one.examined.finding.refusals
    }
    told: set[str] = set()
    withdrawn: list[Result] = []
    for result in results:
        one = refused.get((result.policy, result.place.urn))
        first = result.document not in told
        instead = _CORRECT_FIRST if first else Repaired("", ())
        retold = retell(result, _render_with(one, None), _render_with(_spare_senders(one), instead)) if one is not None else None
        if retold is not None:
            told.add(result.document)
        withdrawn.append(retold or result)
    return tuple(withdrawn)


def _spare_senders(judgement: Judgement) -> Judgement:
    """Where nothing is added, nobody is silenced."""
    finding = judgement.examined.finding
    assert isinstance(finding, NotDenied)  # noqa: S101  the only one that has refusals
    return judgement._replace(examined=judgement.examined._replace(finding=finding._replace(senders=())))


def _print_once(results: tuple[Result, ...], judgements: Iterable[Judgement], fix: Repaired | CannotRepair) -> tuple[Result, ...]:
    """The results with this fix at the first that fails, and none at the others."""
    failing = {(one.rule.name, one.examined.subject.urn): one for one in judgements}
    ones = [(result, failing.get((result.policy, result.place.urn))) for result in results]
    fixed = [result for result, one in ones if one is not None and retell(result, _render_with(one, None), "") is not None]
    printed = fix.added if isinstance(fix, Repaired) else fix.missing
    if not fixed or (isinstance(fix, Repaired) and not printed) or (printed and len(fixed) == 1):
        return results
    first = next((result for result in fixed if result.level != "advisory"), fixed[0])

    def tell(result: Result, one: Judgement | None) -> Result:
        if one is None:
            return result
        return retell(result, _render_with(one, None), _render_with(one, fix if result is first else Repaired("", ()))) or result

    return tuple(tell(*each) for each in ones)


def retell(result: Result, said: str, instead: str) -> Result | None:
    """The result with another message, also where it stands behind a doubt whether the resource is there; None where it says otherwise."""
    before, doubt, message = result.message.rpartition(IF_THERE)
    return result._replace(message=f"{before}{doubt}{instead}") if message == said else None


def _render_with(judgement: Judgement, fix: Repaired | CannotRepair | None) -> str:
    """The message of a finding, with another fix where one is given."""
    subject, _, finding = judgement.examined
    if isinstance(finding, NotDenied) and fix is not None:
        finding = finding._replace(fix=fix, other_half=())
    elif isinstance(finding, CannotTell) and fix is not None:
        finding = finding._replace(fix=fix)
    return render(judgement.rule, finding, subject) or ""


def forget_unnamed(examined: Examined, message: str) -> Examined:
    """What a pack found that knew only those senders whom its message names: it does not know who is registered later."""
    finding = examined.finding
    if not isinstance(finding, NotDenied | CannotTell | Unattached):
        return examined
    named = tuple(sender for sender in finding.senders if f"`{sender.principal}`" in message)
    return examined._replace(finding=finding._replace(senders=named))


def list_wanted(judgements: Iterable[Judgement], *, blank: bool = False) -> tuple[Wanted, ...]:
    """The policies whose statements are missing; a document that nobody has written yet (`blank`) fails on all that do not exempt it."""
    goals = [(one, one.rule.goal(one.examined.subject.bucket, one.examined.subject.partition or "aws", one.settings)) for one in judgements]
    spared = [goal for one, goal in goals if isinstance(one.examined.finding, Exempted)]
    return tuple(
        Wanted(one.rule, goal)
        for one, goal in goals
        if (blank and not isinstance(one.examined.finding, Exempted)) or _can_be_repaired(one.examined.finding)
        # What a narrower policy exempts is not brought in by a wider one that only advises.
        if one.rule.remediates or not any(is_within(narrow, goal) for narrow in spared)
    )


def _can_be_repaired(finding: Finding) -> bool:
    return isinstance(finding, NotDenied | CannotTell) and isinstance(finding.fix, Repaired)


def describe_request(request: Request) -> Sent:
    """The request without the values that may be secrets."""
    return Sent(_describe_principal(request.principal), request.action, request.resource, _withhold(request.context))


def _describe_principal(principal: Principal) -> Caller:
    match principal:
        case Anonymous():
            return Caller("anonymous")
        case Identity(kind, account, arn, session):
            return Caller(kind, arn, account, session or None)
        case Service(name):
            return Caller("service", name=name)
        case OriginAccessIdentity(arn):
            return Caller("origin-access-identity", arn)
        case Unmodelled(arn):
            return Caller("unmodelled", arn)
        case _:
            assert_never(principal)


def _withhold(context: Context) -> tuple[tuple[str, tuple[str | None, ...]], ...]:
    """A key that AWS does not document is not named either, since it may be anything."""
    numbers = count(1)
    return tuple(
        (key if find_key(key) else f"undocumented-key-{next(numbers)}", (None,) * len(values) if has_secret_values(key) else values)
        for key, values in context
    )


def _describe_nearest(explanation: Explanation) -> Nearest | None:
    nearest = explanation.nearest
    return Nearest(nearest.statement, nearest.sid, nearest.kind) if nearest is not None else None
