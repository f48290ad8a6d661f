"""
What people read: a finding of a rule, in words.

The request that gets through; the nearest statement and what keeps it from applying; the fix as JSON; the assumptions used.
One sentence a line.
The policy's description is not repeated, since the SDK prints it first. No secret, no malformed text and no control character is shown.
A mandatory message fits in 12 lines of a terminal, an advisory one in 3.
"""

import re
from functools import partial
from itertools import islice

from typing_extensions import assert_never

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
from crossguard.messages.fix import describe_lapse, fit_fix, label_fix
from crossguard.messages.layout import COLUMNS, LIMITS, MOST_LINES, Reason, count_lines, take
from crossguard.messages.not_denied import render_not_denied
from crossguard.messages.outputs import ADVICE, describe_cause, describe_remedy
from crossguard.messages.quoting import (
    SHORTEST_LIMIT,
    clean,
    clean_sentence,
    enumerate_texts,
    name_places,
    quote,
    shorten_path,
)
from crossguard.messages.sentences import describe_senders
from crossguard.messages.stack import render_stack_finding
from crossguard.pack.rule import Rule, StackRule, link
from crossguard.pack.settings import Exemption


def render(rule: Rule | StackRule, finding: Finding, subject: Subject) -> str | None:  # noqa: PLR0911  an arm for each kind of finding
    """
    The text of a violation or a note; for `Exempted` and `NotApplicable` the reason; None where all is well.

    It contains `is not denied` for a counterexample, `cannot be decided` and `is not known` for the other two, and no other wording is API.
    """
    match finding:
        case Compliant():
            return None
        case NotDenied():
            return render_not_denied(rule, finding, subject)
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
        case Unattached() | SeveralPolicies() | Misdirected():
            return render_stack_finding(finding, subject)
        case _:
            assert_never(finding)


def describe_layers(names: tuple[str, ...], *, shared: bool) -> str:
    """What makes a document compliant that denies too little itself, in half a sentence."""
    policies = "policy" if len(names) == 1 else "policies"
    rest = "together with the bucket policy" if shared else "not by the bucket policy"
    return f"denied by resource control {policies} {enumerate_texts(names, LIMITS[1], 'and')}, {rest}"


def _render_undecided(rule: Rule | StackRule, finding: CannotTell, subject: Subject) -> str:
    """The places and the reasons; an advisory policy says as much as it has room for, and its siblings say the rest."""
    refused = finding.fix is None and finding.verdict.reasons[0].path.startswith("$")
    head = f"What this document denies cannot be decided{': S3 would refuse it as it is' if refused else ''}."
    if rule.level == "advisory":
        lines = [head, *describe_lapse(finding.lapsed, SHORTEST_LIMIT), *_describe_reasons(finding, 1)]
        return "\n".join(take(lines, MOST_LINES["advisory"]))

    def tell(limit: int, _: Reason) -> list[str]:
        return [head, *_describe_reasons(finding, 3 if limit > SHORTEST_LIMIT else 1)]

    return fit_fix(tell, finding.fix, finding.lapsed, label_fix(subject), partial(describe_senders, finding.senders))


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
    head = f"What this denies cannot be decided: `{finding.what}` contains what Pulumi's {sdk} SDK prints for an Output, not its value."
    rest = (describe_remedy(finding.language), *describe_lapse(finding.lapsed, SHORTEST_LIMIT))
    lines = [head, describe_cause(finding.language), *rest]
    return "\n".join(lines if count_lines(lines) <= MOST_LINES[rule.level] else take([head, *rest], MOST_LINES[rule.level]))


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
    ("update", "document"): "`{what}` is not known, although this is an update: nothing can be said about it, so it does not pass.",
    ("update", "bucket-name"): (
        "The bucket's name is not known, although this is an update: what the document denies depends on it, so it does not pass."
    ),
    ("update", "exemption"): (
        "The bucket's name is not known, although this is an update: whether an exemption applies is unclear, so it does not pass."
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
