"""Programs in YAML, which need no runtime of Pulumi's."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from offline.engine.program import configuration
from offline.engine.program.configuration import Project
from offline.engine.program.pulumi_yaml.declarations import Packages, read_sections
from offline.engine.program.pulumi_yaml.expressions import Access, WrongProgramError, follow, parse_text, write_value
from offline.engine.program.pulumi_yaml.functions import call
from offline.engine.program.pulumi_yaml.program import Place, Scope, make_program
from offline.engine.program.pulumi_yaml.tokens import expand, is_component
from offline.engine.program.run import RunOptions, preview
from offline.run import Failure, Run
from tests.offline.cli import run as run_command

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


BUCKET = "{type: 'aws:s3:Bucket'}"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("resources: {c: {type: 'x:y:Z', properties: {p: '${missing}'}}}", "`missing` is neither a resource, nor"),
        ("variables: {a: '${b}', b: '${a}'}", "`a` depends on itself: a -> b -> a"),
        ("variables: {a: {'fn::nonsense': 1}}", "`fn::nonsense` is not a function that is known here"),
        ("variables: {a: {'fn::select': [3, [1]]}}", "`fn::select` cannot be applied to its argument (IndexError)"),
        ("variables: {a: {'fn::select': [-1, [1]]}}", "`fn::select` cannot be applied to its argument (IndexError)"),
        ("variables: {a: {'fn::select': [0.5, [1]]}}", "`fn::select` cannot be applied to its argument (IndexError)"),
        ("variables: {a: {'fn::select': [.inf, [1]]}}", "`fn::select` cannot be applied to its argument (OverflowError)"),
        ("variables: {a: {'fn::select': [0, text]}}", "`fn::select` cannot be applied to its argument (TypeError)"),
        ("variables: {a: {'fn::join': ['-', text]}}", "`fn::join` cannot be applied to its argument (TypeError)"),
        ("variables: {a: {'fn::join': {a: b}}}", "`fn::join` cannot be applied to its argument (ValueError)"),
        ("variables: {a: {'fn::split': [',', 5]}}", "`fn::split` cannot be applied to its argument (TypeError)"),
        ("variables: {a: '${}'}", "`${}` is not a reference"),
        ("variables: {a: 'x-${b'}", "`${b` has no closing brace (`$$` is written for a dollar sign)"),
        ("variables: {a: '${pulumi.stak}'}", "`pulumi.stak`: there is no `stak`"),
        ("variables: [a]", "`variables` must be an object"),
        ("resources: [a]", "`resources` must be an object"),
        ("outputs: a", "`outputs` must be an object"),
        ("config: [a]", "`config` must be an object"),
        ("components: a", "`components` must be an object"),
        ("packages: a", "`packages` must be an object"),
        ("resources: {a: {properties: {}}}", "the resource `a` has no `type`"),
        ("resources: {a: {type: 5}}", "the resource `a` has no `type`"),
        ("resources: {a: text}", "the resource `a` must be an object"),
        ("resources: {a: {type: Bucket}}", "`Bucket` is not a type: expected PACKAGE:MODULE:NAME"),
        ("resources: {a: {type: 'aws:s3:Bucket', get: id}}", "the `get` of `a` must be an object"),
        ("resources: {a: {type: 'aws:s3:Bucket', properties: text}}", "the `properties` of `a` must be an object"),
        ("resources: {a: {type: 'aws:s3:Bucket', properties: {fn::secret: {}}}}", "the `properties` of `a` are known only later"),
        ("resources: {a: {type: 'aws:s3:Bucket', options: text}}", "the `options` of `a` must be an object"),
        ("resources: {a: {type: 'aws:s3:Bucket', options: {dependsOn: [b]}}}", "the option `dependsOn` must be a resource"),
        ("resources: {a: {type: 'aws:s3:Bucket', options: {parent: b}}}", "the option `parent` must be a resource"),
        ("resources: {a: {type: 'aws:s3:Bucket', options: {provider: b}}}", "the option `provider` must be a provider"),
        ("resources: {a: {type: 'aws:s3:Bucket', options: {version: 7.1}}}", "the option `version` must be a string"),
        ("resources: {a: {type: 'aws:s3:Bucket', options: {customTimeouts: 5m}}}", "`customTimeouts` must be an object"),
        (f"resources: {{a: {BUCKET}, b: {{type: 'a:b:C', properties: {{c: 'x-${{a}}'}}}}}}", "`${a}` is a resource, and inside"),
        ("resources: {r: {type: 'pulumi:pulumi:StackReference', properties: {name: 5}}}", "the `name` of `r` must be a string"),
        ("variables: {a: {'fn::invoke': 'aws:getRegion'}}", "the argument of `fn::invoke` must be an object"),
        ("variables: {a: {'fn::invoke': {arguments: {}}}}", "the `function` of `fn::invoke` must be a string"),
        ("variables: {a: {'fn::invoke': {function: getRegion}}}", "`getRegion` is not a type"),
        ("variables: {a: {'fn::invoke': {function: 'aws:getRegion', arguments: [a]}}}", "the `arguments` of `aws:getRegion` must be"),
        ("variables: {a: {'fn::stackReference': org/net/prod}}", "must be a list of a stack and an output"),
        ("variables: {a: {'fn::stackReference': [5, x]}}", "the stack of `fn::stackReference` must be a string"),
        ("components: {C: {resources: {c: {type: C}}}}\nresources: {a: {type: C}}", "the component `C` contains itself"),
        ("components: {C: {}}\nresources: {a: {type: C}}\noutputs: {x: '${a.nme}'}", "`a.nme`: there is no `nme`"),
        ("components: {C: [a]}\nresources: {a: {type: C}}", "the component `C` must be an object"),
    ],
)
def test_what_is_wrong_with_a_program_is_one_line(tmp_path: Path, body: str, reason: str) -> None:
    """Not a traceback."""
    failure = preview(RunOptions(write(tmp_path, body)))
    assert isinstance(failure, Failure)
    assert (failure.message, failure.output.count("\n")) == ("the program failed", 1)
    assert reason in failure.output


def write(folder: Path, body: str) -> Path:
    """A project with this program."""
    (folder / "Pulumi.yaml").write_text(f"name: tried\nruntime: yaml\n{body}\n", "utf-8")
    return folder


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
    """By the folder that the program names; every file in it counts."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "more.yaml").write_text("components: {Other: {resources: {inner: {type: 'aws:s3:Bucket'}}}}\n", "utf-8")
    (tmp_path / "lib" / "PulumiPlugin.yaml").write_text(
        "name: lib\nruntime: yaml\ncomponents:\n  Store:\n    resources: {inner: {type: 'aws:s3:Bucket'}}\n", "utf-8"
    )
    (tmp_path / "Pulumi.yaml").write_text(
        "name: uses\nruntime: yaml\npackages: {lib: ./lib, aws: 7.0.0}\n"
        "resources: {store: {type: 'lib:index:Store'}, other: {type: 'lib:Other'}}\n",
        "utf-8",
    )
    run = preview(RunOptions(tmp_path))
    assert isinstance(run, Run)
    assert [each.urn.split("::")[-1] for each in run.diagnostics] == ["other-inner", "store-inner"]


