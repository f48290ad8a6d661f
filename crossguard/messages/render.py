"""
What people read: a finding of a rule, in words.

The request that gets through; the nearest statement and what keeps it from applying; the fix as JSON; the assumptions used.
One sentence a line.
The policy's description is not repeated, since the SDK prints it first. No secret, no malformed text and no control character is shown.
A mandatory message fits in 12 lines of a terminal, an advisory one in 3.
"""

import re
from collections.abc import Callable
from functools import partial
from itertools import islice

from typing_extensions import assert_never

from bucketpolicy.acceptance import Refusal
from bucketpolicy.goal import Goal
from bucketpolicy.repair import CannotRepair, Repaired, is_bucket_name, write_statements
from crossguard.judging.finding import (
    CannotTell,
    Compliant,
    Exempted,
    Finding,
    Lapsed,
    Misconfigured,
    Misdirected,
    NotApplicable,
    NotDenied,
    NotKnown,
    OutputInText,
    OutputSeen,
    SeveralPolicies,
    Subject,
    Unattached,
)
from crossguard.judging.senders import Silenced
from crossguard.judging.snippet import HALVES
from crossguard.messages.layout import COLUMNS, LIMITS, MOST_LINES, REASONS, LayOut, Reason, count_lines, fit, lay_out_all, take
from crossguard.messages.outputs import ADVICE, describe_cause, describe_remedy
from crossguard.messages.quoting import (
    SHORTEST_LIMIT,
    clean,
    clean_sentence,
    enumerate_texts,
    name_places,
    name_statement,
    quote,
    shorten_path,
)
from crossguard.messages.requests import describe_request
from crossguard.messages.sentences import describe_mistake, describe_nearest, describe_senders, describe_statements, list_sids
from crossguard.pack.rule import Rule, StackRule, link
from crossguard.pack.settings import Exemption

_MOST_SILENCED = 40
_MOST_BUCKETS = 1000
_MOST_POLICIES: dict[Reason, int] = {"whole": 40, "brief": 12, "none": 3}
_MADE_UP = re.compile(r"-[0-9a-f]{7}$")
_HEADER_PREFIX = "s3:x-amz-"


def render(rule: Rule | StackRule, finding: Finding, subject: Subject) -> str | None:  # noqa: C901, PLR0911  an arm for each kind of finding
    """
    The text of a violation or a note; for `Exempted` and `NotApplicable` the reason; None where all is well.

    It contains `is not denied` for a counterexample, `cannot be decided` and `is not known` for the other two, and no other wording is API.
    """
    match finding:
        case Compliant():
            return None
        case NotDenied():
            return _render_not_denied(rule, finding, subject)
        case CannotTell():
            return _render_undecided(rule, finding, subject)
        case OutputInText():
            return _render_output_in_text(rule, finding)
        case NotKnown():
            return _render_not_known(rule, finding, subject)
        case Exempted(exemption):
            return _render_exempted(exemption)
        case NotApplicable(reason):
            return clean(reason)
        case Misconfigured(problems):
            return _render_misconfigured(rule, problems)
        case Unattached():
            return _render_unattached(finding, subject)
        case SeveralPolicies():
            return _render_several_policies(finding)
        case Misdirected():
            return _render_misdirected(finding, subject)
        case _:
            assert_never(finding)


def render_note(
    rule: StackRule,
    doubtful: tuple[Subject, ...],
    bare: tuple[Subject, ...] = (),
    doors: tuple[Subject, ...] = (),
    silenced: tuple[Silenced, ...] = (),
) -> str:
    """The stack policy's one note: which buckets' policies are not known or not there yet, what is made past the pack, who is silenced."""
    sentences = []
    if doubtful:
        sentences.append(
            f"Which policy is attached to {_enumerate(doubtful)} is not known before the update. "
            "Give the BucketPolicy `bucket=bucket.bucket` instead of `bucket.id`, and it is."
        )
    if bare:
        sentences.append(f"No bucket policy of this stack is attached to {_enumerate(bare)} in this preview, which `inPreview` lets pass.")
    if doubtful or bare:
        sentences.append("This check runs again at the end of the update.")
    if doors:
        sentences.append(f"There are S3 buckets or bucket policies in {_enumerate(doors)} that this pack does not see: check them there.")
    if silenced:
        sentences.append(_describe_silenced(silenced))
    return " ".join((*sentences, f"More: {link(rule)}"))


