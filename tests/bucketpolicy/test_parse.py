"""From text to document: what S3 takes, what it refuses for its form, and nothing that raises."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bucketpolicy.document import Condition, Document, Malformed, Names, Principals, Problem, Statement
from bucketpolicy.operators import find_operator
from bucketpolicy.parse import MAX_BYTES, parse

Json = dict[str, object]

PLAIN: Json = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}


def write(*statements: object, **elements: object) -> str:
    """A document of these statements as text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **elements})


def read(*statements: object, **elements: object) -> Document:
    """The document of these statements."""
    document = parse(write(*statements, **elements))
    assert isinstance(document, Document)
    return document


def refuse(text: str) -> tuple[Problem, ...]:
    """The problems of a text that S3 refuses."""
    malformed = parse(text)
    assert isinstance(malformed, Malformed)
    return malformed.problems


def paths(text: str) -> list[str]:
    """Where the problems of a text are."""
    return [problem.path for problem in refuse(text)]


def test_a_whole_document() -> None:
    """Every element arrives where the value has it, with its path, and keys in lower case."""
    statement = {
        "Sid": "One",
        "Effect": "Deny",
        "NotPrincipal": {"Service": "a.amazonaws.com", "AWS": ["1", "2"]},
        "NotAction": "s3:Get*",
        "NotResource": ["arn:aws:s3:::b"],
        "Condition": {"Bool": {"aws:SecureTransport": False}, "NumericLessThan": {"s3:TlsVersion": [1.2, "1.3"]}},
    }
    boolean, less = find_operator("Bool"), find_operator("NumericLessThan")
    assert boolean is not None
    assert less is not None
    where = "$.Statement[0]"
    assert read(statement) == Document(
        variables=True,
        statements=(
            Statement(
                1,
                "One",
                "Deny",
                Principals(
                    negated=True,
                    everyone=False,
                    entries=(("AWS", "1"), ("AWS", "2"), ("Service", "a.amazonaws.com")),
                    path=f"{where}.NotPrincipal",
                ),
                Names(negated=True, patterns=("s3:Get*",), path=f"{where}.NotAction"),
                Names(negated=True, patterns=("arn:aws:s3:::b",), path=f"{where}.NotResource"),
                (
                    Condition(boolean, "aws:securetransport", "aws:SecureTransport", ("false",), f"{where}.Condition.Bool"),
                    Condition(less, "s3:tlsversion", "s3:TlsVersion", ("1.2", "1.3"), f"{where}.Condition.NumericLessThan"),
                ),
                where,
            ),
        ),
    )


def test_a_single_statement_needs_no_list() -> None:
    """Its path has no index then."""
    document = parse(json.dumps({"Statement": PLAIN}))
    assert isinstance(document, Document)
    assert [(statement.number, statement.path) for statement in document.statements] == [(1, "$.Statement")]


def test_effects() -> None:
    """As they are written."""
    assert [statement.effect for statement in read(PLAIN, {**PLAIN, "Effect": "Allow"}).statements] == ["Deny", "Allow"]


@pytest.mark.parametrize("element", ["Action", "Resource"])
def test_a_text_is_a_list_of_one(element: str) -> None:
    """Where AWS takes a list, a single text means the same."""
    assert read(PLAIN) == read({**PLAIN, element: [PLAIN[element]]})


@pytest.mark.parametrize("value", ["true", True])
def test_a_value_is_a_list_of_one_text(value: object) -> None:
    """So are the values of conditions, and a boolean is its text."""
    one = read({**PLAIN, "Condition": {"Bool": {"k": value}}})
    assert one == read({**PLAIN, "Condition": {"Bool": {"k": ["true"]}}})


@pytest.mark.parametrize("number", ["1.20", "1e2", "-0", "12345678901234567890123", "0.1000000000000000055511151231257827"])
def test_a_number_keeps_its_text(number: str) -> None:
    """`1.20` is not `1.2`, and no float is in between."""
    text = write({**PLAIN, "Condition": {"NumericEquals": {"k": "@"}}}).replace('"@"', number)
    document = parse(text)
    assert isinstance(document, Document)
    assert document.statements[0].conditions[0].values == (number,)


