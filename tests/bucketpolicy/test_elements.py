"""What `Action` and `Resource` say about a target, as bits of actions and globs over keys."""

import pytest

from bucketpolicy.document import Names
from bucketpolicy.proof.elements import Objects, Scope, select_actions, select_objects
from bucketpolicy.proof.globs import ANY, EVERYTHING, MALFORMED, MANY, Glob

ACTIONS = ("s3:PutObject", "s3:GetObject", "s3:PutObjectAcl")
HERE = Scope("aws", "b", "object")
BUCKET = Scope("aws", "b", "bucket")
IN_DATA, DATA = Scope("aws", "data", "object"), Scope("aws", "data", "bucket")
NOTHING = Objects((), (), inside=True)
SOMEWHERE = Scope("aws", None, "object")
SOME_BUCKET = Scope("aws", None, "bucket")
WILD = "AWS does not say what a wildcard in the first five segments of an ARN matches"
SHORT = "AWS does not say what an ARN with fewer than six segments matches"
NAMELESS = "the bucket's name is not known"
VARIABLE = "the value of a policy variable is not known"


@pytest.mark.parametrize(
    ("patterns", "bits"),
    [
        (("s3:PutObject",), 0b001),
        (("s3:putobject", "S3:GETOBJECT"), 0b011),
        (("s3:*Object",), 0b011),
        (("s3:PutObject*",), 0b101),
        (("s3:*",), 0b111),
        (("*",), 0b111),
        (("s3:Put\u212aObject", "PutObject", "ec2:*"), 0),
        (("s3:Put*${aws:username}", "s3:P${*}"), 0),
        ((), 0),
    ],
)
def test_actions_are_selected_by_pattern(patterns: tuple[str, ...], bits: int) -> None:
    """Variables are none in actions; the opposite is about all others, but for an empty list, which is about none."""
    chosen, others = (select_actions(Names(negated, patterns, "$"), ACTIONS) for negated in (False, True))
    assert (chosen[0], chosen[1]) == (bits, bits)
    assert (others[0], others[1]) == ((0b111 & ~bits, 0b111 & ~bits) if patterns else (0, 0))


def keys(*patterns: str, scope: Scope = HERE, negated: bool = False, variables: bool = True) -> Objects:
    """What these patterns are about."""
    return select_objects(Names(negated, patterns, "$"), scope, variables=variables)


@pytest.mark.parametrize(
    ("scope", "pattern", "sure", "maybe", "doubt"),
    [
        (HERE, "*", [EVERYTHING], [EVERYTHING], ""),
        (HERE, "arn:aws:s3:::b/*", [EVERYTHING], [EVERYTHING], ""),
        (HERE, "arn:aws:s3:::b/a:c", ["a:c"], ["a:c"], ""),
        (HERE, "arn:aws:s3:::b*", [EVERYTHING], [EVERYTHING], ""),
        (HERE, "arn:aws:s3:::b", [], [], ""),
        (HERE, "arn:aws:s3:::c/*", [], [], ""),
        (HERE, "arn:aws-cn:s3:::b/*", [], [], ""),
        (HERE, "arn:aws:sns:::b/*", [], [], ""),
        (HERE, "b/*", [], [], ""),
        (HERE, "arn:aws:s3*", [], [EVERYTHING], SHORT),
        (HERE, "arn:aws:s?:::b/a", [], ["a"], WILD),
        (HERE, "arn:${aws:partition}:s3:::c", [], [(MANY, *":s3:::c")], WILD),
        (HERE, "arn:aws:s3:::b/${aws:username}", [], [EVERYTHING], VARIABLE),
        (BUCKET, "*", [EVERYTHING], [EVERYTHING], ""),
        (BUCKET, "arn:aws:s3:::b", [EVERYTHING], [EVERYTHING], ""),
        (BUCKET, "arn:aws:s3:::b*", [EVERYTHING], [EVERYTHING], ""),
        (BUCKET, "arn:aws:s3:::b/*", [], [], ""),
        (BUCKET, "arn:aws:s?:::b", [], [EVERYTHING], WILD),
        (SOMEWHERE, "*", [EVERYTHING], [EVERYTHING], ""),
        (SOMEWHERE, "arn:aws:s3:::*", [EVERYTHING], [EVERYTHING], ""),
        (SOMEWHERE, "arn:aws:s3:::???*", [EVERYTHING], [EVERYTHING], ""),
        (SOMEWHERE, "arn:aws:s3:::????*", [], [EVERYTHING], NAMELESS),
        (SOMEWHERE, "arn:aws:s3:::*/*", [(MANY, "/", MANY), EVERYTHING], [EVERYTHING], NAMELESS),
        (SOMEWHERE, "arn:aws:s3:::?*/a", [(MANY, "/", "a"), "a"], [EVERYTHING], NAMELESS),
        (SOMEWHERE, "arn:aws:s3:::*a", [(MANY, "a")], [EVERYTHING], NAMELESS),
        (SOMEWHERE, "arn:aws:s3:::b*/a", [], [EVERYTHING], NAMELESS),
        (SOMEWHERE, "arn:aws:s3:::b/a", [], [EVERYTHING], NAMELESS),
        (SOMEWHERE, "arn:aws:s3:::${aws:username}/a", [], [EVERYTHING], NAMELESS),
        (SOMEWHERE, "arn:aws:s3:::b", [], [], ""),
        (SOMEWHERE, "arn:aws:sns:::*", [], [], ""),
        (SOMEWHERE, "arn:aws:s?:::*", [], [EVERYTHING], WILD),
        (SOME_BUCKET, "arn:aws:s3:::*", [EVERYTHING], [EVERYTHING], ""),
        (SOME_BUCKET, "arn:aws:s3:::???*", [EVERYTHING], [EVERYTHING], ""),
        (SOME_BUCKET, "arn:aws:s3:::*a", [], [EVERYTHING], NAMELESS),
        (SOME_BUCKET, "arn:aws:s3:::b", [], [EVERYTHING], NAMELESS),
        (SOME_BUCKET, "arn:aws:s3:::b/a", [], [], ""),
    ],
)
def test_resources_are_globs_over_keys(scope: Scope, pattern: str, sure: list[Glob], maybe: list[Glob], doubt: str) -> None:
    """Surely and possibly meant; on a bucket any glob stands for the bucket itself."""
    found = keys(pattern, scope=scope)
    assert (list(found.sure), list(found.maybe), found.inside, found.doubt) == (sure, maybe, True, doubt)


