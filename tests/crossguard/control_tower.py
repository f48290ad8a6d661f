"""Resource control policies of AWS Control Tower, as its documentation has them: CT.S3.PV.3, CT.S3.PV.5 and CT.S3.PV.6."""

import json
from typing import Any

SPARED = {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::111122223333:role/uploader"]}}


def _control(sid: str, action: str, condition: dict[str, Any]) -> dict[str, Any]:
    statement = {"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*", "Condition": condition}
    return {"Version": "2012-10-17", "Statement": [statement]}


PV3 = _control("CTS3PV3", "s3:*", {"NumericLessThan": {"s3:TlsVersion": "1.3"}})
PV5 = _control("CTS3PV5", "s3:*", {"Bool": {"aws:SecureTransport": "false"}})
PV6 = _control("CTS3PV6", "s3:PutObject", {"Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "true"}})
PV5_SPARING = _control("CTS3PV5", "s3:*", {"Bool": {"aws:SecureTransport": "false"}, **SPARED})
FULL_ACCESS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}


def describe(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """What `aws organizations describe-policy` prints."""
    summary = {
        "Id": "p-1a2b3c4d5e",
        "Arn": "arn:aws:organizations::111122223333:policy/o-1a2b3c4d5e/resource_control_policy/p-1a2b3c4d5e",
        "Name": name,
        "Description": "",
        "Type": "RESOURCE_CONTROL_POLICY",
        "AwsManaged": False,
    }
    return {"Policy": {"PolicySummary": summary, "Content": json.dumps(document)}}
