"""Random and mutilated input: a verdict or one line, never anything else."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline.configuration import Configuration, interpret
from tests.offline.cli import Ended, run, write_compliant
from tests.offline.states import SECRET, SIGNATURE, bucket, export, policy

_NAMES = st.sampled_from(
    ["Version", "Statement", "Effect", "Principal", "Action", "Resource", "Condition", "Policy", "AWS", "Null", "Bool", SIGNATURE]
)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["*", "Deny", "s3:*", "2012-10-17", SECRET])
)
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES | st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def assert_well_behaved(ended: Ended) -> None:
    """A verdict without a word on standard error, or status 2 with one line."""
    assert ended.status in (0, 1, 2)
    assert "internal error" not in ended.err
    assert (ended.status == 2) == (ended.err != "")
    assert ended.err.count("\n") == (ended.status == 2)
    assert all(char.isprintable() or char == "\n" for char in ended.out + ended.err)


def mutilate(text: str, cuts: list[tuple[int, str]]) -> str:
    """The text with a character replaced at each of these places."""
    for place, piece in cuts:
        spot = place % len(text)
        text = text[:spot] + piece + text[spot + 1 :]
    return text


_CUTS = st.lists(st.tuples(st.integers(0, 5000), st.text(max_size=3)), max_size=4)


@given(st.binary(max_size=200))
def test_check_of_any_bytes(content: bytes) -> None:
    """No byte string is too odd."""
    assert_well_behaved(run("check", "-", "--bucket", "logs", stdin=content))


@given(_JSON)
def test_check_of_any_json(value: Any) -> None:
    """Nor any JSON."""
    assert_well_behaved(run("check", "-", "--bucket", "logs", stdin=json.dumps(value).encode()))


@given(_CUTS)
def test_check_and_fix_of_a_mutilated_document(cuts: list[tuple[int, str]]) -> None:
    """A document with damage is judged or refused, and what `fix` prints passes `check`."""
    content = mutilate(write_compliant(), cuts).encode("utf-8", "surrogatepass")
    assert_well_behaved(run("check", "-", "--bucket", "logs", stdin=content))
    fixed = run("fix", "-", "--bucket", "logs", stdin=content)

    assert "internal error" not in fixed.err
    if fixed.status == 0:
        assert run("check", "-", "--bucket", "logs", stdin=fixed.out.encode()).status == 0


@settings(max_examples=50)
@given(_JSON, _JSON, _JSON)
def test_analyze_of_any_resources(resource: Any, name: Any, document: Any) -> None:
    """Odd resources, names and documents in a state."""
    state = json.loads(export(bucket("logs"), policy("logs", name, document)))
    state["deployment"]["resources"].append(resource)

    assert_well_behaved(run("analyze", "-", stdin=json.dumps(state).encode()))


@given(_CUTS)
def test_analyze_of_a_mutilated_state(cuts: list[tuple[int, str]]) -> None:
    """An export with damage."""
    content = mutilate(export(bucket("logs"), policy("logs", "logs", write_compliant())), cuts).encode("utf-8", "surrogatepass")

    assert_well_behaved(run("analyze", "-", stdin=content))


@settings(max_examples=50)
@given(_JSON)
def test_any_policy_configuration(value: Any) -> None:
    """A configuration that is anything at all is accepted or refused in one line."""
    found = interpret(value if isinstance(value, dict) else {"all": value}, "config.json")

    assert isinstance(found, Configuration) or found.message.startswith("config.json: ")


@pytest.mark.parametrize("region", [[], {}, ["eu-west-1"], {"a": 1}, 1, None, True, "", "eu-west-1"])
def test_a_region_that_is_anything(region: object) -> None:
    """Of a bucket, of its policy and of their provider."""
    for where in range(3):
        resources = [bucket("logs"), policy("logs", "logs", write_compliant())]
        if where < 2:
            resources[where]["inputs"]["region"] = region
            assert_well_behaved(run("analyze", "-", stdin=export(*resources).encode()))
        else:
            text = export(*resources).replace('"eu-west-1"', json.dumps(region))
            assert_well_behaved(run("analyze", "-", stdin=text.encode()))
