"""Programs in YAML, which need no runtime of Pulumi's."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from offline.engine.program import configuration
from offline.engine.program.configuration import Project
from offline.engine.program.pulumi_yaml.expressions import Access, WrongProgramError, follow, parse_text
from offline.engine.program.pulumi_yaml.functions import call
from offline.engine.program.pulumi_yaml.program import Scope, make_program
from offline.engine.program.pulumi_yaml.tokens import expand, is_component
from offline.engine.program.run import RunOptions, preview
from offline.run import Failure, Run

PROGRAM = """
name: shop
runtime: yaml
config:
  zone: {type: string, default: eu}
  sizes: {type: List<Integer>, default: [1, 2]}
  token: {type: string, secret: true}
  region:
    type: string
variables:
  everyone: "*"
  identity:
    fn::invoke: {function: aws:getCallerIdentity, return: accountId}
  network:
    fn::aws:ec2:getVpc: {default: true}
  written:
    fn::invoke:
      function: aws:iam:getPolicyDocument
      arguments:
        statements:
          - effect: Deny
            principals: [{type: "*", identifiers: ["${everyone}"]}]
            actions: ["s3:*"]
            resources: ["${named.arn}", "${named.arn}/*"]
            conditions: [{test: Bool, variable: "aws:SecureTransport", values: ["false"]}]
          - effect: Deny
            principals: [{type: "*", identifiers: ["*"]}]
            actions: ["s3:PutObject"]
            resources: ["${named.arn}/*"]
            conditions: [{test: "Null", variable: "s3:x-amz-server-side-encryption", values: ["true"]}]
      options: {dependsOn: ["${named}"]}
