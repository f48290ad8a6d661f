"""
The condition fragment that the benchmark prints, pasted into one statement.

`"Null": {"s3:x-amz-server-side-encryption": "true"}, "Bool": {"aws:SecureTransport": "false"}`: IAM ANDs the two, so the statement denies
only uploads that lack the header *and* come over HTTP. It is recognised by what it denies, so any spelling that means the same is the
fragment.
"""

from bucketpolicy.document import Document, Statement
from bucketpolicy.goal import SSE, TRANSPORT, Absent, Equal, Goal, Target
from bucketpolicy.judge import ASIDE, judge
from bucketpolicy.parse import parse
from bucketpolicy.repair import name_bucket, write_statements
from bucketpolicy.request import Anonymous, Context, Request
from bucketpolicy.semantics.evaluate import is_denied
from bucketpolicy.verdict import Denied

#: What the fragment was meant to enforce: the two halves of the control.
HALVES = (
    Target(("s3:PutObject",), "object", (Absent(SSE),), "DenyUploadsWithoutEncryptionHeader"),
    Target(("s3:PutObject",), "object", (Equal(TRANSPORT, "false"),), "DenyInsecureUploads"),
)
_FRAGMENT = (Target(("s3:PutObject",), "object", (Absent(SSE), Equal(TRANSPORT, "false"))),)
#: Values of the header that must get through: those of S3, and one that no document names. (Whether an empty one counts is open.)
_HEADERS = ("AES256", "aws:kms", "aws:kms:dsse", "aws:fsx", "another-value")


def has_snippet(document: Document, goal: Goal) -> bool:
    """Whether some Deny for everyone, of `s3:PutObject` on all objects of the goal's bucket, has exactly the fragment as its condition."""
    everyone = goal._replace(targets=_FRAGMENT, exempt=())
    candidates = [document._replace(statements=(item,)) for item in document.statements if _has_both_keys(item)]
    ticks = ASIDE // max(1, len(candidates))
    return any(isinstance(judge(alone, everyone, ticks=ticks), Denied) and not _denies_more(alone, goal) for alone in candidates)


def write_other_half(document: Document, goal: Goal, own: tuple[str, ...]) -> tuple[str, ...]:
    """The statements for what the fragment in the document was meant to enforce and `own` does not; none where it has no fragment."""
    if not own or not has_snippet(document, goal):
        return ()
    alone = parse(f'{{"Statement":[{",".join(own)}]}}')
    halves = tuple(goal._replace(bucket=name_bucket(goal.bucket), targets=(half,)) for half in HALVES)
    left = (half for half in halves if not (isinstance(alone, Document) and isinstance(judge(alone, half, ticks=ASIDE), Denied)))
    return tuple(statement for half in left for statement in write_statements(half))


def might_have_snippet(document: Document, goal: Goal) -> bool:
    """Whether it would, if its statements named the right bucket: to be asked while the bucket's name is not known."""
    anywhere = tuple(
        statement._replace(resources=statement.resources._replace(negated=False, patterns=("*",))) for statement in document.statements
    )
    return has_snippet(document._replace(statements=anywhere), goal)


def _has_both_keys(statement: Statement) -> bool:
    return {condition.key for condition in statement.conditions} == {SSE, TRANSPORT}


def _denies_more(document: Document, goal: Goal) -> bool:
    """Whether a request with the header, or over TLS, is or may be denied as well."""
    named = {value for statement in document.statements for condition in statement.conditions for value in condition.values}
    resource = f"arn:{goal.partition}:s3:::{goal.bucket or 'bucket'}/object"
    contexts: list[Context] = [((TRANSPORT, ("true",)),)]
    contexts += [((TRANSPORT, (tls,)), (SSE, (value,))) for tls in ("true", "false") for value in sorted(named.union(_HEADERS))]
    requests = (Request(Anonymous(), "s3:PutObject", resource, context) for context in contexts)
    return any(is_denied(document, request, goal.assumptions) is not False for request in requests)