def _describe_silenced(silenced: tuple[Silenced, ...]) -> str:
    """Who delivers nothing, to where, and how to spare them."""
    told = [f"{clean_sentence(one.resource[:80])} to {quote(one.bucket, LIMITS[1])}" for one in silenced[:_MOST_SILENCED]]
    more = f", and {len(silenced) - len(told)} more" if len(silenced) > len(told) else ""
    principals = sorted({one.principal for one in silenced})
    listed = ", ".join(f'"{principal}"' for principal in principals)
    return (
        f"A bucket policy denies what AWS delivers without the encryption header: {'; '.join(told)}{more}. "
        f"Spare {enumerate_texts(principals, LIMITS[1], 'and')} in that Deny, and set `exemptPrincipals: [{listed}]`."
    )


def describe_layers(names: tuple[str, ...], *, shared: bool) -> str:
    """What makes a document compliant that denies too little itself, in half a sentence."""
    policies = "policy" if len(names) == 1 else "policies"
    rest = "together with the bucket policy" if shared else "not by the bucket policy"
    return f"denied by resource control {policies} {enumerate_texts(names, LIMITS[1], 'and')}, {rest}"


def _enumerate(subjects: tuple[Subject, ...]) -> str:
    return enumerate_texts((subject.name for subject in subjects), LIMITS[1], "and", _MOST_BUCKETS)


def _render_not_denied(rule: Rule | StackRule, finding: NotDenied, subject: Subject) -> str:
    if finding.output is not None:
        return _render_output_in_statement(rule, finding, finding.output, subject)
    if rule.level == "advisory":
        return _fit_advisory(finding, subject)
    fix, label = _widen_fix(finding), _label(subject) if finding.document.statements else "attach a bucket policy with {}"
    if finding.refusals and isinstance(fix, CannotRepair) and fix.missing:
        # Why the document is not simply completed has been said with the request.
        fix, label = Repaired("", fix.missing), f"{label}, and correct what S3 refuses"
    return _fit(partial(_explain, finding, subject), fix, finding.lapsed, label, partial(_describe_notes, finding))


def _label(subject: Subject) -> str:
    """Where the statements go; a name that Pulumi made up gets another ending in the next preview."""
    made_up = subject.bucket is not None and _MADE_UP.search(subject.bucket)
    return f"add {{}} to the document{', its ARN built from `bucket.bucket`' if made_up else ''}"


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
    lines = [
        _describe_request(finding, subject, LIMITS[0]),
        f"{it} holds the text of Pulumi's {ADVICE[output.language].sdk} SDK for an Output, not its value.",
        describe_remedy(output.language),
        *_describe_lapse(finding.lapsed, SHORTEST_LIMIT),
        describe_cause(output.language),
    ]
    return "\n".join(take(lines, MOST_LINES[rule.level]))


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
        news = [*_describe_refusals(finding.refusals, reason), *_describe_lapse(finding.lapsed, limit)]
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
        return f"There is no ready fix: {fix.reason}. {assumed}".rstrip() if isinstance(fix, CannotRepair) else assumed
    return f"Fix: {describe_statements(statements, limit)}. {assumed}".rstrip()


def _refer_to_fix(fix: Repaired | CannotRepair, assumed: str) -> str:
    """The missing statements by their names."""
    statements = fix.added if isinstance(fix, Repaired) else fix.missing
    if not statements:
        return _describe_fix(fix, SHORTEST_LIMIT, assumed)
    return f"Fix: add {list_sids(statements)}, as `python -m offline fix` prints. {assumed}".rstrip()


def _fit(
    head: Callable[[int, Reason], list[str]],
    fix: Repaired | CannotRepair | None,
    lapsed: Lapsed | None,
    label: str,
    notes: Callable[[int], list[str]] = lambda _: [],
) -> str:
    """A message of a mandatory policy: what is wrong, the fix, what is to be known of it, and the exemption that has ended."""

    def write(lay_out: LayOut, limit: int, reason: Reason) -> list[str]:
        return [
            *head(limit, reason),
            *_render_fix(fix, lay_out, label),
            *notes(limit),
            *_describe_lapse(lapsed, limit),
        ]

    return fit(write, MOST_LINES["mandatory"])


def _render_fix(fix: Repaired | CannotRepair | None, lay_out: LayOut, label: str) -> list[str]:
    match fix:
        case Repaired(_, (_, *_) as added):
            return [f"Fix: {label.format(_count(added))}:", *lay_out_all(added, lay_out)]
        case CannotRepair(reason, ()):
            return [f"There is no ready fix: {reason}."]
        case CannotRepair(reason, missing):
            return [f"Fix: {label.format(_count(missing))} ({reason}):", *lay_out_all(missing, lay_out)]
        case _:
            return []


def _count(statements: tuple[str, ...]) -> str:
    return "this statement" if len(statements) == 1 else f"these {len(statements)} statements"


