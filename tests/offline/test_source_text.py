"""What a program's text says: places, configuration, outputs of other stacks."""

from pathlib import Path

import pytest

from offline.engine.program.places import locate
from offline.engine.program.source_text import Source, find_line, list_outputs, list_properties, list_required, read_sources
from offline.run import Seen

BUCKET = "aws:s3/bucket:Bucket"


def source(text: str, path: str = "/home/app/main.py") -> tuple[Source, ...]:
    """One file."""
    return (Source(Path(path), text),)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("config = pulumi.Config()\nconfig.require('a')\nconfig.require_secret(\"b\")\nconfig.get('c')\n", ("shop:a", "shop:b")),
        ('const c = new pulumi.Config("net");\nc.requireObject<string[]>("ids"); new pulumi.Config().require("x")', ("net:ids", "shop:x")),
        ('conf := config.New(ctx, "net")\nid := conf.RequireInt("id")\n', ("net:id",)),
        ('c := config.New(ctx, "")\nconf.Require("id")\nconfig.Require(ctx, "aws:region")\n', ("shop:id",)),
        ('var config = new Config();\nvar x = config.RequireInt32("x");\n', ("shop:x",)),
        ('ref = pulumi.StackReference("a/b/c")\nref.require_output("x")\nref.requireOutput("y")\n', ()),
    ],
)
def test_required_configuration(text: str, keys: tuple[str, ...]) -> None:
    """By whole keys; a key without a namespace is the project's."""
    assert list_required(source(text), "shop") == keys


@pytest.mark.parametrize(
    "text",
    [
        'ref = pulumi.StackReference("o/p/s")\nref.get_output("vpcId")',
        'const ref = new pulumi.StackReference("o/p/s"); ref.requireOutput("vpcId")',
        'ref, err := pulumi.NewStackReference(ctx, "o/p/s", nil)\nref.GetStringOutput(pulumi.String("vpcId"))',
        'var r = new StackReference("o/p/s"); r.GetOutput("vpcId");',
        'ref = pulumi.StackReference("o/p/s")\nref.outputs["vpcId"]',
        'var ref = new StackReference("o/p/s"); ref.output("vpcId");',
        "variables: {a: {fn::stackReference: [o/p/s, vpcId]}}",
        "variables:\n  a:\n    Fn::StackReference:\n      - o/p/s\n      - vpcId\n",
        "resources: {ref: {type: pulumi:pulumi:StackReference}}\noutputs: {a: '${ref.outputs.vpcId}'}",
        'ref = pulumi.StackReference("o/p/s")\nref.outputs.apply(lambda known: known.get("vpcId"))',
    ],
)
def test_outputs_of_another_stack(text: str) -> None:
    """As each language asks for them."""
    assert "vpcId" in (list_outputs(source(text)) or ())


@pytest.mark.parametrize(
    "text",
    [
        "ref.get_output(name)",
        'ref.require_output(f"{env}VpcId")',
        "ref.get_output_details(name)",
        "ref.requireOutput(`vpc-${env}`)",
        "ref.getOutputValue(name)",
        'ref.GetStringOutput(pulumi.String(env + "VpcId"))',
        "ref.GetOutput(name)",
        'variables: {a: {fn::stackReference: [o/p/s, "${which}"]}}',
    ],
)
def test_a_computed_output_of_another_stack(text: str) -> None:
    """Its name is not known, so that nothing can be made up for it."""
    assert list_outputs(source(text)) is None


@pytest.mark.parametrize("text", ["aws.ec2.getVpcOutput({ default: true })", "get_policy_document_output(statements)", "ref.getOutput()"])
def test_what_is_no_output_of_another_stack(text: str) -> None:
    """Data sources have such names too."""
    assert list_outputs(source(text)) == ()


@pytest.mark.parametrize(
    ("text", "path", "asked"),
    [
        ("variables: {a: '${net.peerName}', b: {fn::invoke: {function: x:y:z, return: ownerName}}}", "Pulumi.yaml", {"peerName": ()}),
        ("variables: {a: '${net.peerName}', b: {fn::invoke: {function: x:y:z, return: ownerName}}}", "Pulumi.yaml", {"ownerName": ()}),
        ("variables: {a: '${net.rules[0].source}'}", "Pulumi.yaml", {"rules": ("source",)}),
        ("variables: {a: '${x[0].source}', x: {fn::invoke: {function: x:y:z, return: rules}}}", "Pulumi.yaml", {"rules": ("source",)}),
        ("var owner = net.applyValue(GetNetworkResult::ownerName);", "App.java", {"ownerName": ()}),
        ("var owner = net.applyValue(found -> found.ownerName());", "App.java", {"ownerName": ()}),
        ("var owner = net.Apply(found => found.OwnerName);", "Program.cs", {"ownerName": ()}),
    ],
)
def test_properties_of_results(text: str, path: str, asked: dict[str, tuple[str, ...]]) -> None:
    """Where no SDK shows what a result has."""
    assert asked.items() <= list_properties(source(text, path)).items()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('\nnew aws.s3.Bucket("data");', 2),
        ('x := "data"\ns3.NewBucket(ctx,\n  "data", nil)', 2),
        ('new Bucket("data", x);\nnew BucketPolicy("data", y);', 1),
        ('new Bucket("data"); new Bucket("data");', None),
        ('\n\nmake_bucket("data")', 3),
        ("nothing", None),
    ],
)
def test_the_line_of_a_resource(text: str, line: int | None) -> None:
    """The only one that makes such a resource with this name."""
    found = find_line(source(text), "Bucket", "data")
    assert (found[1] if found is not None else None) == line


def test_what_was_installed_is_not_the_program(tmp_path: Path) -> None:
    """Nor what is hidden, or too large."""
    for name in ("main.py", "lib/a.ts", "node_modules/b.js", "venv/c.py", ".git/d.py", "notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name, "utf-8")
    (tmp_path / "large.py").write_text("#" * 2**21, "utf-8")
    assert [each.text for each in read_sources(tmp_path)] == ["main.py", "lib/a.ts"]


def see(place: str, name: str = "data") -> Seen:
    """A bucket that was registered there."""
    return Seen(f"urn::{name}", BUCKET, name, {}, {}, {}, place)


def test_a_place_in_the_repository_is_the_users(tmp_path: Path) -> None:
    """One in a library is not, and one that no SDK sends is looked for."""
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "infra"
    folder.mkdir()
    places = [
        f"{folder / 'main.py'}:3",
        f"{tmp_path / 'shared' / 'storage.py'}:7",
        f"{folder / 'venv' / 'site-packages' / 'x.py'}:1",
        "/usr/lib/x.py:2",
        "",
    ]
    sources = source('\nnew Bucket("data");', str(folder / "index.mjs"))
    found = locate(map(see, places), folder, lambda: sources)
    assert [each.source for each in found] == ["main.py:3", "../shared/storage.py:7", *["index.mjs:2"] * 3]
    assert locate([see("", "other")], folder, lambda: sources)[0].source == ""


def test_what_is_no_property_of_a_result() -> None:
    """A name with a dot in it."""
    assert list_properties(source("variables: {a: '${x.name}.example.com', b: a.b}", "Pulumi.yaml")) == {"name": ()}