def evaluate(value: Any, **given: Any) -> Any:
    """A value in a scope with these names."""
    return Scope(read_sections({}, ""), given, Place(Path(), Packages({}, frozenset())), None).evaluate(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("${a}", [1, {"b": True}]),
        ("${a[1].b}/${a[1]['b']}/${a[0]}/${f}/${n}", "true/true/1/2.5/<nil>"),
        ("$${a}-$", "${a}-$"),
        ("$$${t}-$$5", "$k-$5"),
        ('${m["a.}"].b}', 1.5),
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
    assert evaluate(value, a=[1, {"b": True}], f=2.5, n=None, t="k", m={"a.}": {"b": 1.5}}) == expected


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (100000.0, "100000"),
        (1048576.0, "1.048576e+06"),
        (123456789012.0, "1.23456789012e+11"),
        (1000000.0, "1e+06"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (-2.50, "-2.5"),
        (0.0, "0"),
        (7, "7"),
        (True, "true"),
        (None, "<nil>"),
        ([1.0, "a", None], "[1 a <nil>]"),
        ({"b": 1.0, "a": [False]}, "map[a:[false] b:1]"),
    ],
)
def test_values_inside_a_string(value: object, written: str) -> None:
    """As Go writes them."""
    assert write_value(value) == written


def test_numbers_of_the_program_are_floats() -> None:
    """An account's number is written with an exponent inside a string, and with its digits in JSON."""
    assert evaluate({"account": 123456789012})["account"] == 123456789012.0
    assert isinstance(evaluate(7), float)
    assert evaluate({"fn::toJSON": {"account": 123456789012}}) == '{"account":123456789012}'


