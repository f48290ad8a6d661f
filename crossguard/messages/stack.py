"""What the stack policy says: of buckets without a policy, with several, or with that of another bucket."""

from functools import partial

from typing_extensions import assert_never

from bucketpolicy.goal import Goal
from bucketpolicy.repair import Repaired, is_bucket_name, write_statements
from crossguard.judging.finding import Misdirected, SeveralPolicies, Subject, Unattached
from crossguard.judging.senders import Silenced
from crossguard.judging.snippet import HALVES
from crossguard.messages.fix import describe_lapse, fit_fix
from crossguard.messages.layout import LIMITS, MOST_LINES, LayOut, Reason, fit
from crossguard.messages.quoting import SHORTEST_LIMIT, clean_sentence, enumerate_texts, quote
from crossguard.messages.sentences import describe_senders
from crossguard.pack.rule import StackRule, link

_MOST_SILENCED = 40
_MOST_BUCKETS = 1000
_MOST_POLICIES: dict[Reason, int] = {"whole": 40, "brief": 12, "none": 3}


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
        f"Exempt {enumerate_texts(principals, LIMITS[1], 'and')} in that Deny, and set `exemptPrincipals: [{listed}]`."
    )


def _enumerate(subjects: tuple[Subject, ...]) -> str:
    return enumerate_texts((subject.name for subject in subjects), LIMITS[1], "and", _MOST_BUCKETS)


def render_stack_finding(finding: Unattached | SeveralPolicies | Misdirected, subject: Subject) -> str:
    """What is wrong between a bucket and the policies of the stack."""
    match finding:
        case Unattached():
            return _render_unattached(finding, subject)
        case SeveralPolicies():
            return _render_several_policies(finding)
        case Misdirected():
            return _render_misdirected(finding, subject)
        case _:
            assert_never(finding)


def _render_unattached(finding: Unattached, subject: Subject) -> str:
    """A bucket without a policy, with what seems to be one and is none."""
    name = f"`{subject.bucket}`" if subject.bucket and is_bucket_name(subject.bucket) else "this bucket"
    head = [
        f"No bucket policy of this stack is attached to {name}: an upload over HTTP, or without the encryption header, is not denied.",
        *_describe_what_does_not_count(finding, subject),
    ]
    if finding.when == "preview" and len(head) == 1:
        head.append("One made inside an `apply` is not there in a first preview: with `inPreview: advisory` this is a note.")
    fix = Repaired("", finding.fix or write_statements(Goal(subject.bucket, subject.partition or "aws", HALVES)))
    label = "attach a BucketPolicy with {}, its ARNs built from `bucket.bucket`"
    return fit_fix(lambda *_: head, fix, finding.lapsed, label, partial(describe_senders, finding.senders, then=_SPARE))


#: What the configuration of another policy does for a policy that is yet to be written.
_SPARE = " and see `python -m offline fix --new`"


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
    """A bucket with more policies than it can have."""
    inline = " and the bucket's own `policy`" if finding.inline else ""

    def write(_: LayOut, limit: int, reason: Reason) -> list[str]:
        names = enumerate_texts(finding.policies, limit, "and", _MOST_POLICIES[reason])
        return [
            f"Several policies are attached to this bucket: {names}{inline}.",
            "A bucket can have only one policy: whichever is written last silently replaces the others, and the order is not fixed.",
            "Fix: put all statements into one BucketPolicy.",
            *describe_lapse(finding.lapsed, limit),
        ]

    return fit(write, MOST_LINES["mandatory"])


def _render_misdirected(finding: Misdirected, subject: Subject) -> str:
    """A bucket whose policy is about another bucket."""

    def write(_: LayOut, limit: int, __: Reason) -> list[str]:
        own = quote(subject.bucket or subject.name, limit)
        return [
            f"The policy of this bucket ({own}) is about another: {quote(finding.policy, limit)} names {quote(finding.about, limit)}.",
            "S3 refuses a policy that names no resource of its own bucket, and nothing is denied here.",
            "Fix: attach it to the bucket that it names, or name this bucket in its resources.",
            *describe_lapse(finding.lapsed, limit),
        ]

    return fit(write, MOST_LINES["mandatory"])
