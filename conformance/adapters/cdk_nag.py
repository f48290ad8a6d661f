"""
cdk-nag's answers, by its rule AwsSolutions-S10, which asks that a bucket and its policy require TLS of all requests.

    npm install cdk-nag aws-cdk-lib constructs      # in some FOLDER
    python conformance/run.py --only requests-without-tls python conformance/adapters/cdk_nag.py FOLDER

Each document is included from a CloudFormation template into a stack of its own. Where the rule ends with an error there is no answer.
"""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from conformance.adapters.templates import ALL_REQUESTS, answer, as_cloudformation, lay_out, read_asked

#: Takes paths of templates as JSON on standard input, and prints for each whether the rule is content, or null.
PROGRAM = """
const { App, Stack } = require("aws-cdk-lib");
const { CfnInclude } = require("aws-cdk-lib/cloudformation-include");
const { AwsSolutionsChecks } = require("cdk-nag");
function judge(templateFile) {
  try {
    const stack = new Stack(new App(), "Stack");
    new CfnInclude(stack, "Template", { templateFile });
    const found = new AwsSolutionsChecks().validateScope(stack).violations.filter((one) => one.ruleName === "AwsSolutions-S10");
    return found.some((one) => one.description.startsWith("Rule threw")) ? null : found.length === 0;
  } catch (error) {
    return null;
  }
}
console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0)).map(judge)));
"""


def main(folder: str) -> None:
    """An answer for each question that the rule is about."""
    every = read_asked(ALL_REQUESTS)
    with lay_out({f"{asked.name}.json": as_cloudformation(asked) for asked in every}) as files:
        paths = [str(files / f"{asked.name}.json") for asked in every]
        ended = subprocess.run(["node", "-e", PROGRAM], input=json.dumps(paths), cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
    for asked, passes in zip(every, json.loads(ended.stdout), strict=True):
        answer(asked, passes)


if __name__ == "__main__":
    main(sys.argv[1])