@pytest.mark.parametrize(
    ("version", "variables"),
    [({"Version": "2012-10-17"}, True), ({"Version": "2008-10-17"}, False), ({}, False)],
)
def test_variables_need_the_version_of_2012(version: Json, *, variables: bool) -> None:
    """Without it, `${...}` is ordinary text."""
    document = parse(json.dumps({**version, "Statement": [PLAIN]}))
    assert isinstance(document, Document)
    assert document.variables == variables


def test_only_the_letters_a_to_z_fold_in_keys() -> None:
    """A key with a Kelvin sign is another key, not the one whose name has a `k`."""
    document = read({**PLAIN, "Condition": {"Null": {"aws:TO\u212aEN": "true"}}})
    assert document.statements[0].conditions[0].key == "aws:to\u212aen"


@pytest.mark.parametrize(
    "elements",
    [
        {"Action": []},
        {"Resource": []},
        {"Principal": {}},
        {"Principal": {"AWS": []}},
        {"Condition": {}},
        {"Condition": {"Bool": {}}},
        {"Condition": {"StringEquals": {"k": []}}},
        {"Action": "ec2:*"},
        {"Resource": "arn:aws:s3:::other"},
        {"Principal": {"AWS": "arn:aws:iam::1:user/*"}},
        {"Sid": ""},
        {"Principal": {"AWS": "*"}},
    ],
)
def test_what_makes_no_sense_is_a_document(elements: Json) -> None:
    """Empty lists and texts that name nothing are judged by meaning, not refused."""
    assert len(read({**PLAIN, **elements}).statements) == 1


@pytest.mark.parametrize("text", ["\n {} \t\r", " {}"])
def test_white_space_around_is_taken_off(text: str) -> None:
    """What these lack is a statement, not form."""
    assert refuse(text) == (Problem("$", "`Statement` is missing"),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "null",
        "[]",
        '"x"',
        "\ufeff{}",
        "\u00a0{}",
        "{",
        "{}{}",
        "{'a': 1}",
        '{"Statement": [],}',
        '{"Id": NaN}',
        '{"Id": -Infinity}',
        '{"Id": Infinity}',
        "\ud800",
        '{"Id": "\\ud800"}',
        '{"Id": ["\\udfff"]}',
        '{"\\ud83d": 1}',
        '{"Id": ' + "[" * 10_000 + "]" * 10_000 + "}",
        '{"Id": ' + '{"a":' * 3_000 + "1" + "}" * 3_000 + "}",
        '{"Id": ' + "[" * 900 + "]" * 900 + "}",
        "{" + " " * MAX_BYTES + "}",
    ],
)
def test_a_text_that_is_no_document_is_refused_as_a_whole(text: str) -> None:
    """Byte order marks, other JSON, `NaN`, half surrogate pairs, any depth and any size end in problems, never in an exception."""
    assert {path.partition(".")[0] for path in paths(text)} == {"$"}


