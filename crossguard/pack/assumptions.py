"""What each named assumption says, in one sentence; the names are those of the configuration key `assumptions`."""

MEANINGS = {
    "secure-transport-present": "`aws:SecureTransport` is in every request.",
    "tls-version-absent-on-http": "`s3:TlsVersion` is absent from requests over plain HTTP.",
    "string-op-on-bool-key": "A string operator on a Bool key compares with the strings `true` and `false`.",
    "aws-star-covers-services": 'The principal {"AWS": "*"} in a Deny covers AWS service principals.',
    "source-ip-or-vpc-endpoint": "`aws:SourceIp` is present exactly when `aws:SourceVpce` is not.",
    "anonymous-has-no-identity": "Anonymous requests carry no `aws:PrincipalArn`, `aws:PrincipalOrgID` or `aws:PrincipalIsAWSService`.",
    "service-principal-keys": "A service principal has `aws:PrincipalIsAWSService` set to true, and `aws:PrincipalServiceName`.",
    "principal-keys-agree": "`aws:PrincipalArn` and `aws:PrincipalAccount` agree with the principal.",
    "partition-from-document": "The bucket is in the AWS partition that the document's own ARNs of it name.",
    "inapplicable-keys-absent": "A condition key that an action does not know is absent from its requests.",
    "tls-versions-are-known": "`s3:TlsVersion` is 1.0, 1.1, 1.2 or 1.3.",
    "refused-by-s3": "A document that S3 is publicly known to refuse is not in force.",
}