def test_the_opposite_is_about_all_other_keys() -> None:
    """What is possibly meant is surely spared by nobody."""
    doubtful = keys("arn:aws:s3:::b/a", "arn:aws:s?:::b/?", negated=True)
    assert doubtful == Objects(("a", (ANY,)), ("a",), inside=False, doubt=WILD)
    assert keys(negated=True) == Objects((), (), inside=True)
    assert keys() == Objects((), (), inside=True)


def test_variables_that_every_pattern_needs_must_be_in_the_request() -> None:
    """Patterns that cannot match here do not count."""
    user, session = "arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/${aws:userid}/${aws:username}"
    assert keys(user).variables == ("aws:username",)
    assert keys(session).variables == ("aws:userid", "aws:username")
    assert keys(user, session, "arn:aws:s3:::c/*").variables == ("aws:username",)
    assert keys(user, "arn:aws:s3:::b/a").variables == ()
    assert keys(user, negated=True).variables == ()


def _surely(*globs: Glob) -> Objects:
    return Objects(globs, globs, inside=True)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("arn:aws:s3:::data/*", _surely(EVERYTHING)),
        ("arn:aws:s3:::data/", _surely("")),
        ("arn:aws:s3:::data/logs/a.txt", _surely("logs/a.txt")),
        ("arn:aws:s3:::data/logs/?*", _surely((*"logs/", ANY, MANY))),
        ("arn:aws:s3:::data/data/*", _surely((*"data/", MANY))),
        ("arn:aws:s3:::data", NOTHING),
        ("arn:aws:s3:::data-2/*", NOTHING),
        ("arn:aws:s3:::dat/*", NOTHING),
        ("arn:aws:s3:::DATA/*", NOTHING),
        ("arn:aws-cn:s3:::data/*", NOTHING),
        ("arn:aws:s3:::data*", _surely(EVERYTHING)),
        ("arn:aws:s3:::d?ta/*", _surely(EVERYTHING)),
        ("arn:aws:s3:::*/x", _surely((MANY, *"/x"), "x")),
    ],
)
def test_objects_are_selected_by_their_keys(pattern: str, expected: Objects) -> None:
    """What is left of the pattern behind the bucket's name is a glob over keys, whichever way the name is matched."""
    assert {*expected.sure} == {*keys(pattern, scope=IN_DATA).sure}
    assert {*expected.maybe} == {*keys(pattern, scope=IN_DATA).maybe}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("arn:aws:s3:::data", _surely(EVERYTHING)),
        ("arn:aws:s3:::dat?", _surely(EVERYTHING)),
        ("arn:aws:s3:::*", _surely(EVERYTHING)),
        ("arn:aws:s3:::data/*", NOTHING),
        ("arn:aws:s3:::data/", NOTHING),
        ("arn:aws:s3:::data/*/data", NOTHING),
        ("arn:aws:s3:::data-2", NOTHING),
    ],
)
def test_a_bucket_is_selected_by_its_name(pattern: str, expected: Objects) -> None:
    """A pattern for objects is none for their bucket."""
    assert expected == keys(pattern, scope=DATA)


@pytest.mark.parametrize("scope", [IN_DATA, DATA])
def test_a_malformed_variable_may_stand_for_anything(scope: Scope) -> None:
    """S3 may refuse the document, or read the text in a way that nobody knows: it may match and proves nothing."""
    assert Objects((), (EVERYTHING,), inside=True, doubt=MALFORMED) == keys("arn:aws:s3:::data/${", scope=scope)


def test_a_variable_behind_the_name_is_open() -> None:
    """The value is not known, and the key must be in the request."""
    expected = Objects(
        (), ((*"home/", MANY),), inside=True, doubt="the value of a policy variable is not known", variables=("aws:username",)
    )
    assert expected == keys("arn:aws:s3:::data/home/${aws:username}", scope=IN_DATA)


def test_a_variable_of_a_document_without_variables_is_plain_text() -> None:
    """Version 2008-10-17 knows no policy variables."""
    assert _surely("home/${aws:username}") == keys("arn:aws:s3:::data/home/${aws:username}", scope=IN_DATA, variables=False)
