"""Which objects an element covers, by ARN, wildcard and variable, and whatever the bucket is called."""

import pytest

from bucketpolicy.goal import SSE, TRANSPORT, Goal, Target
from bucketpolicy.proof.decide import decide
from bucketpolicy.verdict import Counterexample, Denied, Undecided
from tests.bucketpolicy.verdicts import NULL, UPLOADS, Json, denied, document, reasons, statement, uploads, witness


@pytest.mark.parametrize(("elements", "open_"), [({"Action": []}, False), ({"Resource": []}, False)])
def test_an_empty_list_denies_nothing(elements: Json, open_: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """An empty Action or Resource does not affect the policy."""
    assert isinstance(uploads(statement(NULL, **elements)), Undecided) == open_


@pytest.mark.parametrize("name", ["Action", "NotAction", "Resource", "NotResource"])
def test_a_statement_with_an_empty_list_never_applies(name: str) -> None:
    """Whether the list is negated or not (S-06)."""
    witness(uploads(statement(NULL, **{name.removeprefix("Not"): None, name: []})))


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ("arn:*:s3:::b/*", "AWS does not say what a wildcard in the first five segments of an ARN matches"),
        ("arn:aws:s3*", "AWS does not say what an ARN with fewer than six segments matches"),
        ("**", "AWS does not say what an ARN with fewer than six segments matches"),
        ("arn:aws:s3:::b/${aws:SecureTransport, 'x'}", "the value of a policy variable is not known"),
        ("arn:aws:s3:::b/${aws:SecureTransport", "a `${...}` is not a policy variable (an unfilled placeholder?)"),
    ],
)
def test_a_resource_that_aws_leaves_open(resource: str, reason: str) -> None:
    """It may match, so that nothing is a counterexample, and need not, so that nothing is proved."""
    assert reasons(uploads(statement(NULL, Resource=resource))) == (("$.Statement[0].Resource", reason),)
    spared = uploads(statement(NULL, Resource=None, NotResource=[resource]))
    assert reasons(spared) == (("$.Statement[0].NotResource", reason),)


@pytest.mark.parametrize("resource", ["b/*", "arn:aws:s3:::c/${aws:username, 'x'}", "arn:aws:sns:::b/*", "arn:aws:s3:eu-west-1::b/*"])
def test_a_resource_that_is_not_of_this_bucket(resource: str) -> None:
    """Whatever AWS leaves open, it cannot match."""
    witness(uploads(statement(NULL, Resource=resource)))
    denied(uploads(statement(NULL, Resource=None, NotResource=resource)))


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:s3:::c/${aws:username}",
        "arn:aws:s3:::b/home/${aws:username}",
        "arn:aws:s3:eu-west-1:111122223333:accesspoint/${aws:username}",
    ],
)
def test_not_resource_with_a_variable_proves_nothing(resource: str) -> None:
    """Where the variable has no value, AWS does not say what `NotResource` covers, even of another bucket."""
    reason = "AWS does not say what `NotResource` covers where a policy variable has no value"
    verdict = uploads(statement(NULL, Resource=None, NotResource=resource), statement(NULL, Resource="arn:aws:s3:::b/home/*"))
    assert reasons(verdict) == (("$.Statement[0].NotResource", reason),)


def test_a_variable_of_a_key_with_several_values() -> None:
    """A key that S3 does not document may have several values, where the document takes it so; that it is there says nothing then."""
    several = {**NULL, "ForAnyValue:StringLike": {"vendor:tags": "*"}}
    verdict = uploads(
        statement(several, Resource="arn:aws:s3:::b/${vendor:tags}"), statement({"Null": {SSE: "true", "vendor:tags": "true"}})
    )
    assert ("$.Statement[0].Resource", "the value of a policy variable is not known") in reasons(verdict)


def test_not_resource_with_a_variable_among_others_proves_nothing() -> None:
    """One is enough."""
    spared = ["arn:aws:s3:::b/a", "arn:aws:s3:::b/home/${aws:username}"]
    verdict = uploads(
        statement(NULL, Resource=None, NotResource=spared), statement(NULL, Resource=["arn:aws:s3:::b/a", "arn:aws:s3:::b/home/*"])
    )
    assert [path for path, _ in reasons(verdict)] == ["$.Statement[0].NotResource"]


