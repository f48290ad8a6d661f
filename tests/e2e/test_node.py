"""Programs in JavaScript and TypeScript through `python -m offline preview`, under the Node that is on PATH."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
#: Without the package of AWS, which is large: the type is what a pack sees.
_PROGRAM = """
class Resource extends pulumi.CustomResource {
  constructor(type%(any)s, name%(any)s, inputs%(any)s) { super(type, name, inputs); }
}
const deny = { Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: "arn:aws:s3:::logs/*" };
const header = { ...deny, Condition: { Null: { "s3:x-amz-server-side-encryption": "true" } } };
const transport = { ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } };
const bucket = new Resource("aws:s3/bucket:Bucket", "logs", { bucket: "logs" });
new Resource("aws:s3/bucketPolicy:BucketPolicy", "logs", {
  bucket: "logs",
  policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [%(statements)s] }),
});
"""
_HEADS = {"index.js": 'const pulumi = require("@pulumi/pulumi");', "index.ts": 'import * as pulumi from "@pulumi/pulumi";'}


@pytest.mark.parametrize("file", list(_HEADS))
@pytest.mark.parametrize(("statements", "status"), [("header, transport", 0), ("transport", 1)])
def test_a_program_is_judged_under_this_node(file: str, statements: str, status: int, packages: Path, tmp_path: Path) -> None:
    """It passes with both statements, and is blocked for the one that it lacks."""
    text = write_program(file, statements)
    ended = preview(tmp_path, packages, file, text)
    assert ended.returncode == status, ended.stdout + ended.stderr
    assert ("without the header `x-amz-server-side-encryption` is not denied" in ended.stdout) == bool(status)


def test_a_module_in_typescript_is_judged(packages: Path, tmp_path: Path) -> None:
    """An ES module, which the SDK takes by itself only where no loader is among the arguments."""
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    ended = preview(tmp_path, packages, "index.ts", f"{write_program('index.ts', 'header, transport')}await Promise.resolve();\n")
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("options", ['"module": "commonjs"', '"moduleResolution": "node"', '"moduleResolution": "bundler"'])
def test_options_that_do_not_go_with_what_the_sdk_fills_in(options: str, packages: Path, tmp_path: Path) -> None:
    """`module` without `moduleResolution`, or the other way round, is what many a tsconfig.json has; TypeScript refuses the pair."""
    (tmp_path / "tsconfig.json").write_text(f'{{"compilerOptions": {{{options}}}}}', "utf-8")
    ended = preview(tmp_path, packages, "index.ts", write_program("index.ts", "header, transport"))
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_a_program_may_be_busy_for_longer_than_a_minute(packages: Path, tmp_path: Path) -> None:
    """A large one is compiled before it listens to the engine again, which is not to give it up."""
    head = f"{_HEADS['index.js']}\nif (pulumi.runtime.isDryRun()) require('child_process').execSync('sleep 64');\n"
    text = write_program("index.js", "header, transport").removeprefix(_HEADS["index.js"])
    ended = preview(tmp_path, packages, "index.js", f"{head}new pulumi.ComponentResource('shop:index:Early', 'early');\n{text}")
    assert ended.returncode == 0, ended.stdout + ended.stderr


def write_program(file: str, statements: str) -> str:
    """The program in the language of the file, with these statements in its document."""
    return f"{_HEADS[file]}{_PROGRAM % {'statements': statements, 'any': ': any' if file.endswith('.ts') else ''}}"


def preview(folder: Path, packages: Path, file: str, text: str) -> subprocess.CompletedProcess[str]:
    """The command on a program of this text."""
    (folder / "node_modules").symlink_to(packages)
    (folder / "Pulumi.yaml").write_text(f"name: noded\nruntime: nodejs\nmain: {file}\n", "utf-8")
    (folder / file).write_text(text, "utf-8")
    command = [sys.executable, "-m", "offline", "preview", str(folder)]
    return subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
