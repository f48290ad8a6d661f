"""
Every form in which programs write a bucket and its policy, and what the pack says of it: the table of docs/forms.md.

Each form is a part of `program/`, where its resources carry its name; it is run through requests as the engine sends them, through the
embedded engine and through the real CLI. Unless the form says otherwise the document is compliant, so all that is said is about the form.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

UPLOADS = "aws-s3-bucket-policy-denies-unencrypted-uploads"
TRANSPORT = "aws-s3-bucket-policy-denies-insecure-transport"
ALL_REQUESTS = "aws-s3-bucket-policy-denies-all-insecure-requests"
HAS_POLICY = "aws-s3-bucket-has-policy"

#: Policy to the level at which it speaks.
Levels = Mapping[str, str]

SILENT: Levels = {}
NOTE: Levels = {UPLOADS: "advisory", TRANSPORT: "advisory"}
BLOCKED: Levels = {UPLOADS: "mandatory", TRANSPORT: "mandatory", ALL_REQUESTS: "advisory"}
STACK: Levels = {HAS_POLICY: "mandatory"}
ELSEWHERE: Levels = {**BLOCKED, **STACK}


class Form(NamedTuple):
    """
    One form.

    `bucket` and `policy` are its source, in Markdown; `unknown` says which of the two a first preview does not show; `link` are the
    property dependencies: `both` and `bucket` lead to the bucket, `block` leads to a BucketPublicAccessBlock of it, `read` to a bucket
    that is only read, `none` is none; `inline` is a bucket with a policy of its own, `twice` a bucket with two BucketPolicies, `shared`
    two buckets with one document, `elsewhere` leads to another bucket than the document's, `later` is not made in a preview, `bare` is a
    bucket without any. `preview` and `update` are what is said, `why` is the reason in the docs.
    """

    name: str
    bucket: str
    policy: str
    unknown: Literal["nothing", "bucket", "policy", "both"]
    link: Literal["both", "bucket", "block", "read", "none", "inline", "twice", "shared", "elsewhere", "later", "bare"]
    preview: Levels
    update: Levels = SILENT
    why: str = ""


_UNKNOWN = "`policy` is not known"

FORMS = (
    Form("id-arn", "`b.id`", "`b.arn.apply(...)`", "both", "both", NOTE, why=_UNKNOWN),
    Form("name-name", "`b.bucket`", "`b.bucket.apply(...)`", "nothing", "both", SILENT),
    Form("name-format", "`b.bucket`", "`Output.format(..., b.bucket)`", "nothing", "both", SILENT),
    Form("name-concat-arn", "`b.bucket`", "`Output.concat(..., b.arn, ...)`", "policy", "both", NOTE, why=_UNKNOWN),
    Form("name-dumps-arn", "`b.bucket`", "`Output.json_dumps({... b.arn})`", "policy", "both", NOTE, why=_UNKNOWN),
    Form("literal-literal", '`"data"`', "a literal", "nothing", "none", SILENT, why="attached by its name"),
    Form("literal-data-source", '`"data"`', "`get_policy_document(...).json`", "nothing", "none", SILENT, why="attached by its name"),
    Form("id-data-source-arn", "`b.id`", "`get_policy_document_output(... b.arn)`", "both", "bucket", NOTE, why=_UNKNOWN),
    Form("name-data-source-arn", "`b.bucket`", "`get_policy_document_output(... b.arn)`", "policy", "bucket", NOTE, why=_UNKNOWN),
    Form(
        "name-data-source-name",
        "`b.bucket`",
        "`get_policy_document_output(... b.bucket)`",
        "policy",
        "bucket",
        NOTE,
        why="a data source that depends on a new resource is not asked in a preview",
    ),
    Form("name-dict", "`b.bucket`", "a dict from `b.bucket.apply(...)`", "nothing", "both", SILENT),
    Form(
        "name-dict-arn", "`b.bucket`", "a dict with `b.arn` in it", "policy", "both", NOTE, why="one unknown part hides the whole document"
    ),
    Form("through-block", "`block.bucket`", "`b.arn.apply(...)`", "both", "block", NOTE, why=f"{_UNKNOWN}; attached through the block"),
    Form(
        "read-bucket",
        "`Bucket.get(...).id`",
        "its `arn.apply(...)`",
        "nothing",
        "read",
        SILENT,
        why="the bucket is no resource of the stack",
    ),
    Form("secret", '`"data"`', "`Output.secret(text)`", "nothing", "none", SILENT),
    Form("component", "`child.id`", "`child.arn.apply(...)`", "both", "both", NOTE, why=_UNKNOWN),
    Form("prefix", "`b.bucket`, with a `bucket_prefix`", "`b.bucket.apply(...)`", "both", "both", NOTE, why=_UNKNOWN),
    Form("bucket-v2", "`BucketV2(...).bucket`", "its `bucket.apply(...)`", "nothing", "both", SILENT),
    Form(
        "id-literal",
        "`b.id`, of a literal name",
        "a literal",
        "bucket",
        "bucket",
        SILENT,
        why="the document names a bucket of this operation",
    ),
    Form("id-name", "`b.id`", "`b.bucket.apply(...)`", "bucket", "both", SILENT, why="the document names a bucket of this operation"),
    Form(
        "elsewhere",
        "`c.id`",
        "`b.bucket.apply(...)`",
        "bucket",
        "elsewhere",
        STACK,
        ELSEWHERE,
        why="it hangs on another bucket than it speaks of",
    ),
    Form(
        "id-star",
        "`b.id`",
        'a literal with `"Resource": "*"`',
        "bucket",
        "bucket",
        BLOCKED,
        BLOCKED,
        why="S3 refuses it, whatever the name",
    ),
    Form(
        "id-no-deny",
        "`b.id`",
        "a literal without a Deny",
        "bucket",
        "bucket",
        BLOCKED,
        BLOCKED,
        why="the answer is the same for every name",
    ),
    Form(
        "f-string",
        "`b.bucket`",
        '`f"... {b.arn} ..."`',
        "nothing",
        "bucket",
        BLOCKED,
        BLOCKED,
        why="the document holds the text of an Output object",
    ),
    Form("depends-on", '`"data"`', "a literal, with `depends_on=[b]`", "nothing", "none", SILENT, why="attached by its name"),
    Form("secret-part", "`b.bucket`", "a dict with a secret in it", "nothing", "bucket", SILENT),
    Form("other-bucket", "`b.bucket`", "a literal with another bucket's ARN", "nothing", "bucket", BLOCKED, BLOCKED),
    Form("other-partition", "`b.bucket`, its provider in `cn-north-1`", "ARNs of `aws-cn`", "nothing", "both", SILENT),
    Form(
        "wrong-partition",
        "`b.bucket`, its provider in `cn-north-1`",
        "ARNs of `aws`",
        "nothing",
        "both",
        BLOCKED,
        BLOCKED,
        why="ARNs of another partition do not apply",
    ),
    Form(
        "shared",
        "`b.bucket`, and again `c.bucket`",
        "one text with the ARNs of both",
        "nothing",
        "shared",
        BLOCKED,
        BLOCKED,
        why="S3 refuses a statement about another bucket",
    ),
    Form("options", "`b.bucket`, protected, its provider elsewhere", "`b.bucket.apply(...)`, a child of `b`", "nothing", "both", SILENT),
    Form("inline", "none", "`Bucket(..., policy=...)`", "nothing", "inline", SILENT, why="the policy counts as attached"),
    Form("inline-v2", "none", "`BucketV2(..., policy=...)`", "nothing", "inline", SILENT, why="the policy counts as attached"),
    Form(
        "inline-too",
        "`b.bucket`, of `Bucket(..., policy=...)`",
        "the same document",
        "nothing",
        "inline",
        SILENT,
        why="the same document twice is one",
    ),
    Form("two-policies", "`b.bucket`, twice", "the same document, twice", "nothing", "twice", SILENT, why="the same document twice is one"),
    Form(
        "two-different",
        "`b.bucket`, twice",
        "two compliant documents",
        "nothing",
        "twice",
        STACK,
        STACK,
        why="the last write wins, silently",
    ),
    Form(
        "in-apply",
        "`b.id`",
        "`b.arn.apply(lambda arn: BucketPolicy(...))`",
        "both",
        "later",
        STACK,
        why="made inside an `apply`, it is not there yet; `inPreview: advisory` makes that a note",
    ),
    Form("no-policy", "none", "none", "nothing", "bare", STACK, STACK, why="no policy is attached to the bucket"),
)


def write_row(form: Form) -> str:
    """The form as a row of the table in docs/forms.md."""
    cells = (
        form.bucket,
        form.policy,
        _tell_shown(form),
        _tell(form.preview) + (f" ({form.why})" if form.why else ""),
        _tell(form.update),
    )
    return f"| {' | '.join(cells)} |"


def _tell_shown(form: Form) -> str:
    return {"nothing": "all", "bucket": "all but `bucket`", "policy": "all but `policy`", "both": "neither"}[form.unknown]


def _tell(levels: Levels) -> str:
    if not levels:
        return "compliant"
    return "note" if set(levels.values()) == {"advisory"} else "violation"
