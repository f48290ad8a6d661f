"""An Output that was made part of a string: which SDK wrote this, and what to write instead, in the program's own language."""

from typing import NamedTuple

from crossguard.judging.outputs import Language


class Advice(NamedTuple):
    """How the SDK is called, what people write, and what they should write."""

    sdk: str
    cause: str
    fix: str


ADVICE: dict[Language, Advice] = {
    "python": Advice(
        "Python",
        "an f-string, `str.format` or `json.dumps`",
        '`pulumi.Output.format("arn:aws:s3:::{0}/*", bucket.bucket)`, or the whole document in `pulumi.Output.json_dumps(...)`',
    ),
    "nodejs": Advice(
        "Node.js",
        "a template literal, a concatenation or `JSON.stringify`",
        "`pulumi.interpolate` in front of the template literal, or the whole document in `pulumi.jsonStringify(...)`",
    ),
    "go": Advice(
        "Go",
        "`fmt.Sprintf` or `json.Marshal`",
        '`pulumi.Sprintf("arn:aws:s3:::%s/*", bucket.Bucket)`, or the whole document in `pulumi.JSONMarshal(...)`',
    ),
    "dotnet": Advice(
        ".NET",
        "an interpolated string or a serializer",
        '`Output.Format($"arn:aws:s3:::{bucket.BucketName}/*")`, or the whole document in `Output.JsonSerialize(...)`',
    ),
    "java": Advice(
        "Java",
        "`String.format` or a concatenation",
        '`Output.format("arn:aws:s3:::%s/*", bucket.bucket())`, or the whole document in `bucket.bucket().applyValue(...)`',
    ),
}


def describe_cause(language: Language) -> str:
    """How an Output gets into a string."""
    return f"An Output was put into a string ({ADVICE[language].cause}), where it has no value yet."


def describe_remedy(language: Language) -> str:
    """What to write instead."""
    return f"Fix: {ADVICE[language].fix}."