def test_size_is_counted_in_bytes_up_to_the_limit() -> None:
    """20,480 bytes are taken, one more is not; a letter beyond ASCII counts as the bytes it has."""
    padding = MAX_BYTES - len(write(PLAIN, Id="").encode())
    assert isinstance(parse(write(PLAIN, Id="x" * padding)), Document)
    assert refuse(write(PLAIN, Id="x" * (padding + 1))) == (Problem("$", "the document has 20481 bytes; S3 accepts at most 20480"),)
    wide = json.dumps({"Statement": [PLAIN], "Id": "é" * (MAX_BYTES // 2)}, ensure_ascii=False)
    assert len(wide) < MAX_BYTES
    assert paths(wide) == ["$"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"Statement": [], "Statement": []}', "$"),
        ('{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": [@]}', "$"),
        ('{"Statement": [{@, "Effect": "Deny"}]}', "$.Statement[0]"),
        ('{"Statement": {@, "Principal": "*"}}', "$.Statement"),
        ('{"Statement": [{#, "Principal": {"AWS": "1", "AWS": "2"}}]}', "$.Statement[0].Principal"),
        ('{"Statement": [{@, "Condition": {}, "Condition": {}}]}', "$.Statement[0]"),
        ('{"Statement": [{@, "Condition": {"Bool": {}, "Bool": {}}}]}', "$.Statement[0].Condition"),
        ('{"Statement": [{@, "Condition": {"Bool": {"a": 1, "a": 1}}}]}', "$.Statement[0].Condition.Bool"),
        ('{"Statement": [{@, "Condition": {"Bool": {"aws:A": 1, "AWS:a": 1}}}]}', "$.Statement[0].Condition.Bool"),
    ],
)
def test_nothing_may_occur_twice(text: str, path: str) -> None:
    """`json.loads` would keep the last and hide the first: a duplicate is refused on every level, keys whatever their case."""
    inside = json.dumps(PLAIN)[1:-1]
    without = json.dumps({key: value for key, value in PLAIN.items() if key != "Principal"})[1:-1]
    assert path in paths(text.replace("{@", "{" + inside).replace("[@]", "[{" + inside + "}]").replace("#", without))


@pytest.mark.parametrize(
    ("statement", "path"),
    [
        ({**PLAIN, "Foo": 1}, "$.Statement[0]"),
        ({**PLAIN, "effect": "Deny"}, "$.Statement[0]"),
        ({**PLAIN, "Effect": "deny"}, "$.Statement[0].Effect"),
        ({**PLAIN, "Effect": None}, "$.Statement[0].Effect"),
        ({**PLAIN, "Effect": ["Deny"]}, "$.Statement[0].Effect"),
        ({key: value for key, value in PLAIN.items() if key != "Effect"}, "$.Statement[0]"),
        ({key: value for key, value in PLAIN.items() if key != "Principal"}, "$.Statement[0]"),
        ({key: value for key, value in PLAIN.items() if key != "Action"}, "$.Statement[0]"),
        ({key: value for key, value in PLAIN.items() if key != "Resource"}, "$.Statement[0]"),
        ({**PLAIN, "Sid": 1}, "$.Statement[0].Sid"),
        ({**PLAIN, "Sid": None}, "$.Statement[0].Sid"),
        ({**PLAIN, "NotAction": "s3:*"}, "$.Statement[0]"),
        ({**PLAIN, "NotResource": "*"}, "$.Statement[0]"),
        ({**PLAIN, "NotResource": 1}, "$.Statement[0]"),
        ({**PLAIN, "NotPrincipal": "*"}, "$.Statement[0]"),
        ({**PLAIN, "Action": None}, "$.Statement[0].Action"),
        ({**PLAIN, "Action": ["s3:*", 1]}, "$.Statement[0].Action"),
        ({**PLAIN, "Resource": {"Ref": "b"}}, "$.Statement[0].Resource"),
        ({**PLAIN, "Resource": [["*"]]}, "$.Statement[0].Resource"),
        ({**PLAIN, "Principal": "arn:aws:iam::1:root"}, "$.Statement[0].Principal"),
        ({**PLAIN, "Principal": ["*"]}, "$.Statement[0].Principal"),
        ({**PLAIN, "Principal": None}, "$.Statement[0].Principal"),
        ({**PLAIN, "Principal": {"aws": "*"}}, "$.Statement[0].Principal"),
        ({**PLAIN, "Principal": {"AWS": 1}}, "$.Statement[0].Principal.AWS"),
        ({**PLAIN, "Condition": None}, "$.Statement[0].Condition"),
        ({**PLAIN, "Condition": []}, "$.Statement[0].Condition"),
        ({**PLAIN, "Condition": {"bool": {"a": "true"}}}, "$.Statement[0].Condition"),
        ({**PLAIN, "Condition": {"Bool": "true"}}, "$.Statement[0].Condition.Bool"),
        ({**PLAIN, "Condition": {"Bool": {"a": None}}}, "$.Statement[0].Condition.Bool"),
        ({**PLAIN, "Condition": {"Bool": {"a": ["true", ["false"]]}}}, "$.Statement[0].Condition.Bool"),
        ("Deny", "$.Statement[0]"),
        ([PLAIN], "$.Statement[0]"),
        (None, "$.Statement[0]"),
    ],
)
def test_what_s3_refuses_for_its_form_is_said_where_it_is(statement: object, path: str) -> None:
    """One problem, at the path of what is wrong."""
    assert paths(write(statement)) == [path]


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        (write(PLAIN, Id=1), "$.Id", "`Id` is not a string"),
        (write({**PLAIN, "Sid": 1}), "$.Statement[0].Sid", "`Sid` is not a string"),
        (
            write({**PLAIN, "Effect": "deny"}),
            "$.Statement[0].Effect",
            "`Effect` is neither `Allow` nor `Deny` (its values are case-sensitive)",
        ),
        (write({key: value for key, value in PLAIN.items() if key != "Effect"}), "$.Statement[0]", "`Effect` is missing"),
        (write({key: value for key, value in PLAIN.items() if key != "Action"}), "$.Statement[0]", "`Action` is missing"),
        (write({**PLAIN, "NotAction": "s3:*"}), "$.Statement[0]", "`Action` and `NotAction` cannot be used together"),
        (write({**PLAIN, "Foo": 1}), "$.Statement[0]", "member 5 is not an element of the policy language"),
        (write({**PLAIN, "Action": None}), "$.Statement[0].Action", "the value is not a string or a list of strings"),
        (write({**PLAIN, "Principal": "x"}), "$.Statement[0].Principal", "the principal must be `*` or an object"),
        (write({**PLAIN, "Condition": []}), "$.Statement[0].Condition", "`Condition` is not an object"),
        (
            write({**PLAIN, "Condition": {"Null": {}, "bool": {}}}),
            "$.Statement[0].Condition",
            "member 2 is not a condition operator (operator names are case-sensitive)",
        ),
        (write({**PLAIN, "Condition": {"Bool": 1}}), "$.Statement[0].Condition.Bool", "the operator's value is not an object"),
        (
            write({**PLAIN, "Condition": {"Bool": {"a": "1", "A": "1"}}}),
            "$.Statement[0].Condition.Bool",
            "member 2 repeats a key (keys are not case-sensitive)",
        ),
        (
            write({**PLAIN, "Condition": {"Bool": {"a": "1", "b": None}}}),
            "$.Statement[0].Condition.Bool",
            "a value of member 2 is not a string, a number or a boolean",
        ),
        (write("Deny"), "$.Statement[0]", "the statement is not an object"),
        (write(), "$.Statement", "`Statement` is empty"),
        (write(PLAIN, Version="2012"), "$.Version", "`Version` is neither `2012-10-17` nor `2008-10-17`"),
        ("{}", "$", "`Statement` is missing"),
        ("[]", "$", "a policy document must start with `{`: S3's error is `Policies must be valid JSON and the first byte must be '{'`"),
        ('{\n"a" 1}', "$", "the document is not valid JSON (line 2, column 5)"),
        ('{"Id": NaN}', "$", "the document is not valid JSON (`NaN` and `Infinity` are not numbers)"),
        ('{"Id": ' + "[" * 10_000 + "]" * 10_000 + "}", "$", "the document is nested too deeply"),
        ("{\ud800", "$", "the document is not valid UTF-8"),
        (write(PLAIN, Id="\ud800"), "$", "a string in the document is not valid Unicode"),
        ('{"Statement": [], "Statement": []}', "$", "`Statement` occurs more than once"),
        (
            write({**PLAIN, "Condition": {"Bool": {}, "Null": {}}}).replace("Null", "Bool"),
            "$.Statement[0].Condition",
            "`Bool` occurs more than once",
        ),
    ],
)
def test_what_is_said_of_a_mistake(text: str, path: str, reason: str) -> None:
    """One sentence, with the position where a name may not be repeated."""
    assert refuse(text)[0] == Problem(path, reason)


