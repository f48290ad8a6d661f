"""
What the adapters of other tools share: a question as a template that the tool reads, and its answer as a line.

A rule is asked only about what it promises, and only about documents that a template can hold; other questions stay without an answer.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ALL_REQUESTS = "requests-without-tls"
HEADER = "uploads-without-header"


class Asked(NamedTuple):
    """One question, with a name that every tool takes for a file or a resource."""

    name: str
    id: str
    question: str
    bucket: str
    document: object


def read_asked(*questions: str) -> list[Asked]:
    """The questions of these kinds on standard input whose document is a JSON object."""
    lines = [json.loads(line) for line in sys.stdin]
    return [
        Asked(f"case{number}", line["id"], line["question"], line["bucket"], document)
        for number, line in enumerate(lines)
        if line["question"] in questions and isinstance(document := read_document(line["policy"]), dict)
    ]


def read_document(policy: str) -> object:
    """What the string says as JSON; None where it is not JSON, and for what no template can hold: `NaN` and halves of characters."""
    try:
        document = json.loads(policy, parse_constant=refuse)
        json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return document


def refuse(constant: str) -> object:
    """No value: JSON does not have this number."""
    raise ValueError(constant)


def as_cloudformation(asked: Asked) -> str:
    """A template with the bucket and its policy, with names and ARNs as the document has them."""
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": asked.bucket}}
    policy = {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": asked.bucket, "PolicyDocument": asked.document}}
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"ExampleBucket": bucket, "ExamplePolicy": policy}}, indent=2)


def as_terraform(asked: Asked) -> str:
    """A module with the bucket and its policy, a JSON document in a here-document; what reads as an interpolation is escaped."""
    document = json.dumps(asked.document, indent=2).replace("${", "$${").replace("%{", "%%{")
    name = asked.name
    bucket = f'resource "aws_s3_bucket" "{name}" {{\n  bucket = "{asked.bucket}"\n}}\n'
    policy = f'resource "aws_s3_bucket_policy" "{name}" {{\n  bucket = aws_s3_bucket.{name}.id\n  policy = <<EOF\n{document}\nEOF\n}}\n'
    return f"{bucket}\n{policy}"


@contextmanager
def lay_out(templates: dict[str, str]) -> Iterator[Path]:
    """A folder with these files, for as long as it is needed."""
    with TemporaryDirectory() as name:
        for path, content in templates.items():
            (Path(name) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(name) / path).write_text(content, encoding="utf-8")
        yield Path(name)


def answer(asked: Asked, passes: bool | None) -> None:  # noqa: FBT001 - what the tool said, and None where it said nothing
    """Say what the tool said of a question."""
    if passes is not None:
        print(json.dumps({"id": asked.id, "answer": "denied" if passes else "not-denied"}))
