"""Pulumi.yaml, the stack's file and `--config`."""

from pathlib import Path

import pytest

from offline.engine.program import configuration
from offline.engine.program.configuration import Project
from offline.run import Failure

PROJECT = "name: shop\nruntime: python\n"


def write(folder: Path, **files: str) -> Path:
    """A folder with these files; `_` in a name is a dot."""
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, "utf-8")
    return folder


def load(folder: Path, *given: str, stack: str | None = None) -> Project:
    """The project, which has to be one."""
    project = configuration.load(folder, stack, given)
    assert isinstance(project, Project)
    return project


def test_a_project(tmp_path: Path) -> None:
    """Name, runtime with options, and the folder of the program."""
    text = "name: shop\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: infra\n"
    project = load(write(tmp_path, Pulumi_yaml=text))
    assert (project.name, project.runtime, project.options, project.main) == ("shop", "nodejs", {"typescript": False}, tmp_path / "infra")


@pytest.mark.parametrize(
    ("files", "stack", "chosen"),
    [
        ({}, None, ("organization", "dev")),
        ({"Pulumi_prod_yaml": ""}, None, ("organization", "prod")),
        ({"Pulumi_prod_yaml": "", "Pulumi_dev_yaml": ""}, None, ("organization", "dev")),
        ({"Pulumi_prod_yaml": "", "Pulumi_test_yml": ""}, "test", ("organization", "test")),
        ({}, "test", ("organization", "test")),
        ({}, "acme/prod", ("acme", "prod")),
        ({}, "acme/shop/prod", ("acme", "prod")),
    ],
)
def test_which_stack(tmp_path: Path, files: dict[str, str], stack: str | None, chosen: tuple[str, str]) -> None:
    """The named one, else the only one that has a file, else `dev`."""
    project = load(write(tmp_path, Pulumi_yaml=PROJECT, **files), stack=stack)
    assert (project.organization, project.stack) == chosen


def test_configuration_goes_from_the_project_over_the_stack_to_the_command_line(tmp_path: Path) -> None:
    """A key without a namespace is the project's; what is not text is JSON."""
    declared = "config:\n  aws:region: eu-west-1\n  size: {type: integer, default: 1}\n  fixed: {value: yes}\n  open: {type: string}\n"
    stack = "config:\n  shop:size: 2\n  shop:tags: {team: [data]}\n  shop:on: true\n"
    project = load(write(tmp_path, Pulumi_yaml=PROJECT + declared, Pulumi_dev_yaml=stack), "aws:region=eu-west-3", "name=a=b")
    assert project.config == {
        "aws:region": "eu-west-3",
        "shop:size": "2",
        "shop:fixed": "yes",
        "shop:tags": '{"team":["data"]}',
        "shop:on": "true",
        "shop:name": "a=b",
    }
    assert project.secret_keys == ()


def test_encrypted_values_are_replaced_and_named(tmp_path: Path) -> None:
    """Also inside objects; a value from the command line is secret still, and no longer replaced."""
    stack = "config:\n  shop:token: {secure: v1:abc}\n  shop:deep: {a: [{secure: v1:abc}]}\n  shop:other: {secure: v1:abc}\n"
    project = load(write(tmp_path, Pulumi_yaml=PROJECT, Pulumi_dev_yaml=stack), "other=mine")
    assert project.config == {"shop:token": "[encrypted]", "shop:deep": '{"a":["[encrypted]"]}', "shop:other": "mine"}
    assert project.secret_keys == ("shop:token", "shop:deep", "shop:other")
    assert project.encrypted == ("shop:token", "shop:deep")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("environment: [acme/base, acme/prod]\n", ("acme/base", "acme/prod")),
        ("environment:\n  imports: [base, {prod: {merge: false}}]\n", ("base", "prod")),
        ("environment:\n  values: {pulumiConfig: {a: 1}}\n", ()),
    ],
)
def test_environments_are_named(tmp_path: Path, text: str, names: tuple[str, ...]) -> None:
    """Nobody opens them here."""
    assert load(write(tmp_path, Pulumi_yaml=PROJECT, Pulumi_dev_yaml=text)).environments == names


