"""
One name for every bucket: documents that differ in their bucket's name only have the same verdict, and need it once.

A bucket's name matters in the resources of statements only, and there only by being equal to it or not, unless a wildcard or a variable
stands in the bucket's part. A document without such parts means the same of its bucket under any other name that it does not mention.
"""

import re
from functools import lru_cache

from bucketpolicy.document import Document, Statement
from bucketpolicy.goal import Goal
from bucketpolicy.request import Request
from bucketpolicy.verdict import Counterexample, Verdict

#: A valid name that nobody gives a bucket; a document that mentions it is left alone.
SHARED = "some-bucket-of-some-document"
_RESOURCE = re.compile(r"(arn:[^:]*:s3:::)([^/*?$]+)((?:/.*)?)", re.DOTALL)


def share_name(document: Document, goal: Goal) -> tuple[Document, Goal] | None:
    """The document and the goal with the shared name in the place of their bucket's; None where the name may matter."""
    renamed = _rename(document, goal.bucket) if goal.bucket is not None else None
    return None if renamed is None else (renamed, goal._replace(bucket=SHARED))


# Three policies ask about each document, one after the other.
@lru_cache(maxsize=16)
def _rename(document: Document, bucket: str) -> Document | None:
    statements = [_rename_statement(statement, bucket) for statement in document.statements]
    renamed = tuple(statement for statement in statements if statement is not None)
    return document._replace(statements=renamed) if len(renamed) == len(statements) else None


def _rename_statement(statement: Statement, bucket: str) -> Statement | None:
    renamed = tuple(_rename_resource(pattern, bucket) for pattern in statement.resources.patterns)
    known = tuple(pattern for pattern in renamed if pattern is not None)
    return statement._replace(resources=statement.resources._replace(patterns=known)) if len(known) == len(renamed) else None


def _rename_resource(pattern: str, bucket: str) -> str | None:
    """The pattern about the shared name; one about another bucket as it is; None where the name may matter."""
    found = _RESOURCE.fullmatch(pattern)
    if found is None or found[2] == SHARED:
        return pattern if pattern == "*" else None
    return f"{found[1]}{SHARED}{found[3]}" if found[2] == bucket else pattern


def restore_name(verdict: Verdict, bucket: str) -> Verdict:
    """The verdict about the bucket itself."""
    if not isinstance(verdict, Counterexample):
        return verdict
    return verdict._replace(request=_restore(verdict.request, bucket))


def _restore(request: Request, bucket: str) -> Request:
    prefix, _, key = request.resource.partition(SHARED)
    return request._replace(resource=f"{prefix}{bucket}{key}")
