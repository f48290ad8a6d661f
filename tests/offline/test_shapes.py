"""The shapes of results, as the SDKs of each language show them, and what is made up by them."""

import json
from pathlib import Path

import pytest

from offline.engine.cloud.aws import Location
from offline.engine.cloud.made_up import Maker, Variant, guess_shape
from offline.engine.cloud.shapes import STRING, Leaf, Library, ListOf, MapOf, Record, find_shape

FUNCTION = "cloud:net/getThing:getThing"
EXPECTED = Record(
    {
        "zoneId": STRING,
        "enabled": Leaf("boolean"),
        "count": Leaf("number"),
        "names": ListOf(STRING),
        "tags": MapOf(STRING),
        "rules": ListOf(Record({"port": Leaf("number"), "cidrBlock": STRING})),
    }
)
PYTHON = """
class GetThingResult:
    def __init__(__self__):
        pass

    @property
    @pulumi.getter(name="zoneId")
    def zone_id(self) -> str:
        return 1

    @_builtins.property
    @pulumi.getter
    @_utilities.deprecated('''no''')
    def enabled(self) -> Optional[_builtins.bool]:
        return 1

    @property
    @pulumi.getter
    def count(self) -> int:
        return 1

    @property
    @pulumi.getter
    def names(self) -> Sequence[str]:
        return 1

    @property
    @pulumi.getter
    def tags(self) -> Mapping[str, str]:
        return 1

    @property
    @pulumi.getter
    def rules(self) -> Sequence['outputs.GetThingRuleResult']:
        return 1


class AwaitableGetThingResult(GetThingResult):
    @property
    @pulumi.getter
    def other(self) -> str:
        return 1
"""
PYTHON_OUTPUTS = """
class GetThingRuleResult(dict):
    @property
    @pulumi.getter
    def port(self) -> float:
        return 1

    @property
    @pulumi.getter(name="cidrBlock")
    def cidr_block(self) -> str:
        return 1
"""
NODE = """
export interface GetThingArgs {
    name: string;
}
export interface GetThingResult {
    /** What it is. */
    readonly zoneId: string;
    readonly enabled?: boolean;
    readonly count: number;
    readonly names: string[];
    readonly tags: {[key: string]: string};
    readonly rules: outputs.net.GetThingRule[];
}
export declare function getThingOutput(): void;
"""
NODE_OUTPUTS = """
export declare namespace other {
    interface GetThingRule {
        wrong: string;
    }
}
export declare namespace net {
    interface GetThingRule {
        port: number;
        cidrBlock: string;
    }
}
"""
GO = """
package net

// A collection of values returned by getThing.
type LookupThingResult struct {
\t// What it is.
\tZoneId string `pulumi:"zoneId"`
\tEnabled *bool `pulumi:"enabled"`
\tCount int `pulumi:"count"`
\tNames []string `pulumi:"names"`
\tTags map[string]string `pulumi:"tags"`
\tRules []GetThingRule `pulumi:"rules"`
}
"""
GO_TYPES = """
package net

type GetThingRule struct {
\tPort float64 `pulumi:"port"`
\tCidrBlock string `pulumi:"cidrBlock"`
}
"""


def write(folder: Path, **files: str) -> Path:
    """Files by their path, in which `__` is `/`."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.fixture(params=["python", "nodejs", "go"])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Library:
    """The SDK of a made-up cloud, in one language."""
    match request.param:
        case "python":
            files = {"pulumi_cloud/net/get_thing.py": PYTHON, "pulumi_cloud/net/outputs.py": PYTHON_OUTPUTS}
            return Library("python", (tmp_path / "none", write(tmp_path, **files)))
        case "nodejs":
            files = {"@pulumi/cloud/net/getThing.d.ts": NODE, "@pulumi/cloud/types/output.d.ts": NODE_OUTPUTS}
            return Library("nodejs", (write(tmp_path, **files),))
        case _:
            files = {"go/cloud/net/getThing.go": GO, "go/cloud/net/pulumiTypes.go": GO_TYPES}
            return Library("go", (write(tmp_path, **files),))


def test_the_shape_of_a_result(library: Library) -> None:
    """The same whatever the language, by the names on the wire."""
    assert find_shape(FUNCTION, library) == EXPECTED


@pytest.mark.parametrize("token", ["cloud:net/getOther:getOther", "nonsense", "cloud:index:getThing"])
def test_what_an_sdk_does_not_show(token: str, library: Library) -> None:
    """Nothing is guessed here."""
    assert find_shape(token, library) is None


def test_a_language_without_text_shows_nothing() -> None:
    """Java, .NET and YAML."""
    assert find_shape(FUNCTION, Library("")) is None


def make(variant: Variant, library: Library, outputs: tuple[str, ...] = ()) -> Maker:
    """What makes up values by this library."""
    return Maker(variant, lambda: library, lambda: outputs)


def test_two_answers_have_nothing_in_common(library: Library) -> None:
    """But for what was asked with, and lists of one."""
    one, other = (make(variant, library).answer(FUNCTION, {"count": 7}, Location("eu-west-1")) for variant in ("first", "second"))
    assert one.keys() == other.keys() == EXPECTED.fields.keys()
    assert one["count"] == other["count"] == 7
    assert all(one[key] != other[key] for key in one if key != "count")
    assert (len(one["names"]), len(one["rules"]), one["enabled"], other["enabled"]) == (1, 1, True, False)
    assert one == make("first", library).answer(FUNCTION, {"count": 7}, Location("eu-west-1"))


def test_strings_have_the_form_that_programs_take_apart() -> None:
    """By the name of the property."""
    answer = make("first", Library("")).answer("cloud:index:getThing", {}, Location("eu-west-1"))
    assert answer["arn"].split(":")[:4] == ["arn", "aws", "thing", "eu-west-1"]
    assert answer["cidrBlock"].count(".") == 3
    assert answer["cidrBlock"].endswith("/20")
    assert (len(answer["accountId"]), answer["region"]) == (12, "eu-west-1")
    assert json.loads(answer["secretString"])
    assert answer["url"].startswith("https://")
    assert answer["domainName"].endswith(".example.com")


def test_the_outputs_of_another_stack() -> None:
    """A plural is a list; what is no plural is one string."""
    outputs = ("subnetIds", "vpcId", "address", "status", "kms", "buckets", "s")
    found = make("second", Library(""), outputs).refer("acme/net/prod", Location("eu-west-1")) or {}
    assert [key for key, value in found.items() if isinstance(value, list)] == ["subnetIds", "buckets"]
    assert guess_shape("names") == ListOf(STRING)


def test_outputs_that_the_program_does_not_name() -> None:
    """Nothing is made up where it could not have everything that is asked for."""
    assert Maker("first", lambda: Library(""), lambda: None).refer("acme/net/prod", Location("eu-west-1")) is None


def test_properties_that_only_the_program_names() -> None:
    """They are made up beside what most results have."""
    asked = {"peerOwner": (), "rules": ("source",), "region": ()}
    maker = Maker("first", lambda: Library(""), tuple, lambda: asked)
    answer = maker.answer("cloud:index:getThing", {}, Location("eu-west-1"))
    assert answer["peerOwner"].startswith("made-up-")
    assert [sorted(rule) for rule in answer["rules"]] == [["source"]]
    assert answer["region"] == "eu-west-1"