@pytest.mark.parametrize(
    ("files", "given", "reason"),
    [
        ({}, (), "no Pulumi program here; expected: the folder of a Pulumi program, with its Pulumi.yaml"),
        ({"Pulumi_yaml": "name: [\n"}, (), "not YAML"),
        ({"Pulumi_yaml": "- a\n"}, (), "not a YAML object"),
        ({"Pulumi_yaml": "name: shop\n"}, (), "`name` and `runtime` are needed"),
        ({"Pulumi_yaml": PROJECT, "Pulumi_dev_yaml": "\tconfig"}, (), "not YAML"),
        ({"Pulumi_yaml": PROJECT, "Pulumi_dev_yaml": "config: [a]\n"}, (), "`config` must be an object"),
        ({"Pulumi_yaml": 'name: "sh\\0op"\nruntime: python\n'}, (), r"'sh\x00op' is not a valid name"),
        pytest.param({"Pulumi_yaml": "[" * 500}, (), "levels of nesting", id="deep"),
        ({"Pulumi_yaml": PROJECT}, ("region",), "--config region: must be KEY=VALUE"),
        ({"Pulumi_yaml": PROJECT}, ("=eu",), "--config =eu: must be KEY=VALUE"),
    ],
)
def test_what_is_refused(tmp_path: Path, files: dict[str, str], given: tuple[str, ...], reason: str) -> None:
    """One line that says what and where."""
    failure = configuration.load(write(tmp_path, **files), None, given)
    assert isinstance(failure, Failure)
    assert reason in failure.message
    assert "\n" not in failure.message


@pytest.mark.parametrize(("name", "why"), [("absent", "no such folder"), ("file", "not a folder")])
def test_a_folder_that_is_none(tmp_path: Path, name: str, why: str) -> None:
    """Its name was mistyped, perhaps."""
    (tmp_path / "file").touch()
    failure = configuration.load(tmp_path / name, None, ())
    assert isinstance(failure, Failure)
    assert failure.message.startswith(f"{tmp_path / name}: {why}; expected: ")


@pytest.mark.parametrize(("stack", "absent"), [("prod", "Pulumi.prod.yaml"), (None, "")])
def test_the_file_of_a_stack_where_none_has_one(tmp_path: Path, stack: str | None, absent: str) -> None:
    """Nothing is known of its configuration but what is given with `--config`."""
    assert load(write(tmp_path, Pulumi_yaml=PROJECT), stack=stack).absent == absent


@pytest.mark.parametrize("stack", ["prd", "acme/prd", None])
@pytest.mark.parametrize("folder", ["", "stacks"])
def test_a_stack_without_a_file_beside_others_that_have_one(tmp_path: Path, stack: str | None, folder: str) -> None:
    """It would be judged with another configuration, and in the wrong partition: those that are there are named."""
    (tmp_path / folder).mkdir(exist_ok=True)
    for name in ("Pulumi.prod.yaml", "Pulumi.test.yml"):
        (tmp_path / folder / name).write_text("config: {}\n", "utf-8")
    failure = configuration.load(write(tmp_path, Pulumi_yaml=f"{PROJECT}stackConfigDir: {folder!r}\n"), stack, ())
    assert isinstance(failure, Failure)
    wanted = "dev" if stack is None else "prd"
    assert failure.message.endswith(f"Pulumi.yaml: there is no Pulumi.{wanted}.yaml; expected: --stack with one of prod, test")


def test_the_only_stack_is_found_where_the_project_keeps_it(tmp_path: Path) -> None:
    """In its `stackConfigDir`."""
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.prod.yaml").write_text("config: {size: 3}\n", "utf-8")
    project = load(write(tmp_path, Pulumi_yaml=f"{PROJECT}stackConfigDir: stacks\n"))
    assert (project.stack, project.config) == ("prod", {"shop:size": "3"})


@pytest.mark.parametrize("stack", ["prod\n", "a b/prod", "", "x" * 101, "acme/shop/prod/blue"])
def test_a_stack_whose_name_is_none(tmp_path: Path, stack: str) -> None:
    """An empty one is the default's."""
    project = configuration.load(write(tmp_path, Pulumi_yaml=PROJECT), stack, ())
    assert isinstance(project, Project if stack == "" else Failure)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """One line, too."""
    (tmp_path / "Pulumi.yaml").write_bytes(b"\xff\xfe\x00")
    failure = configuration.load(tmp_path, None, ())
    assert isinstance(failure, Failure)
    assert "is not UTF-8 text" in failure.message
