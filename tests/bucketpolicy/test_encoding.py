"""How the values of a variable are represented in one run, and what a cube is seen to hold without any run."""

import pytest

from bucketpolicy.proof.budget import Budget
from bucketpolicy.proof.conditions import Constraint, Ranges, Sets, Texts
from bucketpolicy.proof.cubes import OBJECT, PRINCIPAL
from bucketpolicy.proof.domains import ABSENT, EMPTY, Domain, Literal, SetDomain, SetLiteral, TextDomain, TextLiteral, split
from bucketpolicy.proof.encoding import Variable, encode, may_be_empty, narrow
from bucketpolicy.proof.globs import MANY, Glob
from bucketpolicy.proof.intervals import LINE, UNIT, V6, compare
from bucketpolicy.proof.written import CLOSED

AGENT, NAME, TAGS, ACL = "=aws:useragent", "=aws:username", "=s3:requestobjecttagkeys", "=s3:x-amz-acl"
AUTH = "=s3:authtype"
ANY_TEXT = Texts(ABSENT | EMPTY, (), inside=False)


def represent(name: str, *constraints: Constraint, upper: bool) -> Variable:
    """The one variable of a run with these literals."""
    encoding = encode(((name, constraints[0]),), tuple(((name, constraint),) for constraint in constraints[1:]), Budget(), upper=upper)
    assert encoding is not None
    return encoding.variables[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (AGENT, True),
        ("=aws:referer", True),
        ("=aws:principaltag/team", True),
        ("=s3:x-amz-acl", True),
        ("=corp:team", True),
        (NAME, False),
        ("=s3:authtype", False),
        ("=s3:signatureversion", False),
        ("=aws:principalarn", False),
    ],
)
def test_a_client_may_send_some_keys_without_a_value(name: str, *, expected: bool) -> None:
    """Headers and tags, and whatever is not known; not what S3 fills in."""
    assert may_be_empty(name) is expected


def test_bits_are_bits() -> None:
    """Of callers and actions those of the space, of a boolean three."""
    assert represent(PRINCIPAL, 0b101, upper=False) == Variable(PRINCIPAL, "finite", 0b101)
    assert represent("=aws:securetransport", 2, upper=False) == Variable("=aws:securetransport", "finite", 0b111)


@pytest.mark.parametrize(
    ("name", "texts", "upper", "expected"),
    [
        (AGENT, ("a", "b"), False, Variable(AGENT, "choice", 0b11111, ("a", "b"), empty=True)),
        (AGENT, ("a", "b"), True, Variable(AGENT, "choice", 0b11101, ("a", "b"))),
        (AGENT, ("", "a", "a"), False, Variable(AGENT, "choice", 0b11111, ("", "a"), empty=True)),
        (AGENT, ("", "a"), True, Variable(AGENT, "choice", 0b1101, ("a",))),
        (AGENT, (), True, Variable(AGENT, "choice", 0b101)),
        (NAME, ("", "a"), False, Variable(NAME, "choice", 0b1101, ("a",))),
        (AUTH, ("POST", "x"), False, Variable(AUTH, "choice", 0b1111101, ("REST-HEADER", "REST-QUERY-STRING", "POST", "x"))),
    ],
)
def test_very_texts_are_a_choice(name: str, texts: tuple[str, ...], upper: bool, expected: Variable) -> None:  # noqa: FBT001 - a parameter
    """A bit for absence, for the empty text as null, for each text and for all others; what S3 takes is among the texts."""
    assert represent(name, ANY_TEXT, Texts(0, texts, inside=True), upper=upper) == expected


def test_what_s3_takes_comes_first() -> None:
    """Before what the document names."""
    assert represent(ACL, ANY_TEXT, Texts(0, ("a", "private"), inside=True), upper=True).texts == (*CLOSED[ACL], "a")


@pytest.mark.parametrize(
    ("name", "upper", "flags", "filled"),
    [(AGENT, False, ABSENT | EMPTY, False), (AGENT, True, ABSENT, True), (NAME, False, ABSENT, True), (OBJECT, False, 0, True)],
)
def test_texts_with_wildcards_are_left_to_a_language(name: str, upper: bool, flags: int, filled: bool) -> None:  # noqa: FBT001 - parameters
    """Empty texts are among them only where they must be reckoned with, and a key of an object is never absent or empty."""
    variable = represent(name, ANY_TEXT, Texts(0, (("a", MANY),), inside=True), upper=upper)
    assert isinstance(variable.full, TextDomain)
    assert variable.language is not None
    assert (variable.kind, variable.full.flags, variable.full.without, variable.empty) == ("text", flags, 0, not filled)
    assert variable.language.contains("", variable.full.within, 0) is not filled
    assert variable.language.contains("a", variable.full.within, 0)


