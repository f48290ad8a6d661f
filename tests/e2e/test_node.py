"""Programs in JavaScript and TypeScript through `python -m offline preview`, under the Node that is on PATH."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.build_cli import CACHE

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
_CACHE = CACHE / "node-program"
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


@pytest.fixture(scope="module")
def packages() -> Path:
    """The folder that npm has installed the SDK into."""
    _CACHE.mkdir(parents=True, exist_ok=True)
    (_CACHE / "package.json").write_text('{"private": true, "dependencies": {"@pulumi/pulumi": "^3.204.0"}}\n', "utf-8")
    if not (_CACHE / "node_modules" / "@pulumi" / "pulumi").is_dir():
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=_CACHE, check=True)
    return _CACHE / "node_modules"


@pytest.mark.parametrize("file", list(_HEADS))
@pytest.mark.parametrize(("statements", "status"), [("header, transport", 0), ("transport", 1)])
def test_a_program_is_judged_under_this_node(file: str, statements: str, status: int, packages: Path, tmp_path: Path) -> None:
    """It passes with both statements, and is blocked for the one that it lacks."""
    (tmp_path / "node_modules").symlink_to(packages)
    (tmp_path / "Pulumi.yaml").write_text(f"name: noded\nruntime: nodejs\nmain: {file}\n", "utf-8")
    values = {"statements": statements, "any": ": any" if file.endswith(".ts") else ""}
    (tmp_path / file).write_text(f"{_HEADS[file]}{_PROGRAM % values}", "utf-8")
    command = [sys.executable, "-m", "offline", "preview", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert ended.returncode == status, ended.stdout + ended.stderr
    assert ("without the header `x-amz-server-side-encryption` is not denied" in ended.stdout) == bool(status)
