"""
Run the S3 programs of a checkout of github.com/pulumi/examples through the embedded engine and print the table of docs/programs.md.

`python tools/try_examples.py CHECKOUT [NAME ...]`. Node packages are installed in the checkout where they are missing, without their
scripts; Go programs are compiled; Python programs run with this project's environment.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from offline.engine.program.run import RunOptions, preview
from offline.run import Diagnostic, Failure, Run

_REGION = "aws:region=us-east-1"
_GLUE = (*(f"cluster{key}=x" for key in ("Identifier", "NodeType", "DBName", "DBUsername", "DBPassword")), "glueDBName=x")
_SITE = ("targetDomain=www.example.com", "pathToWebsiteContents=./www")
_CMS = ("pulumi-website-cms:targetDomain=www.example.com", "pulumi-website-cms:pathToWebsiteContents=../public")
_ROLE = ("roleToAssumeARN=arn:aws:iam::111122223333:role/other",)
_ZONE = '{"invokes": {"aws:route53/getZone:getZone": {"id": "Z1", "zoneId": "Z1", "name": "example.com"}}}'
_REGIONS = '{"invokes": {"aws:index/getRegions:getRegions": {"names": ["us-east-1", "us-east-2"]}}}'
_VPC = (
    '{"invokes": {"aws:ec2/getVpc:getVpc": {"id": "vpc-1", "cidrBlock": "10.0.0.0/16"}, '
    '"aws:ec2/getSubnets:getSubnets": {"ids": ["subnet-1", "subnet-2"]}, "aws:ec2/getSubnet:getSubnet": {"id": "subnet-1"}}}'
)


class Example(NamedTuple):
    """A program, the configuration it asks for and the answers it needs."""

    folder: str
    config: tuple[str, ...] = ()
    mocks: str = ""


EXAMPLES = (
    Example("aws-py-s3-folder"),
    Example("aws-py-static-website", _SITE, _ZONE),
    Example("aws-py-redshift-glue-etl", _GLUE),
    Example("aws-py-assume-role/assume-role", _ROLE),
    Example("testing-integration-py"),
    Example("aws-ts-s3-folder"),
    Example("aws-ts-static-website", _SITE, _ZONE),
    Example("aws-ts-scheduled-function"),
    Example("aws-ts-s3-lambda-copyzip"),
    Example("aws-ts-lambda-thumbnailer"),
    Example("aws-ts-thumbnailer", (), _VPC),
    Example("aws-ts-serverless-datawarehouse"),
    Example(
        "aws-ts-twitter-athena",
        tuple(f"twitter{key}=x" for key in ("ConsumerKey", "ConsumerSecret", "AccessTokenKey", "AccessTokenSecret", "Query")),
    ),
    Example("aws-ts-synthetics-canary"),
    Example("aws-ts-redshift-glue-etl", _GLUE),
    Example("aws-ts-assume-role/assume-role", _ROLE),
    Example("aws-ts-netlify-cms-and-oauth/cms/infrastructure", _CMS, _ZONE),
    Example("multicloud-ts-buckets", ("gcp:project=p",)),
    Example("secrets-provider/aws", ("bucketName=b", "secretValue=x")),
    Example("testing-integration/program"),
    Example("kubernetes-ts-s3-rollout"),
    Example("aws-ts-eks-distro"),
    Example("aws-go-s3-folder"),
    Example("aws-go-s3-folder-component"),
    Example("aws-go-assume-role/assume-role", _ROLE),
    Example("aws-go-console-slack-notification", ("slackWebhookURL=https://example.com",), _REGIONS),
)


def main() -> int:
    """0 where every program came to a verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("names", nargs="*", help="only these folders")
    options = parser.parse_args()
    chosen = [example for example in EXAMPLES if not options.names or example.folder in options.names]
    print("| program | verdict | why |\n|---|---|---|")
    outcomes = [show(example, options.checkout) for example in chosen]
    return int(any(isinstance(outcome, Failure) for outcome in outcomes))


def show(example: Example, checkout: Path) -> Run | Failure:
    """Run one program and print its row."""
    folder = checkout / example.folder
    install(folder)
    with tempfile.TemporaryDirectory() as scratch:
        mocks = Path(scratch) / "mocks.json"
        mocks.write_text(example.mocks, encoding="utf-8")
        request = RunOptions(folder, config=(_REGION, *example.config), mocks=mocks if example.mocks else None)
        outcome = preview(request)
    verdict, why = ("fails", explain(outcome)) if isinstance(outcome, Failure) else describe(outcome)
    given = f"; with answers to {', '.join(name_answers(example))}" if example.mocks else ""
    print(f"| `{example.folder}` | {verdict} | {why}{given} |", flush=True)
    return outcome


def name_answers(example: Example) -> list[str]:
    """The data sources that `--mocks` answers."""
    return [f"`{word}`" for word in example.mocks.split('"') if word.count(":") > 1]


def explain(failure: Failure) -> str:
    """Our line, and the program's own reason: its last line that names an error."""
    own = [line.strip() for line in failure.output.splitlines() if re.match(r"\s*(error:|(\w*Error|\S+: error)\b)", line)]
    return f"{failure.message}: `{_COLOUR.sub('', own[-1])}`" if own else failure.message


def install(folder: Path) -> None:
    """A Node program's packages; types that do not fit are not the question here."""
    npm = shutil.which("npm")
    if npm and (folder / "package.json").exists() and not (folder / "node_modules").exists():
        command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps"]
        subprocess.run(command, cwd=folder, capture_output=True, check=False)


def describe(run: Run) -> tuple[str, str]:
    """In how many runs, and what counts in the end."""
    mandatory = [each for each in run.diagnostics if each.level == "mandatory"]
    unknown = any("not known" in each.message for each in run.first)
    verdict = "blocked" if mandatory else "passes"
    parts = [
        phrase(policy, [each for each in mandatory if each.policy == policy]) for policy in dict.fromkeys(each.policy for each in mandatory)
    ]
    late = ["decided from resolved outputs only"] if unknown and mandatory else []
    return verdict, "; ".join((*parts, *late, *run.notes)) or "no bucket, or all as they should be"


_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_WORDS: Mapping[str, str] = {
    "aws-s3-bucket-has-policy": "no policy on",
    "aws-s3-bucket-policy-denies-unencrypted-uploads": "uploads without the header to",
    "aws-s3-bucket-policy-denies-insecure-transport": "uploads over HTTP to",
}


def phrase(policy: str, violations: list[Diagnostic]) -> str:
    """One policy's violations in a few words."""
    names = ", ".join(f"`{each.urn.split('::')[-1]}`" for each in violations)
    return f"{_WORDS.get(policy, policy)} {names}"


if __name__ == "__main__":
    sys.exit(main())
