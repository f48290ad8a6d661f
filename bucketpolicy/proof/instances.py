"""
A document with values in the place of its policy variables.

What a variable stands for is not known, so a statement with one surely denies little and possibly much. Once its key has one value in the
request, the statement is as clear as any: a request with that value that the instance does not deny is one that the document does not deny.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bucketpolicy.document import Document, Statement
from bucketpolicy.goal import Equal, Target
from bucketpolicy.proof.conditions import find_kind
from bucketpolicy.proof.cubes import key_variable
from bucketpolicy.proof.written import CLOSED, EXAMPLES, is_of_bucket

_VARIABLE = re.compile(r"\$\{([^\s,'\"${}*?:]+:[^\s,'\"${}*?]+)(?:\s*,\s*'[^']*')?\}")
_ACCOUNT = "111122223333"
# How many values of the bucket's keys are tried.
_MOST = 4


class Instance(NamedTuple):
    """The document without the variables that got a value, and the target with these values."""

    document: Document
    target: Target


def instantiate(document: Document, target: Target, partition: str) -> Iterator[Instance]:
    """
    The document with an example for every policy variable of a text key that the target leaves open, and with values of the bucket's keys.

    What the bucket's own account or region is, is not known: it may be one that the document names, and none is made up.
    """
    denies = [statement for statement in document.statements if statement.effect == "Deny"]
    taken = {one.key for one in target.restrictions} | {one.key for item in denies for one in item.conditions if one.operator.quantifier}
    values = {key: (_give(key, partition),) for key in _find_variables(denies) - taken} if document.variables else {}
    for condition in (condition for item in denies for condition in item.conditions):
        if is_of_bucket(condition.key) and condition.key not in taken and condition.operator.family == "String":
            named = tuple(text for text in condition.values if not any(sign in text for sign in "*?$"))
            values[condition.key] = (*values.get(condition.key, ()), *named)
    values = {key: texts for key, texts in sorted(values.items()) if texts and find_kind(key, quantified=False) == "text"}
    for turn in range(min(max(map(len, values.values()), default=0), _MOST)):
        yield _instantiate(document, target, {key: texts[min(turn, len(texts) - 1)] for key, texts in values.items()})


def _find_variables(denies: list[Statement]) -> set[str]:
    texts = (text for item in denies for part in (item.resources.patterns, *(one.values for one in item.conditions)) for text in part)
    return {name.lower() for text in texts for name in _VARIABLE.findall(text)}


def _instantiate(document: Document, target: Target, values: dict[str, str]) -> Instance:
    statements = tuple(_fill(statement, values) if statement.effect == "Deny" else statement for statement in document.statements)
    restrictions = (*target.restrictions, *(Equal(key, value) for key, value in values.items()))
    return Instance(document._replace(statements=statements), target._replace(restrictions=restrictions))


def _give(key: str, partition: str) -> str:
    """A value that reads well; the same for all keys of which nothing is known, so that they are equal."""
    if key == "aws:principalarn":
        return f"arn:{partition}:iam::{_ACCOUNT}:user/example"
    if key.endswith("account"):
        return _ACCOUNT
    name = "=aws:principalorgid" if key.endswith("orgid") else key_variable(key)
    return (*CLOSED.get(name, ()), *EXAMPLES.get(name, ()), "example")[0]


def _fill(statement: Statement, values: dict[str, str]) -> Statement:
    """The statement without the variables that have a value; in a document without variables nothing looks like one."""

    def fill(text: str) -> str:
        return _VARIABLE.sub(lambda found: values.get(found[1].lower(), found[0]), text)

    resources = statement.resources._replace(patterns=tuple(map(fill, statement.resources.patterns)))
    conditions = tuple(one._replace(values=tuple(map(fill, one.values))) for one in statement.conditions)
    return statement._replace(resources=resources, conditions=conditions)