@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
@pytest.mark.parametrize("where", ["Id", "Sid", "Action"])
def test_half_a_surrogate_pair_is_refused_wherever_it_is(code: int, where: str) -> None:
    """In a text, among other characters, in a list or deep inside; a whole pair and the characters around the range are characters."""
    half = chr(code)
    texts = {"Id": write(PLAIN, Id=f"a{half}b"), "Sid": write({**PLAIN, "Sid": half}), "Action": write({**PLAIN, "Action": ["a", half]})}
    assert refuse(texts[where]) == (Problem("$", "a string in the document is not valid Unicode"),)
    for char in ("\U0001f600", "\ud7ff", "\ue000", "\\ud800"):
        assert isinstance(parse(write({**PLAIN, "Sid": char})), Document)


@pytest.mark.parametrize(
    ("elements", "path"),
    [
        ({"Version": "2012-10-18"}, "$.Version"),
        ({"Version": None}, "$.Version"),
        ({"Version": 2012}, "$.Version"),
        ({"Version": {}}, "$.Version"),
        ({"Id": 1}, "$.Id"),
        ({"Statement": []}, "$.Statement"),
        ({"Statement": None}, "$.Statement"),
        ({"Statement": "x"}, "$.Statement"),
        ({"statement": []}, "$"),
    ],
)
def test_elements_of_the_document_are_checked(elements: Json, path: str) -> None:
    """Unknown versions and elements, and a `Statement` that is empty or no statement."""
    assert paths(write(PLAIN, **elements)) == [path]


