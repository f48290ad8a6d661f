"""`--mocks FILE`."""

from pathlib import Path

import pytest

from offline.engine.cloud import mocks
from offline.engine.cloud.answers import Answers
from offline.engine.cloud.aws import Location
from offline.engine.cloud.mocks import Mocks
from offline.engine.protocol.values import UNKNOWN
from offline.run import Failure

LOCATION = Location("eu-central-1")
BUCKET = "aws:s3/bucket:Bucket"
CLASS = """
import pulumi

class Mine(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return [args.name + "_id", {**args.inputs, "arn": "arn:mine"}]

    def call(self, args):
        return {"accountId": "111122223333"} if args.token == "aws:index/getCallerIdentity:getCallerIdentity" else {}
"""


def load(tmp_path: Path, name: str, text: str) -> Mocks | Failure:
    """The mocks in a file of this content."""
    file = tmp_path / name
    file.write_text(text, "utf-8")
    return mocks.load(file)


def loaded(tmp_path: Path, name: str, text: str) -> Mocks:
    """The same, when it has to be right."""
    found = load(tmp_path, name, text)
    assert isinstance(found, Mocks)
    return found


def test_a_table_answers_by_type_and_over_it_by_name(tmp_path: Path) -> None:
    """Its outputs go over the usual ones; its `id` is the id."""
    table = f'{{"resources": {{"{BUCKET}": {{"region": "eu-west-1"}}, "data": {{"id": "data-9", "arn": "arn:mine"}}}}}}'
    answers = Answers("buckets", loaded(tmp_path, "m.json", table))
    created = answers.create(BUCKET, "data", "urn", {"bucket": "data-1"}, LOCATION)
    assert created.id == "data-9"
    assert (created.outputs["arn"], created.outputs["region"], created.outputs["bucket"]) == ("arn:mine", "eu-west-1", "data-1")
    assert answers.create(BUCKET, "other", "urn", {"bucket": "o"}, LOCATION).outputs["arn"] == "arn:aws:s3:::o"


def test_a_table_answers_data_sources(tmp_path: Path) -> None:
    """Also those that have a built-in answer."""
    table = '{"invokes": {"aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "111122223333"}}}'
    answers = Answers("unknown", loaded(tmp_path, "m.json", table))
    assert answers.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}, LOCATION) == {"accountId": "111122223333"}
    assert answers.invoke("aws:ec2/getAmi:getAmi", {}, LOCATION) is None


def test_a_class_answers_as_in_unit_tests(tmp_path: Path) -> None:
    """What it leaves empty falls back to the built-in answers."""
    answers = Answers("buckets", loaded(tmp_path, "m.py", CLASS))
    created = answers.create("aws:kms/key:Key", "key", "urn", {}, LOCATION)
    assert (created.id, created.outputs["arn"]) == ("key_id", "arn:mine")
    assert answers.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}, LOCATION) == {"accountId": "111122223333"}
    partition = answers.invoke("aws:index/getPartition:getPartition", {}, LOCATION)
    assert partition is not None
    assert partition["partition"] == "aws"


def test_in_a_first_preview_no_mock_makes_a_resource_known(tmp_path: Path) -> None:
    """As nothing exists yet."""
    answers = Answers("unknown", loaded(tmp_path, "m.py", CLASS))
    assert answers.create(BUCKET, "data", "urn", {"bucket": "b"}, LOCATION).outputs["arn"] == UNKNOWN


def test_a_stack_reference_is_the_mocks_to_answer(tmp_path: Path) -> None:
    """By the reference's name or type, with the outputs alone or under `outputs`."""
    kind = "pulumi:pulumi:StackReference"
    nobody = Answers("unknown", Mocks()).read(kind, "org/net/dev", "org/net/dev", {}, LOCATION)
    assert nobody["outputs"] == UNKNOWN
    for table in ('{"resources": {"org/net/dev": {"vpc": "v"}}}', f'{{"resources": {{"{kind}": {{"outputs": {{"vpc": "v"}}}}}}}}'):
        answers = Answers("unknown", loaded(tmp_path, "m.json", table))
        assert answers.read(kind, "org/net/dev", "org/net/dev", {}, LOCATION)["outputs"] == {"vpc": "v"}


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("m.json", "{", "not JSON"),
        ("m.json", '{"invoke": {}}', "must be"),
        ("m.json", '{"resources": {"a": 1}}', "must be"),
        ("m.json", "[]", "must be"),
        ("m.py", "1 / 0", "ZeroDivisionError: division by zero"),
        ("m.py", "raise SystemExit('no')", "SystemExit: no"),
        pytest.param("m.json", "[" * 100_000, "not JSON", id="deep"),
        ("m.py", "import pulumi", "exactly one class of pulumi.runtime.Mocks, it holds 0"),
        ("m.py", CLASS + CLASS.replace("Mine", "Yours"), "it holds 2"),
    ],
)
def test_what_is_refused(tmp_path: Path, name: str, text: str, reason: str) -> None:
    """One line with the file's name."""
    failure = load(tmp_path, name, text)
    assert isinstance(failure, Failure)
    assert reason in failure.message
    assert str(tmp_path / name) in failure.message
    assert "\n" not in failure.message


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """And so is a folder."""
    assert isinstance(mocks.load(tmp_path / "none.json"), Failure)
    assert isinstance(mocks.load(tmp_path), Failure)


GUIDE = """
import pulumi

class Guide(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return [args.name + "_id", args.inputs]

    def call(self, args):
        return {}
"""


def test_a_class_does_not_make_another_bucket_of_one(tmp_path: Path) -> None:
    """The guide's own gives every resource an id of its Pulumi name; a bucket's is its bucket's name, and that is said."""
    answers = Answers("buckets", loaded(tmp_path, "m.py", GUIDE))
    created = answers.create(BUCKET, "data", "urn", {"bucket": "data-1"}, LOCATION)
    assert (created.id, created.outputs["id"], created.outputs["arn"]) == ("data-1", "data-1", "arn:aws:s3:::data-1")
    assert created.note == "--mocks was not followed in the id of buckets: these are made of a bucket's name"
    read = answers.read(BUCKET, "data", "data-1", {}, LOCATION)
    assert (read["id"], read["arn"], read["bucket"]) == ("data-1", "arn:aws:s3:::data-1", "data-1")


def test_a_class_that_does_not_know_another_stack(tmp_path: Path) -> None:
    """What it was asked with is not an answer."""
    answers = Answers("unknown", loaded(tmp_path, "m.py", GUIDE))
    assert answers.read("pulumi:pulumi:StackReference", "net", "org/net/dev", {"name": "org/net/dev"}, LOCATION)["outputs"] == UNKNOWN


def test_only_a_table_that_names_a_bucket_knows_it_better(tmp_path: Path) -> None:
    """An entry for its type speaks of all buckets."""
    table = f'{{"resources": {{"{BUCKET}": {{"arn": "arn:all", "region": "eu-west-1"}}, "data": {{"arn": "arn:mine"}}}}}}'
    answers = Answers("buckets", loaded(tmp_path, "m.json", table))
    named, other = (answers.create(BUCKET, name, "urn", {"bucket": "b"}, LOCATION) for name in ("data", "other"))
    assert (named.outputs["arn"], named.note) == ("arn:mine", "")
    assert (other.outputs["arn"], other.outputs["region"]) == ("arn:aws:s3:::b", "eu-west-1")
    assert other.note == "--mocks was not followed in the arn of buckets: these are made of a bucket's name"
