"""`aws.iam.getPolicyDocument` without AWS."""

import json
from typing import Any

import pytest

from offline.engine.cloud.documents import WrongDocumentError, get_policy_document

EVERYONE = {"type": "*", "identifiers": ["*"]}


def render(**arguments: Any) -> Any:
    """The document as parsed JSON."""
    return json.loads(get_policy_document(arguments)["json"])


def render_one(**statement: Any) -> Any:
    """The only statement of a document."""
    return render(statements=[statement])["Statement"][0]


def test_a_value_stands_alone_and_several_are_a_list_last_first() -> None:
    """Duplicates are dropped; conditions keep the order they were written in."""
    rendered = render_one(
        sid="Deny",
        effect="Deny",
        actions=["s3:PutObject"],
        resources=["arn:aws:s3:::a/*", "arn:aws:s3:::b/*", "arn:aws:s3:::a/*"],
        principals=[EVERYONE],
        conditions=[
            {"test": "StringNotEquals", "variable": "s3:x-amz-server-side-encryption", "values": ["aws:kms", "AES256"]},
            {"test": "Null", "variable": "s3:x-amz-server-side-encryption", "values": ["true"]},
        ],
    )
    assert list(rendered.items()) == [
        ("Sid", "Deny"),
        ("Effect", "Deny"),
        ("Action", "s3:PutObject"),
        ("Resource", ["arn:aws:s3:::b/*", "arn:aws:s3:::a/*"]),
        ("Principal", "*"),
        (
            "Condition",
            {
                "Null": {"s3:x-amz-server-side-encryption": "true"},
                "StringNotEquals": {"s3:x-amz-server-side-encryption": ["aws:kms", "AES256"]},
            },
        ),
    ]


def test_defaults() -> None:
    """Version and Effect have one; what is empty is left out, `Statement` too."""
    assert render() == {"Version": "2012-10-17"}
    assert render_one(actions=["s3:*"], resources=[]) == {"Effect": "Allow", "Action": "s3:*"}


def test_principals_of_one_type_are_one_list() -> None:
    """Everyone together with somebody is not the star alone."""
    pair = [{"type": "AWS", "identifiers": ["1"]}, {"type": "AWS", "identifiers": ["3", "2"]}]
    assert render_one(principals=pair)["Principal"] == {"AWS": ["1", "3", "2"]}
    assert render_one(not_principals=[EVERYONE]) == {"Effect": "Allow"}
    assert render_one(notPrincipals=[EVERYONE, {"type": "AWS", "identifiers": ["*"]}])["NotPrincipal"] == {"*": "*", "AWS": "*"}


def test_conditions_on_one_key_are_one_list() -> None:
    """As one operator has each key once."""
    one = {"test": "StringLike", "variable": "aws:PrincipalArn", "values": ["a"]}
    assert render_one(conditions=[one, {**one, "values": ["b"]}])["Condition"] == {"StringLike": {"aws:PrincipalArn": ["a", "b"]}}


def test_variables_are_written_with_an_ampersand() -> None:
    """In resources, principals and conditions, not in actions."""
    rendered = render_one(actions=["&{a}"], resources=["arn:aws:s3:::b/&{aws:username}/*"])
    assert rendered["Resource"] == "arn:aws:s3:::b/${aws:username}/*"
    assert rendered["Action"] == "&{a}"


def test_the_text_is_escaped_as_go_does() -> None:
    """It means the same."""
    text = get_policy_document({"statements": [{"resources": ["a<b>&"]}]})["json"]
    assert r'"a\u003cb\u003e\u0026"' in text


def test_sources_come_first_and_overrides_replace_by_sid() -> None:
    """The newest Version wins, the last Id; elements that nobody knows are dropped."""
    source = {
        "Version": "2008-10-17",
        "Id": "source",
        "Statement": [{"Sid": "a", "Effect": "Allow", "Odd": 1}, {"Sid": "b", "Effect": "Allow"}],
    }
    override = {"Statement": [{"Sid": "b", "Effect": "Deny", "Principal": "*"}, {"Sid": "c", "Effect": "Deny"}]}
    assert render(
        sourcePolicyDocuments=[json.dumps(source)],
        statements=[{"sid": "own"}],
        overridePolicyDocuments=[json.dumps(override)],
    ) == {
        "Version": "2012-10-17",
        "Id": "source",
        "Statement": [
            {"Sid": "a", "Effect": "Allow"},
            {"Sid": "b", "Effect": "Deny", "Principal": "*"},
            {"Sid": "own", "Effect": "Allow"},
            {"Sid": "c", "Effect": "Deny"},
        ],
    }


def test_a_sources_conditions_are_written_again() -> None:
    """A truth value as text, a list of one as its element, keys in order."""
    condition = {"Bool": {"b": False, "a": ["true"]}}
    document = json.dumps({"Statement": [{"Condition": condition}]})
    assert render(sourcePolicyDocuments=[document])["Statement"] == [{"Condition": {"Bool": {"a": "true", "b": "false"}}}]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"sourcePolicyDocuments": ["no"]}, "not a JSON object"),
        ({"overridePolicyDocuments": ['{"Statement": {}}', '{"Statement": {"a": 1}}']}, "list of statements"),
        ({"sourcePolicyDocuments": ["[]"]}, "not a JSON object"),
        ({"statements": [{"sid": "a"}, {"sid": "a"}]}, r"duplicate Sid \(a\)"),
        ({"version": "2008-10-17", "statements": [{"resources": ["&{aws:username}"]}]}, "not supported"),
    ],
)
def test_what_the_provider_refuses(arguments: dict[str, Any], reason: str) -> None:
    """With its reason."""
    with pytest.raises(WrongDocumentError, match=reason):
        get_policy_document(arguments)
