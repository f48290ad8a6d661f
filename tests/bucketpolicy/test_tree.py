"""The proof as a tree of questions: every request is led to a statement that denies it, by questions that have an answer."""

import json
from collections.abc import Iterator
from random import Random

from typing_extensions import assert_never

from bucketpolicy.document import Document
from bucketpolicy.export import export_proof
from bucketpolicy.goal import SSE, TRANSPORT, Absent, Equal, Goal, Target
from bucketpolicy.judge import judge
from bucketpolicy.parse import parse
from bucketpolicy.proof.certificate import Proof
from bucketpolicy.proof.tree import Branch, Holds, Leaf, Matches, Question, Tree
from bucketpolicy.request import Request
from bucketpolicy.semantics.evaluate import Truth, applies_to, holds, match_action, match_principal, match_resource
from bucketpolicy.verdict import Denied
from tests.differential.attack import attack
from tests.differential.documents import generate

HEADER = Goal("b", "aws", (Target(("s3:PutObject",), "object", (Absent(SSE),)),))
TLS = Goal("b", "aws", (Target(("s3:PutObject",), "object", (Equal(TRANSPORT, "false"),)),))
ACL = "s3:x-amz-acl"


def deny(condition: dict[str, dict[str, str]], **elements: object) -> dict[str, object]:
    """A Deny of everything, but for what is said otherwise."""
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*", "Condition": condition}
    return {key: value for key, value in (statement | elements).items() if value is not None}


def read(*statements: dict[str, object]) -> Document:
    """The document of these statements."""
    document = parse(json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":")))
    assert isinstance(document, Document)
    return document


def draw(document: Document, goal: Goal = HEADER) -> Tree:
    """The tree of the one target."""
    verdict = judge(document, goal)
    assert isinstance(verdict, Denied)
    (tree,) = export_proof(document, goal, verdict.proof)
    return tree


def answer(question: Question, document: Document, request: Request, goal: Goal) -> Truth:
    """What the reading of one request says."""
    context = dict(request.context)
    statement = document.statements[question.statement - 1]
    if isinstance(question, Holds):
        (condition,) = (one for one in statement.conditions if (one.operator.name, one.written) == question[1:])
        return holds(condition, context, goal.assumptions, variables=document.variables)
    match question.element:
        case "Principal":
            return match_principal(statement.principals, request.principal, goal.assumptions)
        case "Action":
            return match_action(statement.actions, request.action)
        case "Resource":
            return match_resource(statement.resources, request.resource, context, variables=document.variables)
        case _:
            assert_never(question.element)


def follow(tree: Tree, document: Document, request: Request, goal: Goal) -> tuple[int, ...]:
    """The statements that the tree names for a request."""
    while isinstance(tree, Branch):
        answered = answer(tree.question, document, request, goal)
        assert answered is not None, (tree.question, request)
        tree = tree.yes if answered else tree.no
    return tree.statements


def list_questions(tree: Tree) -> Iterator[Question]:
    """Every question of a tree."""
    if isinstance(tree, Branch):
        yield tree.question
        yield from list_questions(tree.yes)
        yield from list_questions(tree.no)


def test_every_request_is_led_to_a_statement_that_denies_it() -> None:
    """For random documents, and requests near their constants: no question is open, and a named statement surely applies."""
    asked: set[type[Question]] = set()
    for seed in range(400):
        case = generate(Random(seed))
        document = parse(json.dumps(case.document))
        verdict = judge(document, case.goal) if isinstance(document, Document) else None
        if not isinstance(document, Document) or not isinstance(verdict, Denied):
            continue
        goal = case.goal._replace(assumptions=verdict.proof.assumptions)
        for target, tree in zip(goal.targets, export_proof(document, goal, verdict.proof), strict=True):
            asked.update(map(type, list_questions(tree)))
            for request in attack(case.document, goal._replace(targets=(target,)), Random(seed), 8):
                named = [document.statements[number - 1] for number in follow(tree, document, request, goal)]
                denied = [applies_to(statement, request, goal.assumptions, variables=document.variables) for statement in named]
                assert True in denied, (seed, request)
    assert asked == {Matches, Holds}


def test_a_split_along_a_condition_is_a_question_about_it() -> None:
    """Operator and key are those of the document, as it writes them."""
    document = read(
        deny({"Bool": {"aws:multifactorauthpresent": "true"}}),
        deny({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}),
    )

    tree = draw(document)

    assert isinstance(tree, Branch)
    assert tree.question in (Holds(1, "Bool", "aws:multifactorauthpresent"), Holds(2, "BoolIfExists", "aws:MultiFactorAuthPresent"))
    assert {tree.yes, tree.no} == {Leaf((1,)), Leaf((2,))}


def test_a_split_along_an_element_is_a_question_about_it() -> None:
    """`NotResource` is asked as `Resource`: whether that part of the statement matches."""
    document = read(deny({}, Resource="arn:aws:s3:::b/a*"), deny({}, Resource=None, NotResource="arn:aws:s3:::b/a*"))

    tree = draw(document)

    assert isinstance(tree, Branch)
    assert tree.question in (Matches(1, "Resource"), Matches(2, "Resource"))


def test_one_statement_that_denies_all_is_one_leaf() -> None:
    """So is what an assumption rules out beside it: that is said by the assumption's name."""
    assert draw(read(deny({"Null": {SSE: "true"}}))) == Leaf((1,))
    assert draw(read(deny({"Bool": {"aws:SecureTransport": "true"}}), deny({"Bool": {"aws:SecureTransport": "false"}}))) == Branch(
        Holds(1, "Bool", "aws:SecureTransport"), Leaf((1,)), Leaf((2,))
    )


def test_what_may_be_the_empty_text_is_no_question() -> None:
    """AWS does not say whether a header without a value counts as absent; both statements are named then."""
    tree = draw(read(deny({"Null": {ACL: "true"}}), deny({"Null": {ACL: "false"}})))

    assert tree == Leaf((1, 2))


def test_a_tree_of_many_cases_is_cut() -> None:
    """What is deeper than a hundred questions becomes a leaf, which names the statements of all that is below it."""
    keys = [f"aws:PrincipalTag/{number}" for number in range(104)]
    chain = [deny({"StringEquals": {key: "x"}}, Action="*") for key in keys]

    tree = draw(read(*chain, deny({"StringNotEquals": dict.fromkeys(keys, "x")})), TLS)

    depth = 0
    while isinstance(tree, Branch):
        depth, tree = depth + 1, max(tree.yes, tree.no, key=lambda part: 1_000 if isinstance(part, Branch) else len(part.statements))
    assert (depth, len(tree.statements)) == (3, 102)


def test_whom_not_principal_spares_is_not_asked() -> None:
    """Readings differ in that: the leaf has the statements for those whom it lists and for all others."""
    spared = {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE"}

    assert draw(read(deny({}, Principal=None, NotPrincipal=spared, Action="s3:Put*"), deny({}, Principal=spared))) == Leaf((1, 2))


def test_an_empty_target_has_a_leaf_without_statements() -> None:
    """Nobody is left where both restrictions cannot hold at once."""
    goal = Goal("b", "aws", (Target(("s3:PutObject",), "object", (Equal(TRANSPORT, "false"), Equal(TRANSPORT, "true"))),))
    document = read(deny({"Null": {SSE: "true"}}))

    assert export_proof(document, goal, Proof(goal.assumptions, ((),))) == (Leaf(()),)