resources:
  policy:
    type: aws:s3:BucketPolicy
    properties:
      bucket: ${early.id}
      policy:
        fn::toJSON:
          Version: 2012-10-17
          Statement:
            - Effect: Deny
              Principal: ${everyone}
              Action: "s3:*"
              Resource: ["${early.arn}", {"Fn::Join": ["", ["${early.arn}", "/*"]]}]
              Condition: {Bool: {"aws:SecureTransport": false}}
            - Effect: Deny
              Principal: "*"
              Action: s3:PutObject
              Resource: ${early.arn}/*
              Condition: {"Null": {"s3:x-amz-server-side-encryption": "true"}}
    options: {parent: "${early}", protect: true}
  # A comment between a name and its type.
  early:
    type: aws:s3:Bucket
    properties:
      tags:
        zone: zone-${zone}-${sizes[1]}-$${zone}
        account: ${identity}
        network: ${network.id}
        project: ${pulumi.project}/${pulumi["stack"]}
        token: ${token}
    options: {ignoreChanges: [tags], customTimeouts: {create: 5m}, dependsOn: "${elsewhere}", version: 7.1.0}
  named:
    type: aws:s3/bucket:Bucket
    name: named-bucket
    options: {aliases: [{name: old}], providers: {aws: "${elsewhere}"}}
  named-policy:
    type: aws:s3:BucketPolicy
    properties: {bucket: "${named.bucket}", policy: "${written.json}"}
  elsewhere:
    type: pulumi:providers:aws
    defaultProvider: true
    properties: {region: eu-west-3}
  there:
    type: aws:s3:Bucket
    get: {id: there-already, state: {bucket: there-already}}
  store:
    type: shop:index:Store
    properties: {label: first}
  cluster:
    type: eks:Cluster
components:
  Store:
    inputs: {label: {type: string}, suffix: {default: x}}
    resources:
      inner: {type: aws:s3:Bucket, properties: {tags: {label: "${label}-${suffix}"}}}
    outputs: {name: "${inner.bucket}"}
outputs:
  store: ${store.name}
  there: ${there.arn}
  other: {fn::stackReference: [acme/net/prod, vpcId]}
  hidden: {fn::secret: hush}
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The program's run."""
    folder = tmp_path_factory.mktemp("yaml")
    (folder / "Pulumi.yaml").write_text(PROGRAM, "utf-8")
    run = preview(RunOptions(folder, config=("token=hush", "region=eu-west-1", "sizes=[1, 7]")))
    assert isinstance(run, Run), run
    return run


@pytest.fixture(scope="module")
def seen(outcome: Run) -> Mapping[str, Any]:
    """The inputs by type and name, as they were seen in the run that counts."""
    return {f"{each.type.rpartition(':')[2]} {each.name}": each.inputs for each in outcome.resources}


def test_its_documents_are_judged(outcome: Run) -> None:
    """Whether a data source wrote them or a function; a bucket without one is reported at its line."""
    assert [(each.level, each.urn.split("::")[-1]) for each in outcome.diagnostics] == [("mandatory", "store-inner")]
    assert any("aws:ec2/getVpc:getVpc" in note for note in outcome.notes)
    assert any("cluster is a component made inside its provider" in spot.text for spot in outcome.blind_spots)


def test_texts_and_variables(seen: Mapping[str, Any]) -> None:
    """Configuration of its type, elements, escapes, the operation; a secret part makes a secret."""
    tags = seen["Bucket early"]["tags"]
    assert tags["zone"] == "zone-eu-7-${zone}"
    assert tags["account"] == "123456789012"
    assert tags["project"] == "shop/dev"
    assert tags["token"]["value"] == "hush"
    assert tags["network"].startswith("vpc-")


def test_the_types_of_values_are_kept(seen: Mapping[str, Any]) -> None:
    """A date is a text, a boolean is none."""
    document = json.loads(seen["BucketPolicy policy"]["policy"])
    assert document["Version"] == "2012-10-17"
    assert document["Statement"][0]["Condition"] == {"Bool": {"aws:SecureTransport": False}}


def test_options(outcome: Run) -> None:
    """Parents, default providers, names."""
    by_name = {each.name: each for each in outcome.resources if "s3/" in each.type}
    assert by_name["policy"].urn.endswith("::aws:s3/bucket:Bucket$aws:s3/bucketPolicy:BucketPolicy::policy")
    assert by_name["early"].provider.endswith("::pulumi:providers:aws::elsewhere")
    assert by_name["named-bucket"].outputs["region"] == "eu-west-3"
    lines = PROGRAM.splitlines()
    assert by_name["early"].source == f"Pulumi.yaml:{lines.index('  early:') + 1}"
    assert by_name["policy"].source == f"Pulumi.yaml:{lines.index('  policy:') + 1}"


def test_a_component_has_names_of_its_own(outcome: Run, seen: Mapping[str, Any]) -> None:
    """Its resources are its children, its outputs are properties of it."""
    inner = next(each for each in outcome.resources if each.name == "store-inner")
    assert inner.urn.endswith("::shop:index:Store$aws:s3/bucket:Bucket::store-inner")
    assert seen["Bucket store-inner"]["tags"] == {"label": "first-x"}
    stack = next(each for each in outcome.resources if each.type == "pulumi:pulumi:Stack")
    assert str(stack.outputs["store"]).startswith("store-inner-")
    assert (stack.outputs["there"], stack.outputs["hidden"]) == ("arn:aws:s3:::there-already", {**_mark(), "value": "hush"})


def _mark() -> dict[str, str]:
    return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def test_missing_configuration_is_named_all_at_once(tmp_path: Path) -> None:
    """As in every language."""
    (tmp_path / "Pulumi.yaml").write_text(PROGRAM, "utf-8")
    failure = preview(RunOptions(tmp_path))
    assert isinstance(failure, Failure)
    assert failure.message.startswith("the program failed; give the configuration with --config shop:token=VALUE --config shop:region=V")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            "resources: {a: {type: aws:s3:Bucket, properties: {tags: '${b'}}, c: {type: 'x:y:Z', properties: {p: '${missing}'}}}",
            "`missing`",
        ),
        ("variables: {a: '${b}', b: '${a}'}", "`a` depends on itself: a -> b -> a"),
        ("variables: {a: {'fn::nonsense': 1}}", "`fn::nonsense` is not a function that is known here"),
        ("variables: {a: {'fn::select': [3, [1]]}}", "`fn::select` cannot be applied to its argument (IndexError)"),
        ("variables: {a: '${}'}", "`${}` is not a reference"),
        ("resources: {a: {properties: {}}}", "`a` is neither a resource with a `type`, nor a variable, nor configuration"),
    ],
)
def test_what_is_wrong_with_a_program_is_one_line(tmp_path: Path, body: str, reason: str) -> None:
    """Not a traceback."""
    (tmp_path / "Pulumi.yaml").write_text(f"name: wrong\nruntime: yaml\n{body}\n", "utf-8")
    project = load(tmp_path)
    program = make_program(project)
    assert callable(program)
    with pytest.raises(WrongProgramError) as raised:
        program()
    assert reason in str(raised.value)


def load(folder: Path) -> Project:
    """The project in a folder."""
    project = configuration.load(folder, None, ())
    assert isinstance(project, Project)
    return project


def test_a_wrong_program_fails_by_its_line(tmp_path: Path) -> None:
    """And nothing else."""
    (tmp_path / "Pulumi.yaml").write_text("name: wrong\nruntime: yaml\nvariables: {a: '${a}'}\n", "utf-8")
    failure = preview(RunOptions(tmp_path))
    assert isinstance(failure, Failure)
    assert failure.output == "`a` depends on itself: a -> a\n"


def test_the_program_may_lie_in_main_yaml(tmp_path: Path) -> None:
    """Beside its project; what another compiler writes is not known."""
    (tmp_path / "Pulumi.yaml").write_text("name: two\nruntime: yaml\n", "utf-8")
    (tmp_path / "Main.yaml").write_text("variables: {a: '${b}'}\n", "utf-8")
    program = make_program(load(tmp_path))
    assert callable(program)
    with pytest.raises(WrongProgramError, match="`b` is neither"):
        program()
    (tmp_path / "Main.yaml").write_text("- a\n", "utf-8")
    assert isinstance(make_program(load(tmp_path)), Failure)
    (tmp_path / "Main.yaml").unlink()
    (tmp_path / "Pulumi.yaml").write_text("name: two\nruntime: {name: yaml, options: {compiler: cue export}}\n", "utf-8")
    failure = make_program(load(tmp_path))
    assert isinstance(failure, Failure)
    assert "written by a compiler" in failure.message


def test_components_of_a_plugin_in_the_repository(tmp_path: Path) -> None:
    """By the folder that the program names."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "PulumiPlugin.yaml").write_text(
        "name: lib\nruntime: yaml\ncomponents:\n  Store:\n    resources: {inner: {type: 'aws:s3:Bucket'}}\n", "utf-8"
    )
    (tmp_path / "Pulumi.yaml").write_text(
        "name: uses\nruntime: yaml\npackages: {lib: ./lib, aws: 7.0.0}\nresources: {store: {type: 'lib:index:Store'}}\n", "utf-8"
    )
    run = preview(RunOptions(tmp_path))
    assert isinstance(run, Run)
    assert [each.urn.split("::")[-1] for each in run.diagnostics] == ["store-inner"]


def evaluate(value: Any, **given: Any) -> Any:
    """A value in a scope with these names."""
    return Scope({}, Path(), given, {}, None).evaluate(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("${a}", [1, {"b": True}]),
        ("${a[1].b}/${a[1]['b']}/${a[0]}/${f}/${n}", "true/true/1/2.5/"),
        ("$${a}-$", "${a}-$"),
        ({"${t}": 1, "fn::x": 2}, {"k": 1, "fn::x": 2}),
        ({"fn::split": [",", "x,y"]}, ["x", "y"]),
        ({"Fn::Select": [1, ["x", "y"]]}, "y"),
        ({"fn::toBase64": {"fn::fromBase64": "aGk="}}, "aGk="),
        ({"fn::toJSON": {"b": 1.0, "a": "<"}}, '{"a":"\\u003c","b":1}'),
        ({"fn::fromJSON": '{"a": 1}'}, {"a": 1}),
        ({"fn::length": ["x", "y"]}, 2),
        ({"fn::toString": True}, "true"),
        ({1: 2}, {"1": 2}),
    ],
)
def test_values(value: Any, expected: Any) -> None:
    """References and functions are replaced by what they stand for."""
    assert evaluate(value, a=[1, {"b": True}], f=2.5, n=None, t="k") == expected


def test_files(tmp_path: Path) -> None:
    """They are the program's."""
    (tmp_path / "a.txt").write_text("hello", "utf-8")
    assert call("readfile", "a.txt", tmp_path) == "hello"
    assert call("fileasset", "a.txt", tmp_path).path == str(tmp_path / "a.txt")
    assert call("filearchive", ".", tmp_path).path == str(tmp_path)
    assert call("assetarchive", {"a": call("stringasset", "x", tmp_path)}, tmp_path).assets["a"].text == "x"
    assert call("remoteasset", "https://example.com", tmp_path).uri == call("remotearchive", "https://example.com", tmp_path).uri
    with pytest.raises(WrongProgramError, match=r"fn::readfile. cannot be applied to its argument \(FileNotFoundError\)"):
        call("readfile", "none", tmp_path)


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ("aws:s3:Bucket", "aws:s3/bucket:Bucket"),
        ("aws:s3/bucket:Bucket", "aws:s3/bucket:Bucket"),
        ("aws:s3:BucketV2", "aws:s3/bucketV2:BucketV2"),
        ("aws:getRegion", "aws:index/getRegion:getRegion"),
        ("aws:index:getRegion", "aws:index/getRegion:getRegion"),
        ("aws-native:s3:Bucket", "aws-native:s3:Bucket"),
        ("aws-native::getRegion", "aws-native:index:getRegion"),
        ("kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:Deployment"),
        ("pulumi:providers:aws", "pulumi:providers:aws"),
        ("random:RandomId", "random:index/randomId:RandomId"),
        ("awsx:ec2:Vpc", "awsx:ec2:Vpc"),
        ("eks:Cluster", "eks:index:Cluster"),
    ],
)
def test_names_of_types(written: str, whole: str) -> None:
    """Short ones stand for whole ones."""
    assert expand(written) == whole.replace("aws-native:index:", "aws-native::" if "::" in written else "aws-native:index:")


def test_what_is_made_inside_its_provider() -> None:
    """By its package."""
    assert [
        is_component(token) for token in ("awsx:ec2:Vpc", "aws-static-website:index:Website", "aws-native:s3:Bucket", "aws:s3:Bucket")
    ] == [
        True,
        True,
        False,
        False,
    ]


def test_ways_that_lead_nowhere() -> None:
    """A property that is not there is nothing; an element that is not there is a mistake."""
    assert parse_text("a${b.c}") == ("a", Access("b", ("c",)))
    assert follow({"a": None}, ("a", "b"), "x") is None
    assert follow({}, ("a",), "x") is None
    for value, step in (([1], 3), ("text", "a"), ([1], "a")):
        with pytest.raises(WrongProgramError, match="`x`"):
            follow(value, (step,), "x")