def _render_undecided(rule: Rule | StackRule, finding: CannotTell, subject: Subject) -> str:
    """The places and the reasons; an advisory policy says as much as it has room for, and its siblings say the rest."""
    refused = finding.fix is None and finding.verdict.reasons[0].path.startswith("$")
    head = f"What this document denies cannot be decided{': S3 would refuse it as it is' if refused else ''}."
    if rule.level == "advisory":
        lines = [head, *_describe_lapse(finding.lapsed, SHORTEST_LIMIT), *_describe_reasons(finding, 1)]
        return "\n".join(take(lines, MOST_LINES["advisory"]))

    def tell(limit: int, _: Reason) -> list[str]:
        return [head, *_describe_reasons(finding, 3 if limit > SHORTEST_LIMIT else 1)]

    return _fit(tell, finding.fix, finding.lapsed, _label(subject), partial(describe_senders, finding.senders))


def _describe_reasons(finding: CannotTell, most: int) -> list[str]:
    # "is not known" is for what a preview cannot know, and people search for it.
    told = (
        (_name_place(shorten_path(path, reason), finding), clean_sentence(reason).replace("is not known", "is unknown"))
        for path, reason in finding.verdict.reasons
    )
    reasons = [f"{place}: {reason}." if place else f"{reason[0].upper()}{reason[1:]}." for place, reason in islice(told, most)]
    more = len(finding.verdict.reasons) - len(reasons)
    return [*reasons, *([f"And {more} more of that kind."] if more else [])]


def _name_place(path: str, finding: CannotTell) -> str:
    """Where a problem is: in a statement, or in a property of the resource; nothing where it is in the document as a whole."""
    if path.startswith("$.Statement"):
        return name_places(quote(path, 72)[1:-1], finding.document)
    return "" if path == "$" else quote(path.removeprefix("$."), 72)


def _render_output_in_text(rule: Rule | StackRule, finding: OutputInText) -> str:
    sdk = ADVICE[finding.language].sdk
    head = f"What this denies cannot be decided: `{finding.what}` holds the text of Pulumi's {sdk} SDK for an Output, not its value."
    rest = (describe_remedy(finding.language), *_describe_lapse(finding.lapsed, SHORTEST_LIMIT))
    lines = [head, describe_cause(finding.language), *rest]
    return "\n".join(lines if count_lines(lines) <= MOST_LINES[rule.level] else take([head, *rest], MOST_LINES[rule.level]))


def _describe_lapse(lapsed: Lapsed | None, limit: int) -> list[str]:
    if lapsed is None:
        return []
    (target, reason, _, expires, _), why = lapsed
    ended = f"expired on {expires}" if why == "expired" else "is for another document, and this one is judged anew"
    return [f"The exemption of {quote(target, limit)} {ended} ({quote(reason, limit)[1:-1]})."]


def _render_not_known(rule: Rule | StackRule, finding: NotKnown, subject: Subject) -> str:
    """One line, since it is one note among others."""
    known = _KNOWN_NATIVE if subject.type.startswith("aws-native:") else _KNOWN
    text = _NOT_KNOWN[finding.when, finding.why].format(what=_point_at(finding.what), known=known)
    return f"{text} More: {link(rule)}"


def _point_at(path: str) -> str:
    """The part of a path that is made of names of the policy language: what follows may be a name of the user's own."""
    found = _NAMES_OF_OURS.match(path)
    return found[0] if found else "policy"


_NAMES_OF_OURS = re.compile(r"(policyDocument|policy|bucket)(\.Statement(\[[0-9]+\])?)?")

#: By what a program names a bucket so that a preview knows it.
_KNOWN = "`bucket.bucket` (known in a preview)"
_KNOWN_NATIVE = "a `bucketName` that the program sets"
_AGAIN = "It is checked again during the update, when the buckets exist already and before the policy is attached."
_NOT_KNOWN = {
    ("preview", "document"): (
        "`{what}` is not known before the update:"
        f" build its ARNs from {{known}} instead of `bucket.arn` or `bucket.id` (not known). {_AGAIN}"
    ),
    ("preview", "bucket-name"): (
        "The bucket's name is not known before the update, and what the document denies depends on it:"
        f" name the bucket by {{known}} instead of `bucket.id`. {_AGAIN}"
    ),
    ("preview", "exemption"): (
        "The bucket's name is not known before the update, and an exemption may be for it:"
        f" exempt it by the name of the resource (`name:...`), or name the bucket by {{known}} instead of `bucket.id`. {_AGAIN}"
    ),
    ("preview", "attachment"): (
        "Which policy is attached to this bucket is not known before the update:"
        " name the bucket by {known} instead of `bucket.id`. It is checked again at the end of the update."
    ),
    ("update", "document"): "`{what}` is not known, although this is an update: nothing can be said of it, so it does not pass.",
    ("update", "bucket-name"): (
        "The bucket's name is not known, although this is an update: what the document denies depends on it, so it does not pass."
    ),
    ("update", "exemption"): (
        "The bucket's name is not known, although this is an update: whether an exemption is for it cannot be told, so it does not pass."
    ),
    ("update", "attachment"): (
        "Which policy is attached to this bucket is not known: the `bucket` of a BucketPolicy leads to no bucket here, or to several."
    ),
}


