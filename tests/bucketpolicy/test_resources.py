"""What `Resource` and `NotResource` say about the objects of a bucket, or the bucket."""

import pytest

from bucketpolicy.document import Names
from bucketpolicy.patterns import ANY, EVERYTHING, MALFORMED, MANY, Glob
from bucketpolicy.resources import Keys, Place, select_keys

OBJECTS, BUCKET = Place("aws", "data", "object"), Place("aws", "data", "bucket")
NOTHING = Keys((), (), inside=True)


def _select(pattern: str, place: Place, *, variables: bool = True) -> Keys:
    return select_keys(Names(negated=False, patterns=(pattern,), path="$"), place, variables=variables)


def _surely(*globs: Glob) -> Keys:
    return Keys(globs, globs, inside=True)


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
def test_objects_are_selected_by_their_keys(pattern: str, expected: Keys) -> None:
    """What is left of the pattern behind the bucket's name is a glob over keys, whichever way the name is matched."""
    assert {*expected.sure} == {*_select(pattern, OBJECTS).sure}
    assert {*expected.maybe} == {*_select(pattern, OBJECTS).maybe}


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
def test_a_bucket_is_selected_by_its_name(pattern: str, expected: Keys) -> None:
    """A pattern for objects is none for their bucket."""
    assert expected == _select(pattern, BUCKET)


@pytest.mark.parametrize("place", [OBJECTS, BUCKET])
def test_a_malformed_variable_may_stand_for_anything(place: Place) -> None:
    """S3 may refuse the document, or read the text in a way that nobody knows: it may match and proves nothing."""
    assert Keys((), (EVERYTHING,), inside=True, doubt=MALFORMED) == _select("arn:aws:s3:::data/${", place)


def test_a_variable_behind_the_name_is_open() -> None:
    """The value is not known, and the key must be in the request."""
    expected = Keys((), ((*"home/", MANY),), inside=True, doubt="the value of a policy variable is not known", variables=("aws:username",))
    assert expected == _select("arn:aws:s3:::data/home/${aws:username}", OBJECTS)


def test_a_variable_of_a_document_without_variables_is_plain_text() -> None:
    """Version 2008-10-17 knows no policy variables."""
    assert _surely("home/${aws:username}") == _select("arn:aws:s3:::data/home/${aws:username}", OBJECTS, variables=False)
