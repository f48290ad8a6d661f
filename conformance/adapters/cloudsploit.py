"""
CloudSploit's answers, by one of its plugins.

    git clone https://github.com/aquasecurity/cloudsploit; cd cloudsploit; npm install
    python conformance/run.py --only QUESTION python conformance/adapters/cloudsploit.py FOLDER PLUGIN

* bucketEncryptionInTransit, bucketSecureTransportEnabled: ask that policies require TLS (requests-without-tls).
* bucketEnforceEncryption: asks that policies refuse uploads without encryption (uploads-without-header). By default it passes every bucket;
  with the setting s3_enforce_encryption_require_cmk it reads the policy, and wants KMS. It is asked with that setting on.

CloudSploit reads buckets from an account; here a plugin is given what S3 would have said, as its own tests do. UNKNOWN is no answer.
"""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from conformance.adapters.templates import ALL_REQUESTS, HEADER, answer, read_asked

#: Takes pairs of a bucket and a document as JSON on standard input, and prints for each whether the plugin is content, or null.
PROGRAM = """
const plugin = require(`${process.cwd()}/plugins/aws/s3/${process.argv[1]}.js`);
function judge([bucket, document]) {
  const of = (data) => ({ "us-east-1": { [bucket]: { data } } });
  const cache = { s3: {
    listBuckets: { "us-east-1": { data: [{ Name: bucket }] } },
    getBucketPolicy: of({ Policy: JSON.stringify(document) }),
    getBucketLocation: of({ LocationConstraint: "us-east-1" }),
  } };
  let found = [];
  try {
    plugin.run(cache, { s3_enforce_encryption_require_cmk: "true" }, (error, results) => { found = results; });
  } catch (error) {
    return null;
  }
  return found.length === 1 && [0, 2].includes(found[0].status) ? found[0].status === 0 : null;
}
console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0)).map(judge)));
"""


def main(folder: str, plugin: str) -> None:
    """An answer for each question that the plugin is about."""
    every = read_asked(HEADER if plugin == "bucketEnforceEncryption" else ALL_REQUESTS)
    pairs = json.dumps([(asked.bucket, asked.document) for asked in every])
    ended = subprocess.run(["node", "-e", PROGRAM, plugin], input=pairs, cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
    for asked, passes in zip(every, json.loads(ended.stdout), strict=True):
        answer(asked, passes)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