def test_a_text_that_is_no_arn_matches_no_bucket_whatever_its_name() -> None:
    """A name behind the last colon is missing, so that no name will do."""
    witness(uploads(statement(NULL, Resource="b/*"), bucket=None))


@pytest.mark.parametrize("action", ["*:PutObject", "s3*", "s?:Put*", "*Object", "?3:*"])
def test_an_action_of_a_service_that_is_not_written_out(action: str) -> None:
    """IAM refuses it ("Action vendors must not contain wildcards"), so that nobody knows what it would deny."""
    reason = "S3 takes no action whose service is not written out"
    assert reasons(uploads(statement(NULL, Action=action))) == (("$.Statement[0].Action", reason),)
    assert reasons(uploads(statement(NULL, Action=None, NotAction=action))) == (("$.Statement[0].NotAction", reason),)


def test_an_action_beside_one_that_is_refused() -> None:
    """What is written out counts."""
    denied(uploads(statement(NULL, Action=["*:GetObject", "s3:PutObject"])))
    denied(uploads(statement(NULL, Action=None, NotAction=["*:GetObject", "ec2:*"])))
    witness(uploads(statement(NULL, Action=None, NotAction=["*:PutObject", "s3:Put*"])))


_SIGNS = [{"*": "${*}", "?": "${?}", "$": "${$}"}.get(sign, sign) for sign in map(chr, range(32, 127))]


def test_a_long_key_of_short_letters_gets_through() -> None:
    """Every letter of one byte is in the document, and 600 of them are a key, though 600 letters that are not would be too long."""
    whole = f"arn:aws:s3:::b/{''.join(_SIGNS)}"
    others = statement(NULL, Resource=None, NotResource=[f"arn:aws:s3:::b/{'?' * 600}*", whole])
    request = witness(uploads(others, statement(NULL, Resource=whole)))
    assert 600 <= len(request.resource.removeprefix("arn:aws:s3:::b/").encode()) <= 1024


def test_a_long_key_of_control_characters_gets_through() -> None:
    """They are letters of a key like any other, and short ones."""
    letters = statement(NULL, Resource=[f"arn:aws:s3:::b/*{sign}*" for sign in _SIGNS])
    request = witness(uploads(statement(NULL, Resource=None, NotResource=f"arn:aws:s3:::b/{'?' * 600}*"), letters))
    assert set(request.resource.removeprefix("arn:aws:s3:::b/")) == {"\0"}


def test_a_letter_beyond_16_bits_is_a_letter_where_nothing_asks_for_one() -> None:
    """Only `?` does: a key of other letters escapes, one of this letter is denied, also beside a `?` that nothing rests on."""
    smile = "arn:aws:s3:::b/\U0001f600"
    assert witness(uploads(statement(NULL, Resource=f"{smile}*"))).resource == "arn:aws:s3:::b/example.txt"
    denied(uploads(statement(NULL, Resource=None, NotResource=smile), statement(NULL, Resource=f"{smile}*")))
    others = statement(NULL, Resource="arn:aws:s3:::b/a?")
    denied(uploads(statement(NULL), statement(NULL, Resource=f"{smile}*"), others))
    assert witness(uploads(statement(NULL, Resource=None, NotResource=smile))).resource == smile
    assert reasons(uploads(statement(NULL, Resource=f"{smile}?")))


def test_a_letter_beyond_16_bits_is_open() -> None:
    """A language that counts in units of 16 bits takes it for two letters, so that `?` may match it or not."""
    reason = "whether `?` matches a letter beyond 16 bits is open"
    last, first = chr(0xFFFF), chr(0x10000)
    for_rest = statement(NULL, Resource="arn:aws:s3:::b/?")
    verdict = uploads(statement(NULL, Resource=None, NotResource=f"arn:aws:s3:::b/{first}"), for_rest)
    assert reasons(verdict) == (("$.Statement[1]", reason),)
    shown = uploads(statement(NULL, Resource=None, NotResource=f"arn:aws:s3:::b/{first}"), statement(NULL, Resource="arn:aws:s3:::b/??*"))
    assert reasons(shown) == (("$", reason),)
    denied(uploads(statement(NULL, Resource=None, NotResource=f"arn:aws:s3:::b/{last}"), for_rest))