def test_names_of_fields_in_any_case(tmp_path: Path) -> None:
    """Pulumi takes them with a warning: a bucket among `Resources` is one."""
    body = "Variables: {n: logs}\nResources: {b: {Type: 'aws:s3:Bucket', Properties: {bucket: '${n}'}, Options: {Protect: true}}}"
    run = preview(RunOptions(write(tmp_path, body)))
    assert isinstance(run, Run)
    assert [each.inputs["bucket"] for each in run.resources if each.name == "b"] == ["logs"]
    assert len(run.diagnostics) == 1


CONFIGURATION = """
configuration:
  plain: {type: String, default: one}
config:
  number: {default: 7}
  flag: {default: false}
  hidden: {type: string, default: hush, secret: true}
  called: {name: other, type: string}
  fixed: {value: here}
variables:
  all: "${plain} ${fixed} ${called} ${undeclared} ${tried:undeclared} ${aws:region}"
outputs: {all: "${all}", typed: {fn::toJSON: ["${number}", "${flag}"]}, hidden: "${hidden}"}
"""


def test_configuration(tmp_path: Path) -> None:
    """Declared in either section, with its type or that of its default, or not declared at all."""
    run = preview(RunOptions(write(tmp_path, CONFIGURATION), config=("undeclared=two", "aws:region=eu-west-1", "other=three")))
    assert isinstance(run, Run), run
    (outputs,) = [each.outputs for each in run.resources if each.type == "pulumi:pulumi:Stack"]
    assert outputs == {"all": "one here three two two eu-west-1", "typed": "[7,false]", "hidden": {**_mark(), "value": "hush"}}


@pytest.mark.parametrize(
    "packages",
    [
        "{acme: 'https://example.com/acme/secure@v1.0.0'}",
        "{acme: example.com/acme/secure}",
        "{acme: {source: terraform-module, version: 0.1.0, parameters: [terraform-aws-modules/s3-bucket/aws, 4.0.0, acme]}}",
        "{acme: ./elsewhere}",
        "{acme: ./in-another-language}",
        "{acme: private/acme/secure@1.0.0}",
    ],
)
def test_a_package_of_somebodys_own_is_not_looked_into(tmp_path: Path, packages: str) -> None:
    """Its types may be components with buckets in them: nothing passes."""
    (tmp_path / "in-another-language").mkdir()
    (tmp_path / "in-another-language" / "PulumiPlugin.yaml").write_text("runtime: nodejs\n", "utf-8")
    body = f"packages: {packages}\nresources: {{store: {{type: 'acme:Secure'}}}}"
    ended = run_command("preview", str(write(tmp_path, body)))
    assert ended.status == 3
    assert "store is a component made inside its provider (acme:index:Secure)" in ended.out


@pytest.mark.parametrize(
    ("package", "status"),
    [
        ("name: terraform-module\nparameterization: {name: acme, version: 1.0.0, value: e30=}\n", 3),
        ("name: acme\ndownloadUrl: git://example.com/acme/secure\n", 3),
        ("name: acme\n", 0),
        ("name: terraform-provider\nparameterization: {name: acme, version: 1.0.0, value: e30=}\n", 0),
    ],
)
def test_a_package_that_the_cli_wrote_down(tmp_path: Path, package: str, status: int) -> None:
    """In `sdks`, as `pulumi package add` does; a provider's resources are no components."""
    (tmp_path / "sdks" / "acme").mkdir(parents=True)
    (tmp_path / "sdks" / "acme" / "acme-1.0.0.yaml").write_text(f"packageDeclarationVersion: 1\n{package}", "utf-8")
    (tmp_path / "sdks" / "acme" / "not.yaml").write_text("- a\n", "utf-8")
    ended = run_command("preview", str(write(tmp_path, "resources: {store: {type: 'acme:index:Secure'}}")))
    assert ended.status == status


@pytest.mark.parametrize("packages", ["{acme: 7.0.0}", "{acme: pulumi/acme@7.0.0}", "{acme: {source: opentofu/acme/acme}}"])
def test_a_provider_by_its_name_is_one(tmp_path: Path, packages: str) -> None:
    """Its resources hold no bucket that is not seen."""
    ended = run_command("preview", str(write(tmp_path, f"packages: {packages}\nresources: {{store: {{type: 'acme:index:Secure'}}}}")))
    assert ended.status == 0


def test_a_component_named_after_a_type_of_aws(tmp_path: Path) -> None:
    """Is not that type."""
    body = f"components: {{Bucket: {{resources: {{inner: {BUCKET}}}}}}}\nresources: {{own: {{type: 'tried:Bucket'}}, other: {BUCKET}}}"
    run = preview(RunOptions(write(tmp_path, body)))
    assert isinstance(run, Run)
    assert [each.urn.split("::")[-1] for each in run.diagnostics] == ["other", "own-inner"]


