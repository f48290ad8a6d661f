"""Properties between protobuf and Python."""

from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct

from offline.engine.protocol import values
from offline.engine.protocol.values import UNKNOWN, Received

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": "hush"}
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
URN = "urn:pulumi:dev::p::aws:s3/bucket:Bucket::b"


def receive(properties: dict[str, object]) -> Received:
    """Properties as they come off the wire."""
    return values.read(ParseDict(properties, Struct()))


def test_plain_properties_survive_the_wire() -> None:
    """What is written is what is read, numbers as floats."""
    properties = {"text": "a", "number": 1.5, "flag": True, "none": None, "list": [1.0, {"in": "b"}], "object": {}}
    assert receive(properties).properties == properties
    assert values.read(values.write(properties)).properties == properties


def test_keys_that_are_the_engines_own_can_be_left_out() -> None:
    """Only at the top: inside, `__` is anybody's."""
    written = values.write({"__defaults": [], "kept": {"__inner": 1.0}}, internal=False)
    assert values.read(written).properties == {"kept": {"__inner": 1.0}}


def test_an_output_value_is_its_value_and_its_dependencies() -> None:
    """Known ones are plain, those without a value unknown, marked ones secret."""
    received = receive(
        {
            "known": {SIGNATURE: OUTPUT, "value": "a", "dependencies": [URN]},
            "unknown": [{SIGNATURE: OUTPUT}],
            "secret": {SIGNATURE: OUTPUT, "value": "hush", "secret": True},
        }
    )
    assert received.properties == {"known": "a", "unknown": [UNKNOWN], "secret": SECRET}
    assert received.dependencies == {"known": {URN}}


def test_a_reference_is_the_resources_id() -> None:
    """Unknown while the id is empty; a component has only its URN."""
    reference = {SIGNATURE: REFERENCE, "urn": URN}
    received = receive({"known": {**reference, "id": "b-1"}, "unknown": {**reference, "id": ""}, "component": reference})
    assert received.properties == {"known": "b-1", "unknown": UNKNOWN, "component": URN}


def test_a_secret_unknown_is_unknown() -> None:
    """The mark does not hide it."""
    assert values.is_unknown(values.conceal(UNKNOWN))
    assert not values.is_unknown(values.conceal("known"))
    assert values.contains_unknown({"a": [values.conceal({"b": UNKNOWN})]})


def test_secrets_are_revealed_however_deep() -> None:
    """Without a mark left anywhere."""
    assert values.reveal({"a": [values.conceal({"b": values.conceal("c")})]}) == {"a": [{"b": "c"}]}


def test_concealing_twice_marks_once() -> None:
    """One mark is enough."""
    assert values.conceal(values.conceal("hush")) == SECRET


def test_marks_go_back_to_the_property_that_held_them() -> None:
    """Within objects to the part, else to the whole: a text made of an object with a secret in it is secret."""
    source = {"text": {"leaf": SECRET}, "object": {"leaf": SECRET, "other": "b"}, "plain": "c"}
    target = {"text": '{"leaf":"hush"}', "object": {"leaf": "hush", "other": "b"}, "plain": "c", "added": "d"}
    assert values.annotate(target, source) == {
        "text": values.conceal('{"leaf":"hush"}'),
        "object": {"leaf": SECRET, "other": "b"},
        "plain": "c",
        "added": "d",
    }
