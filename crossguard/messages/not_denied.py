"""
The message about a request that gets through.

The request; the nearest statement and what keeps it from applying; the fix; whom it would silence, and what was assumed.
"""

from functools import partial

from bucketpolicy.acceptance import Refusal
from bucketpolicy.repair import CannotRepair, Repaired
from crossguard.judging.finding import NotDenied, OutputSeen, Subject
from crossguard.messages.fix import describe_lapse, fit_fix, label_fix
from crossguard.messages.layout import LIMITS, MOST_LINES, REASONS, Reason, count_lines, take
from crossguard.messages.outputs import ADVICE, describe_cause, describe_remedy
from crossguard.messages.quoting import SHORTEST_LIMIT, enumerate_texts, name_statement
from crossguard.messages.requests import describe_request
from crossguard.messages.sentences import describe_mistake, describe_nearest, describe_senders, describe_statements, list_sids
from crossguard.pack.rule import Rule, StackRule

_HEADER_PREFIX = "s3:x-amz-"


def render_not_denied(rule: Rule | StackRule, finding: NotDenied, subject: Subject) -> str:
    """As much of the whole message as the policy's level has room for."""
    if finding.output is not None:
        return _render_output_in_statement(rule, finding, finding.output, subject)
    if rule.level == "advisory":
        return _fit_advisory(finding, subject)
    fix, label = _widen_fix(finding), label_fix(subject) if finding.document.statements else "attach a bucket policy with {}"
    if finding.refusals and isinstance(fix, CannotRepair) and fix.missing:
        # Why the document is not simply completed has been said with the request.
        fix, label = Repaired("", fix.missing), f"{label}, and correct what S3 refuses"
    return fit_fix(partial(_explain, finding, subject), fix, finding.lapsed, label, partial(_describe_notes, finding))


def _explain(finding: NotDenied, subject: Subject, limit: int, reason: Reason) -> list[str]:
    return [
        _describe_request(finding, subject, limit),
        *_describe_refusals(finding.refusals, reason),
        *_describe_why(finding, subject, limit, reason),
    ]


def _describe_request(finding: NotDenied, subject: Subject, limit: int) -> str:
    headers = tuple(sorted(key for key in finding.explanation.topic if key.startswith(_HEADER_PREFIX)))
    return describe_request(finding.explanation.shown, finding.document, subject.bucket, limit, headers)


def _describe_refusals(refusals: tuple[Refusal, ...], reason: Reason) -> list[str]:
    """S3's own error, where it refuses the document besides; a long Sid is left out first."""
    if not refusals:
        return []
    first = refusals[0]
    sid = first.sid if reason == "whole" else None
    what = name_statement(first.statement, sid, SHORTEST_LIMIT) if first.statement else "this document"
    return [f"S3 refuses {what}: `{first.error}`."]


def _describe_why(finding: NotDenied, subject: Subject, limit: int, reason: Reason) -> list[str]:
    if reason == "none":
        return []
    if not finding.document.statements:
        return ["The bucket had no policy when it was read."]
    sentences = describe_mistake(finding.explanation, finding.document, subject.partition or "aws", limit)
    nearest = finding.explanation.nearest
    if sentences or nearest is None:
        return list(sentences)
    return [describe_nearest(nearest, finding.explanation.shown.request, limit, brief=reason == "brief")]


def _render_output_in_statement(rule: Rule | StackRule, finding: NotDenied, output: OutputSeen, subject: Subject) -> str:
    """What gets through since a string of the document holds no value: that string is what is to be mended."""
    statements = (statement for statement in finding.document.statements if statement.number == output.statement)
    it = next((name_statement(statement.number, statement.sid, SHORTEST_LIMIT) for statement in statements), "The document")
    head = [
        _describe_request(finding, subject, LIMITS[0]),
        f"{it} contains what Pulumi's {ADVICE[output.language].sdk} SDK prints for an Output, not its value.",
    ]
    rest = [describe_remedy(output.language), *describe_lapse(finding.lapsed, SHORTEST_LIMIT)]
    lines = [*head, describe_cause(output.language), *rest]
    return "\n".join(lines if count_lines(lines) <= MOST_LINES[rule.level] else take([*head, *rest], MOST_LINES[rule.level]))


def _widen_fix(finding: NotDenied) -> Repaired | CannotRepair:
    """The fix; for the benchmark's own snippet with the statement of the other half, since the snippet was meant to enforce both."""
    if isinstance(finding.fix, Repaired):
        return finding.fix._replace(added=(*finding.fix.added, *finding.other_half))
    return finding.fix._replace(missing=(*finding.fix.missing, *finding.other_half))


def _fit_advisory(finding: NotDenied, subject: Subject) -> str:
    """Three lines: a mandatory sibling prints JSON, and the docs page does. An exemption that has ended is more news than the statement."""
    assumed = _describe_assumptions(finding.verdict.assumptions)
    short = _refer_to_fix(finding.fix, assumed)
    whole: list[tuple[int, Reason, str]] = [(limit, "whole", _describe_fix(finding.fix, limit, assumed)) for limit in LIMITS]
    attempts = [*whole, *((SHORTEST_LIMIT, reason, short) for reason in REASONS[:2]), *((limit, "none", fix) for limit, _, fix in whole)]
    attempts.append((SHORTEST_LIMIT, "none", short))

    def write(limit: int, reason: Reason, fix: str) -> list[str]:
        news = [*_describe_refusals(finding.refusals, reason), *describe_lapse(finding.lapsed, limit)]
        news += describe_senders(finding.senders, limit)
        why = (news or _describe_why(finding, subject, limit, reason))[:1]
        return [line for line in (_describe_request(finding, subject, limit), *why, fix) if line]

    versions = (write(*attempt) for attempt in attempts)
    fitting = (lines for lines in versions if count_lines(lines) <= MOST_LINES["advisory"])
    return "\n".join(next(fitting, write(SHORTEST_LIMIT, "none", "")))


def _describe_notes(finding: NotDenied, limit: int) -> list[str]:
    """Whom the fix would silence, and what was assumed."""
    assumed = _describe_assumptions(finding.verdict.assumptions)
    return [*describe_senders(finding.senders, limit), *([assumed] if assumed else [])]


def _describe_assumptions(assumptions: tuple[str, ...]) -> str:
    return f"Assumes {enumerate_texts(assumptions, 40, 'and', 10)}." if assumptions else ""


def _describe_fix(fix: Repaired | CannotRepair, limit: int, assumed: str) -> str:
    """The missing statements of an advisory policy in a sentence, with the assumptions."""
    statements = fix.added if isinstance(fix, Repaired) else fix.missing
    if not statements:
        return f"There is no ready-made fix: {fix.reason}. {assumed}".rstrip() if isinstance(fix, CannotRepair) else assumed
    return f"Fix: {describe_statements(statements, limit)}. {assumed}".rstrip()


def _refer_to_fix(fix: Repaired | CannotRepair, assumed: str) -> str:
    """The missing statements by their names."""
    statements = fix.added if isinstance(fix, Repaired) else fix.missing
    if not statements:
        return _describe_fix(fix, SHORTEST_LIMIT, assumed)
    return f"Fix: add {list_sids(statements)}, as `python -m offline fix` prints. {assumed}".rstrip()
