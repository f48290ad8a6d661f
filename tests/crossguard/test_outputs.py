"""The text of an Output is recognised wherever it stands, in the words of every SDK, and in no document that merely looks like one."""

import json

import pytest

from bucketpolicy.document import Document
from bucketpolicy.parse import parse
from crossguard.judging.finding import Compliant, NotDenied, OutputInText
from crossguard.judging.outputs import find_output
from crossguard.messages.outputs import ADVICE
from tests.crossguard.kinds import ABSENT, HEADER, HTTP, OBJECTS, WRITTEN, Kind, deny, found, text
from tests.crossguard.test_render import judge
from tests.policies.cases import read_cases


def language_of(name: str) -> str:
    """The language of an example."""
    return name.partition("-")[0]


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("escape", [False, True])
def test_each_sdk_is_told_by_its_words(name: str, escape: bool) -> None:  # noqa: FBT001  a table's column
    """As they are, and as JSON writers that escape angle brackets and quotes leave them."""
    written = json.dumps({"Resource": f"arn:aws:s3:::{WRITTEN[name]}/*"})
    if escape:
        written = "".join(f"\\u{ord(char):04X}" if char in "<>'`" else char for char in written)
    assert find_output(written) == language_of(name)


@pytest.mark.parametrize("name", WRITTEN)
def test_the_advice_is_in_the_language_of_the_program(name: str) -> None:
    """Whatever else is wrong with the document: a request that gets through is shown where one is known."""
    message = Kind(HEADER, found(deny(ABSENT, Resource=f"arn:aws:s3:::{WRITTEN[name]}/*"))).render()
    advice = next(advice for language, advice in ADVICE.items() if language == language_of(name))
    assert advice.fix in message
    assert f"Pulumi's {advice.sdk} SDK" in message
    assert not any(other.fix in message for other in ADVICE.values() if other is not advice)
    assert '"Sid"' not in message


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize(
    "place",
    [
        {"Resource": ["{}", OBJECTS]},
        {"Principal": {"AWS": "{}"}},
        {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "{}"}}},
        {"Condition": {"Null": {"s3:x-amz-server-side-encryption": "{}"}}},
        {"Action": "{}"},
    ],
)
def test_it_is_recognised_in_any_place(name: str, place: dict[str, object]) -> None:
    """In an ARN, a principal, a value, an action: nothing else is said of the form of the document."""
    statement = json.dumps(deny(HTTP, **place)).replace('"{}"', json.dumps(WRITTEN[name]))
    finding = judge(Kind(HEADER, text(f'{{"Version": "2012-10-17", "Statement": [{statement}]}}')))
    if isinstance(finding, NotDenied):
        assert finding.output is not None
        assert (finding.output.language, finding.output.statement) == (language_of(name), 1)
    else:
        assert isinstance(finding, OutputInText)
        assert (finding.what, finding.language) == ("policy", language_of(name))


def test_what_is_denied_anyway() -> None:
    """An Output in a statement that is not needed takes nothing away; where S3 would refuse the ARN that it makes, it is to blame."""
    harmless = deny(HTTP, Condition={"StringEquals": {"aws:PrincipalOrgID": WRITTEN["go"]}})
    assert isinstance(judge(Kind(HEADER, found(harmless, deny(ABSENT)))), Compliant)
    refused = deny(ABSENT, Resource=f"arn:aws:s3:::{WRITTEN['go']}/*")
    assert isinstance(judge(Kind(HEADER, found(refused, deny(ABSENT)))), OutputInText)


def test_an_output_outside_of_the_statements_is_laid_at_no_statements_door() -> None:
    """The document is named."""
    document = {"Version": "2012-10-17", "Id": WRITTEN["dotnet-old"], "Statement": deny(HTTP)}
    message = Kind(HEADER, text(json.dumps(document))).render()
    assert "\nThe document contains what Pulumi's .NET SDK prints for an Output, not its value.\n" in message


@pytest.mark.parametrize("case", [case for case in read_cases() if isinstance(parse(case.text), Document)], ids=lambda case: case.name)
def test_no_document_that_has_none_is_taken_for_one(case: object) -> None:
    """Policy variables, braces and odd names are not an Output."""
    assert find_output(getattr(case, "text", "")) is None


@pytest.mark.parametrize(
    "written", ["", "arn:aws:s3:::b/${aws:username}/*", "{0xff}", "Calling all buckets", "arn:aws:s3:::pulumi-state/*", "100%!", "\\u0041"]
)
def test_a_text_that_looks_a_little_like_one_is_none(written: str) -> None:
    """A short hexadecimal number in braces may be a key of somebody's own."""
    assert find_output(written) is None