def test_all_problems_are_listed_up_to_twenty() -> None:
    """In the order of the text."""
    assert paths(write({**PLAIN, "Effect": 1}, PLAIN, {**PLAIN, "Sid": 1})) == ["$.Statement[0].Effect", "$.Statement[2].Sid"]
    assert len(paths(write(*[{}] * 30))) == 20


def test_nothing_of_the_input_is_quoted() -> None:
    """What is malformed may be a secret in the wrong place: it is pointed at by its position."""
    private = "hunter2"
    texts = [
        write({**PLAIN, private: 1}, **{private: 1}),
        write({**PLAIN, "Effect": private, "Condition": {private: {}, "Bool": {private: None}}}),
        write({**PLAIN, "Principal": private}, Version=private),
        private,
        "{" + private,
    ]
    assert [problem for text in texts for problem in refuse(text) if private in problem.path + problem.reason] == []


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
WORDS = st.sampled_from(
    ["Version", "Id", "Statement", "Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "Condition", "Bool", "AWS", "Deny", "*"]
)
TREES = st.recursive(
    LEAVES | WORDS | st.just(PLAIN),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=5),
    max_leaves=25,
)


@given(st.text() | TREES.map(json.dumps) | st.dictionaries(WORDS, TREES, max_size=4).map(json.dumps))
def test_parse_never_raises(text: str) -> None:
    """Any text is a document or has problems, at least one and at most twenty."""
    found = parse(text)
    assert isinstance(found, Document) or 1 <= len(found.problems) <= 20


@given(st.binary(max_size=300).map(lambda data: data.decode("utf-8", "surrogateescape")))
def test_parse_never_raises_on_broken_bytes(text: str) -> None:
    """Bytes that are no UTF-8 arrive as lone surrogates."""
    assert isinstance(parse("{" + text), Malformed)


@given(st.dictionaries(WORDS, TREES, max_size=6))
def test_a_statement_in_a_list_is_the_statement(statement: Json) -> None:
    """`Statement` with one object, and with a list of it, give the same but for the path."""
    alone, listed = parse(json.dumps({"Statement": statement})), parse(json.dumps({"Statement": [statement]}))
    assert isinstance(alone, Document) == isinstance(listed, Document)
    assert repr(alone) == repr(listed).replace("$.Statement[0]", "$.Statement")