def test_a_variable_counts_where_its_key_is_present() -> None:
    """`${aws:username}` in every resource: who has no user name gets through."""
    request = witness(uploads(statement(NULL, Resource=["arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/${aws:username}${aws:userid}"])))
    assert "aws:username" not in dict(request.context)
    user = dict(witness(uploads(statement(NULL, Resource=["arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/${aws:userid}"]))).context)
    assert "example.txt" not in (*user.get("aws:username", ()), *user.get("aws:userid", ()))
    assert reasons(uploads(statement(NULL, Resource=["arn:aws:s3:::b/${aws:TagKeys}"])))


def test_escapes_count_in_resources() -> None:
    """`${*}` is the character."""
    request = witness(uploads(statement(NULL, Resource=None, NotResource="arn:aws:s3:::b/${*}")))
    assert request.resource == "arn:aws:s3:::b/*"
    assert reasons(uploads(statement(NULL, Resource=None, NotResource="arn:aws:s3:::b/${*}"), version="2008-10-17"))


def test_keys_have_1024_bytes_at_most() -> None:
    """What only longer keys escape is covered, whatever the characters weigh."""
    short = [statement(NULL, Resource=None, NotResource="arn:aws:s3:::b/" + "?" * 60 + "é" * 482 + "*")]
    request = witness(uploads(*short))
    assert len(request.resource.removeprefix("arn:aws:s3:::b/").encode()) <= 1024
    denied(uploads(statement(NULL, Resource=None, NotResource="arn:aws:s3:::b/" + "?" * 61 + "é" * 482 + "*")))
    denied(uploads(statement(NULL, Resource=None, NotResource="arn:aws:s3:::b/" + "?" * 1025)))


@pytest.mark.parametrize(
    ("statements", "kind"),
    [
        ([statement(NULL, Resource="*")], Denied),
        ([statement(NULL, Resource="arn:aws:s3:::*")], Denied),
        ([statement(NULL, Resource="arn:aws:s3:::*/*")], Denied),
        ([statement(NULL, Resource="arn:aws:s3:::???*/*")], Denied),
        ([statement(NULL, Resource="arn:aws:s3:::????*/*")], Undecided),
        ([statement(NULL, Resource="arn:aws:s3:::*/a*"), statement(NULL, Resource=None, NotResource="arn:aws:s3:::*/a*")], Undecided),
        ([statement(NULL)], Undecided),
        ([statement(NULL, Resource="arn:aws:s3:::b?*")], Undecided),
        ([statement(NULL, Resource="arn:aws:s3:::b")], Counterexample),
        ([statement(NULL, Resource="arn:aws-cn:s3:::b/*")], Counterexample),
        ([statement(NULL, Action="s3:GetObject")], Counterexample),
        ([statement({**NULL, "Bool": {TRANSPORT: "false"}}, Resource="*")], Counterexample),
        ([statement(NULL, Resource="arn:*:s3:::*")], Undecided),
        ([statement(NULL, Resource="arn:aws:s3")], Counterexample),
    ],
)
def test_what_holds_whatever_the_bucket_is_called(statements: list[Json], kind: type) -> None:
    """Denied for every name, or a counterexample for every name; else the name is what is missing."""
    verdict = uploads(*statements, bucket=None)
    assert isinstance(verdict, kind), verdict
    if isinstance(verdict, Counterexample):
        assert verdict.request.resource == "arn:aws:s3:::example-bucket/example.txt"


def test_the_bucket_itself_whatever_it_is_called() -> None:
    """`*` alone takes a whole name; a name in the document may be this bucket's."""
    goal = Goal(None, "aws", (Target(("s3:ListBucket",), "bucket", ()),))
    assert isinstance(decide(document(statement(Action="s3:*", Resource="arn:aws:s3:::*")), goal), Denied)
    assert isinstance(decide(document(statement(Action="s3:*", Resource="arn:aws:s3:::b")), goal), Undecided)
    assert isinstance(decide(document(statement(Action="s3:*", Resource="arn:aws:s3:::*a")), goal), Undecided)
    assert isinstance(decide(document(statement(Action="s3:*", Resource="arn:aws:s3:::b/*")), goal), Undecided)


def test_a_resource_may_match_in_several_ways() -> None:
    """A wildcard may take the bucket's name and the slash, or the name alone."""
    goal = Goal(None, "aws", (UPLOADS,))
    verdict = decide(document(statement(NULL, Resource=["arn:aws:s3:::*/*", "arn:*:s3:::*/x"])), goal)
    assert isinstance(verdict, Denied)