def _render_exempted(exemption: Exemption) -> str:
    owner = f", owner: {clean(exemption.owner)}" if exemption.owner else ""
    until = f", until {exemption.expires}" if exemption.expires else ""
    return f"exempted: {clean(exemption.reason)}{owner}{until}"


def _render_misconfigured(rule: Rule | StackRule, problems: tuple[str, ...]) -> str:
    """As many of the problems as fit, and always one."""
    most = MOST_LINES[rule.level]
    head = "This policy's configuration is invalid, so it checked nothing:"
    lines = list(map(clean_sentence, problems))
    if count_lines([head, lines[0]]) > most:
        return _shorten_list(lines[0].replace("`", ""), most * COLUMNS)
    shown = take([head, *lines], most)
    if len(shown) <= len(lines):
        shown = take([head, *lines], most - 1)
        return "\n".join([*shown, f"And {len(lines) + 1 - len(shown)} more."])
    return "\n".join(shown)


def _shorten_list(line: str, room: int) -> str:
    """The line, or as much of the list at its end as there is room for: the mandatory policies have the room for all of it."""
    if len(line) <= room:
        return line
    rest = ", and others"
    return line[: room - len(rest)].rpartition(", ")[0] + rest


def _render_unattached(finding: Unattached, subject: Subject) -> str:
    name = f"`{subject.bucket}`" if subject.bucket and is_bucket_name(subject.bucket) else "this bucket"
    goal = Goal(subject.bucket, subject.partition or "aws", HALVES)
    head = [
        f"No bucket policy of this stack is attached to {name}: an upload over HTTP, or without the encryption header, is not denied.",
        *_describe_what_does_not_count(finding, subject),
    ]
    if finding.when == "preview" and len(head) == 1:
        head.append("One made inside an `apply` is not there in a first preview: with `inPreview` set to `advisory` that is a note.")
    fix = Repaired("", write_statements(goal))
    return _fit(lambda *_: head, fix, finding.lapsed, "attach a BucketPolicy with {}, its ARNs built from `bucket.bucket`")


def _describe_what_does_not_count(finding: Unattached, subject: Subject) -> tuple[str, ...]:
    """The policy that seems to be attached, and why it is not."""
    if finding.sham is not None:
        return (_SHAMS[finding.sham.why].format(name=quote(finding.sham.name, SHORTEST_LIMIT)),)
    if not finding.only_read and not finding.last_read:
        return ()
    seen = (
        "Its BucketPolicy is only read (`BucketPolicy.get`), without inputs to judge, so it does not count."
        if finding.only_read
        else "It had one when last read; a BucketPolicy taken out of the program leaves that behind, so it does not count."
    )
    if finding.lapsed:
        return (seen,)
    name = quote(subject.name, LIMITS[0])[1:-1]
    return seen, f'If it is attached elsewhere, exempt it: `{{"bucket": "name:{name}", "reason": "attached in ..."}}`.'


_SHAMS = {
    "component": "The BucketPolicy {name} is a component: it creates nothing in AWS, so it does not count.",
    "endpoints": "The BucketPolicy {name} goes to its provider's own `endpoints`, which need not be AWS's, so it does not count.",
}


def _render_several_policies(finding: SeveralPolicies) -> str:
    inline = " and the bucket's own `policy`" if finding.inline else ""

    def write(_: LayOut, limit: int, reason: Reason) -> list[str]:
        names = enumerate_texts(finding.policies, limit, "and", _MOST_POLICIES[reason])
        return [
            f"Several policies are attached to this bucket: {names}{inline}.",
            "A bucket has one policy only: whichever is written last replaces the others without a word, in any order.",
            "Fix: put all statements into one BucketPolicy.",
            *_describe_lapse(finding.lapsed, limit),
        ]

    return fit(write, MOST_LINES["mandatory"])


def _render_misdirected(finding: Misdirected, subject: Subject) -> str:
    def write(_: LayOut, limit: int, __: Reason) -> list[str]:
        own = quote(subject.bucket or subject.name, limit)
        return [
            f"The policy of this bucket ({own}) is about another: {quote(finding.policy, limit)} names {quote(finding.about, limit)}.",
            "S3 refuses a policy that names no resource of its own bucket, and nothing is denied here.",
            "Fix: attach it to the bucket that it names, or name this bucket in its resources.",
            *_describe_lapse(finding.lapsed, limit),
        ]

    return fit(write, MOST_LINES["mandatory"])
