"""How policy variables come into play: the keys they stand for, and what a statement says where these are absent."""

from bucketpolicy.goal import SSE
from tests.bucketpolicy.verdicts import NULL, reasons, statement, uploads, witness

HOME = "arn:aws:s3:::b/${aws:username}"


def test_a_statement_with_a_variable_does_not_apply_without_its_key() -> None:
    """Where the key is there it may, so that it proves nothing; a request with another value gets through."""
    home = statement(NULL, Resource=HOME)
    assert "aws:username" not in dict(witness(uploads(home)).context)
    request = witness(uploads(home, statement({"Null": {SSE: "true", "aws:username": "true"}})))
    (name,) = dict(request.context)["aws:username"]
    assert request.resource != f"arn:aws:s3:::b/{name}"


def test_a_variable_that_s3_is_not_known_to_send_is_absent() -> None:
    """So the statement does not apply to the request that is shown."""
    assert "corp:team" not in dict(witness(uploads(statement(NULL, Resource="arn:aws:s3:::b/${corp:team}"))).context)


def test_what_is_known_of_a_variable_points_at_its_statement() -> None:
    """Whether a service calls for somebody is in every request, so that a statement with it may always apply."""
    found = reasons(uploads(statement(NULL, Resource="arn:aws:s3:::b/${aws:ViaAWSService}")))
    assert ("$.Statement[0]", "the condition key is documented to be in every request") in found