REFERENCE = """
resources:
  net: {type: "pulumi:pulumi:StackReference", properties: {name: acme/net/prod}}
  policy:
    type: aws:s3:BucketPolicy
    properties:
      bucket: ${net.outputs["bucketName"]}
      policy:
        fn::toJSON:
          Statement:
            - Effect: Deny
              Principal: "*"
              Action: "s3:*"
              Resource: ["arn:aws:s3:::${net.outputs.bucketName}", "arn:aws:s3:::${net.outputs.bucketName}/*"]
              Condition: {StringNotEquals: {"aws:SourceVpce": "WHO"}}
"""


@pytest.mark.parametrize("who", ["${net.outputs.endpoint}", "${other}"])
def test_another_stack(tmp_path: Path, who: str) -> None:
    """As a resource and by the function of old: what it says is made up, and never makes a document compliant."""
    variables = "variables: {other: {fn::stackReference: [acme/net/prod, endpointName]}}\n"
    ended = run_command("preview", str(write(tmp_path, variables + REFERENCE.replace("WHO", who))), "--strict")
    assert ended.status == 1
    assert ended.out.count("depends on the answer of stack reference acme/net/prod, which nobody gave") == 3
    assert "nobody answered stack reference acme/net/prod" in ended.out


COMPUTED = """
variables: {which: endpoint, other: {fn::stackReference: [acme/net/prod, "${which}"]}}
resources:
  policy:
    type: aws:s3:BucketPolicy
    properties:
      bucket: data
      policy:
        fn::toJSON:
          Statement:
            - Effect: Deny
              Principal: "*"
              Action: "s3:*"
              Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]
              Condition: {StringNotEquals: {"aws:SourceVpce": "${other}"}}
"""


def test_a_computed_name_of_another_stacks_output(tmp_path: Path) -> None:
    """It would be empty whatever is made up, so that it stays unknown; an update, in which nothing is, does not pass."""
    ended = run_command("preview", str(write(tmp_path, COMPUTED)))
    assert ended.status == 3
    assert "`policy` is not known before the update" in ended.out
    assert run_command("preview", str(tmp_path), "--update").status != 0


DECIDES = """
variables:
  peer: {fn::invoke: {function: aws:ec2:getVpcPeeringConnection, return: peerOwnerName}}
  rules: {fn::invoke: {function: aws:ec2:getRules, return: rules}}
resources:
  data: {type: "aws:s3:Bucket", properties: {tags: {first: "${rules[0].source}"}}}
  policy:
    type: aws:s3:BucketPolicy
    properties:
      bucket: ${data.bucket}
      policy:
        fn::toJSON:
          Statement:
            - Effect: Deny
              Principal: "*"
              Action: "s3:*"
              Resource: ["${data.arn}", "${data.arn}/*"]
              Condition: {ArnNotLike: {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/${peer}"}}
"""


def test_a_property_that_most_results_lack(tmp_path: Path) -> None:
    """It is made up by its name, twice, and not empty both times: whom it spares is not known."""
    ended = run_command("preview", str(write(tmp_path, DECIDES)))
    assert ended.status == 1
    assert ended.out.count("statement 1 depends on the answer of aws:ec2/getVpcPeeringConnection:getVpcPeeringConnection") == 3


def test_a_property_that_an_answer_lacks(tmp_path: Path) -> None:
    """Is a mistake in the program, or in the answer."""
    (tmp_path / "mocks.json").write_text('{"invokes": {"aws:ec2/getVpc:getVpc": {"id": "vpc-1"}}}', "utf-8")
    body = f"variables: {{a: {{fn::invoke: {{function: aws:ec2:getVpc, return: idd}}}}}}\nresources: {{b: {BUCKET}}}"
    failure = preview(RunOptions(write(tmp_path, body), mocks=tmp_path / "mocks.json"))
    assert isinstance(failure, Failure)
    assert failure.output == "the result of `aws:ec2:getVpc` has no `idd`\n"


def test_a_resource_on_one_line_has_it(tmp_path: Path) -> None:
    """Its place is where it is written down."""
    run = preview(RunOptions(write(tmp_path, f"resources:\n  a: {BUCKET}")))
    assert isinstance(run, Run)
    assert [each.source for each in run.resources if each.name == "a"] == ["Pulumi.yaml:4"]


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
