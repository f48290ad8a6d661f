"""The states of a made-up organization, as a back end keeps them: each of a stack with a hundred buckets, most of them with a policy."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.bench_analyze import make_state

BUCKETS_A_STATE = 100
#: So many stacks are a project, and each project's documents name an account of its own.
_STACKS_A_PROJECT = 100
_PLACE = "data-"
_DENY = {"Effect": "Deny", "Principal": "*"}


def write_states(folder: Path, numbers: range) -> None:
    """A back end with the states of these numbers; few of their buckets differ in more than the name."""
    template: tuple[int, str] = (-1, "")
    for number in numbers:
        project = number // _STACKS_A_PROJECT
        if template[0] != project:
            template = project, _write_template(project)
        name = f"stack-{number:05}"
        path = folder / ".pulumi" / "stacks" / f"project-{project:03}" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(template[1].replace("@STACK@", name).replace(_PLACE, f"acme-{number:05}-"), "utf-8")


def _write_template(project: int) -> str:
    """A state of the project, with a mark where the stack's name stands."""
    text = json.dumps(make_state(BUCKETS_A_STATE)).replace("urn:pulumi:prod::storage", f"urn:pulumi:@STACK@::project-{project:03}")
    state = json.loads(text)
    deployment = state["deployment"]
    deployment["resources"] = list(_choose_documents(deployment["resources"], f"{project:012}"))
    return json.dumps({"version": 3, "checkpoint": {"stack": f"organization/project-{project:03}/@STACK@", "latest": deployment}})


def _choose_documents(resources: list[dict[str, Any]], account: str) -> Iterator[dict[str, Any]]:
    """The resources: of a hundred bucket policies four lack something, and one is left out."""
    number = 0
    for resource in resources:
        if resource["type"] != "aws:s3/bucketPolicy:BucketPolicy":
            yield resource
            continue
        statements = _write_statements(number, f"arn:aws:s3:::{resource['inputs']['bucket']}", account)
        number += 1
        if statements:
            for properties in (resource["inputs"], resource["outputs"]):
                properties["policy"] = json.dumps({"Version": "2012-10-17", "Statement": statements})
            yield resource


def _write_statements(number: int, arn: str, account: str) -> list[dict[str, Any]]:
    uploads = {**_DENY, "Sid": "DenyNoHeader", "Action": "s3:PutObject", "Resource": f"{arn}/*"}
    header = {**uploads, "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}}}
    tls = {
        **_DENY,
        "Sid": "DenyHttp",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    both = {"Null": {"s3:x-amz-server-side-encryption": "true"}, "Bool": {"aws:SecureTransport": "false"}}
    reader = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "s3:GetObject", "Resource": f"{arn}/*"}
    logs = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"{arn}/logs/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
    kms = {**uploads, "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}}
    shapes = ([header, tls], [reader, header, tls], [logs, header, tls], [kms, tls], [tls, reader, header, logs])
    lacking: tuple[list[dict[str, Any]], ...]
    lacking = ([header, {**uploads, "Condition": tls["Condition"]}], [tls], [{**uploads, "Condition": both}], [reader, header], [])
    return lacking[number - 95] if number >= 95 else shapes[number % len(shapes)]  # noqa: PLR2004  of a hundred