@pytest.mark.parametrize(("upper", "flags"), [(False, ABSENT | EMPTY), (True, ABSENT)])
def test_sets_are_left_to_a_language(upper: bool, flags: int) -> None:  # noqa: FBT001 - a parameter of the test
    """An empty set is a flag, and an empty element is reckoned with in the lower run."""
    variable = represent(TAGS, Sets(7, every=True, globs=(), inside=False), upper=upper)
    assert isinstance(variable.full, SetDomain)
    assert variable.language is not None
    assert (variable.kind, variable.full.flags, variable.empty) == ("set", flags, not upper)
    assert variable.language.contains("", variable.full.within, 0) is not upper


def test_numbers_and_addresses_are_cells() -> None:
    """Cut at every bound of the run."""
    less = Ranges("number", absent=False, intervals=compare(UNIT, "less"))
    number = represent("=s3:max-keys", Ranges("number", absent=True, intervals=LINE), less, upper=True)
    assert (number.kind, number.sort, number.full) == ("cells", "number", 0b111)
    assert number.parts == ((LINE[0], 2 * UNIT), (2 * UNIT, LINE[1]))
    address = represent("=aws:sourceip", Ranges("address", absent=False, intervals=(0, 8)), upper=True)
    assert address.parts == ((0, 8), (8, 1 << 32), (V6, V6 + (1 << 128)))


def test_a_box_without_values_has_no_run() -> None:
    """There is no such request."""
    assert encode(((NAME, Texts(0, ("a",), inside=True)), (NAME, Texts(0, ("b",), inside=True))), (), Budget(), upper=True) is None


@pytest.mark.parametrize("globs", [("a",), (("a", MANY),)])
def test_a_part_is_filled_where_it_holds_more_than_empty_texts(globs: tuple[Glob, ...]) -> None:
    """The empty text and the empty text as null are taken out of choices and of texts, from the part and from the whole."""
    encoding = encode(((AGENT, ANY_TEXT),), (((AGENT, Texts(0, globs, inside=True)),),), Budget(), upper=False)
    assert encoding is not None
    found = narrow(encoding, encoding.space, ())
    assert found is not None
    whole, (part,) = found
    assert whole.space == (part,)
    language = encoding.variables[0].language
    empty = EMPTY if language is None else TextLiteral(language, EMPTY, language.add_globs(("",)), inside=True)
    assert not split(part, empty)[1]
    assert narrow(encoding, (intersection(encoding.space[0], empty),), ()) is None


def intersection(domain: Domain, literal: Literal) -> Domain:
    """The part inside, of which there is some."""
    inside = split(domain, literal)[1]
    assert inside
    return inside


def test_a_set_is_filled_where_no_element_need_be_empty() -> None:
    """Neither the empty set nor one with an empty element is left."""
    encoding = encode(((TAGS, Sets(7, every=True, globs=(), inside=False)),), (), Budget(), upper=False)
    assert encoding is not None
    found = narrow(encoding, encoding.space, ())
    assert found is not None
    language = encoding.variables[0].language
    assert language is not None
    some_empty = SetLiteral(language, EMPTY, language.add_globs(("",)), every=False, inside=True)
    assert split(found[1][0], some_empty)[1] is None
    assert narrow(encoding, (intersection(encoding.space[0], some_empty),), ()) is None


def test_without_empty_texts_a_part_is_as_it_was() -> None:
    """There is nothing to take out."""
    encoding = encode(((NAME, Texts(ABSENT, ("a",), inside=True)),), (), Budget(), upper=False)
    assert encoding is not None
    assert narrow(encoding, encoding.space, ()) == (encoding, encoding.space)


def test_what_cannot_be_sent_is_left_out_of_a_part() -> None:
    """Values outside of a closed list, and cells of which no value can be written, are in the lower run only."""
    encoding = encode(((AUTH, ANY_TEXT),), (((AUTH, Texts(0, ("x",), inside=True)),),), Budget(), upper=False)
    assert encoding is not None
    found = narrow(encoding, encoding.space, ((AUTH, Texts(ABSENT, CLOSED[AUTH], inside=True)),))
    assert found is not None
    assert (encoding.space, found[1]) == ((0b1111101,), (0b11101,))
    cut = Ranges("number", absent=False, intervals=compare(0, "equals"))
    ages = encode(
        (("=s3:signatureage", Ranges("number", absent=True, intervals=LINE)),), ((("=s3:signatureage", cut),),), Budget(), upper=False
    )
    assert ages is not None
    narrowed = narrow(ages, ages.space, ())
    assert narrowed is not None
    assert (ages.space, narrowed[1]) == ((0b1111,), (0b1101,))
    assert narrow(ages, (0b0010,), ()) is None
