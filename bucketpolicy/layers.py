"""
Resource control policies, the layer above bucket policies: what they deny is denied, whatever the bucket policy says.

Source: AWS Organizations User Guide, "RCP syntax", and "RCP syntax error action" among Access Analyzer's checks. They have rules of their
own: the only principal is `*`, `Resource: "*"` is right, `Effect` is `Deny` in all that customers write, an action names its service, and
there is neither `NotPrincipal` nor `NotAction`. What S3 refuses in a bucket policy is not asked of them.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bucketpolicy.document import Document, Malformed, Problem, Statement
from bucketpolicy.parse import parse

#: A resource control policy has 5,120 characters at most (AWS Organizations quotas).
MAX_CHARACTERS = 5_120
_OF_A_SERVICE = re.compile(r"[A-Za-z0-9-]+:.*", re.DOTALL)


class Layer(NamedTuple):
    """A resource control policy: its name, and its Deny statements."""

    name: str
    statements: tuple[Statement, ...]


def read_layer(name: str, text: str) -> Layer | Malformed:
    """The resource control policy in this text, or every reason why AWS Organizations would not have it."""
    document = parse(text)
    if isinstance(document, Malformed):
        return document
    problems = tuple(_find_problems(document, text))
    if problems:
        return Malformed(problems)
    return Layer(name, tuple(statement for statement in document.statements if statement.effect == "Deny"))


def _find_problems(document: Document, text: str) -> Iterator[Problem]:
    if len(text) > MAX_CHARACTERS:
        yield Problem("$", f"a resource control policy has {MAX_CHARACTERS} characters at most, without white space around its elements")
    if not document.variables:
        yield Problem("$.Version", "the `Version` of a resource control policy is `2012-10-17`")
    for statement in document.statements:
        if statement.effect == "Allow" and not (len(document.statements) == 1 and _allows_everything(statement)):
            yield Problem(f"{statement.path}.Effect", "a resource control policy denies; only AWS's own `RCPFullAWSAccess` allows")
        if statement.principals.negated or not statement.principals.everyone:
            yield Problem(statement.principals.path, 'the principal of a resource control policy is `"*"`')
        if statement.actions.negated:
            yield Problem(statement.actions.path, "a resource control policy has no `NotAction`")
        if statement.effect == "Deny" and not all(map(_OF_A_SERVICE.fullmatch, statement.actions.patterns)):
            yield Problem(statement.actions.path, "an action of a resource control policy names its service, as in `s3:*`")


def _allows_everything(statement: Statement) -> bool:
    """AWS's own policy that is always attached and changes nothing."""
    return statement.actions.patterns == statement.resources.patterns == ("*",) and not statement.conditions


def unite(document: Document, layers: tuple[Layer, ...]) -> Document:
    """
    What the document and the layers deny together; their statements are numbered on, in order.

    Layers have policy variables. Where the document has none, `${` is ordinary text in it: those of its statements are left out, so that
    less is denied and never more (`is_whole` tells).
    """
    own = document.statements if document.variables else tuple(item for item in document.statements if not _has_text_variable(item))
    start = max((statement.number for statement in document.statements), default=0)
    above = [_move(statement, f"resourceControlPolicies[{place}]") for place, layer in enumerate(layers) for statement in layer.statements]
    return Document(variables=True, statements=(*own, *(item._replace(number=start + step) for step, item in enumerate(above, 1))))


def _move(statement: Statement, root: str) -> Statement:
    """The statement with its paths below another root than `$`."""
    parts = {name: getattr(statement, name) for name in ("principals", "actions", "resources")}
    return statement._replace(
        path=root + statement.path[1:],
        conditions=tuple(condition._replace(path=root + condition.path[1:]) for condition in statement.conditions),
        **{name: part._replace(path=root + part.path[1:]) for name, part in parts.items()},
    )


def is_whole(document: Document) -> bool:
    """Whether `unite` keeps all statements of the document."""
    return document.variables or not any(map(_has_text_variable, document.statements))


def _has_text_variable(statement: Statement) -> bool:
    texts = (*statement.resources.patterns, *(value for condition in statement.conditions for value in condition.values))
    return any("${" in text for text in texts)


def name_layers(numbers: tuple[int, ...], document: Document, layers: tuple[Layer, ...]) -> tuple[str, ...]:
    """The names of the layers that the numbers of statements of the union belong to, in order."""
    start = max((statement.number for statement in document.statements), default=0)
    names: list[str] = []
    for layer in layers:
        if any(start < number <= start + len(layer.statements) for number in numbers):
            names.append(layer.name)
        start += len(layer.statements)
    return tuple(names)
