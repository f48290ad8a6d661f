"""
The resource types that carry a bucket policy or a bucket, as exact tokens: other services have buckets of the same name.

Constants only: this is read at every resource of a user's program, before anything else of the pack is even loaded.
"""

#: Type of bucket to the property that holds its name.
BUCKET_NAME = {
    "aws:s3/bucket:Bucket": "bucket",
    "aws:s3/bucketV2:BucketV2": "bucket",
    "aws-native:s3:Bucket": "bucketName",
}
#: Type of bucket policy to the property that holds the document.
POLICY_DOCUMENT = {
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws-native:s3:BucketPolicy": "policyDocument",
}
#: Types of bucket that take a document as their own `policy`.
INLINE = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
JUDGED = frozenset({*BUCKET_NAME, *POLICY_DOCUMENT})

#: Types by which S3 buckets are made past the types above: the property that shows it, "" where the type itself does.
DOORS = {
    "aws:index/s3Bucket:S3Bucket": "",
    "aws:index/s3BucketPolicy:S3BucketPolicy": "",
    "aws:cloudcontrol/resource:Resource": "typeName",
    "aws:cloudformation/stack:Stack": "templateBody",
    "aws:cloudformation/stackSet:StackSet": "templateBody",
    "aws-native:cloudformation:Stack": "templateBody",
    "aws-native:cloudformation:StackSet": "templateBody",
    "aws-native:index:ExtensionResource": "type",
}
#: Types by which AWS is told to deliver into a bucket; `crossguard.judging.senders` reads their properties.
DELIVERING = frozenset(
    {
        *BUCKET_NAME,
        "aws:s3/bucketLogging:BucketLogging",
        "aws:s3/bucketLoggingV2:BucketLoggingV2",
        "aws:ec2/flowLog:FlowLog",
        "aws-native:ec2:FlowLog",
        "aws:cloudtrail/trail:Trail",
        "aws-native:cloudtrail:Trail",
        "aws:cfg/deliveryChannel:DeliveryChannel",
        "aws-native:configuration:DeliveryChannel",
        "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",
        "aws-native:route53resolver:ResolverQueryLoggingConfig",
        "aws:lb/loadBalancer:LoadBalancer",
        "aws:alb/loadBalancer:LoadBalancer",
        "aws:applicationloadbalancing/loadBalancer:LoadBalancer",
        "aws:elasticloadbalancingv2/loadBalancer:LoadBalancer",
        "aws:elb/loadBalancer:LoadBalancer",
        "aws:elasticloadbalancing/loadBalancer:LoadBalancer",
        "aws-native:elasticloadbalancingv2:LoadBalancer",
    }
)
#: What the stack policy looks at.
WATCHED = JUDGED | DOORS.keys()

DIRECTORY_BUCKET = "the bucket is a directory bucket, whose policy has actions and ARNs of its own (s3express)"
_LIGHTSAIL = "a Lightsail bucket takes no bucket policy"
_OUTPOSTS = "buckets and policies of S3 on Outposts are another service's"
_TABLES = "buckets and policies of S3 Tables are another service's"
_VECTORS = "buckets and policies of S3 Vectors are another service's"
#: Type of another service's bucket or bucket policy to the reason why it is not judged.
OTHERS = {
    "aws:s3/directoryBucket:DirectoryBucket": DIRECTORY_BUCKET,
    "aws-native:s3express:DirectoryBucket": DIRECTORY_BUCKET,
    "aws-native:s3express:BucketPolicy": DIRECTORY_BUCKET,
    "aws:lightsail/bucket:Bucket": _LIGHTSAIL,
    "aws-native:lightsail:Bucket": _LIGHTSAIL,
    "aws:s3control/bucket:Bucket": _OUTPOSTS,
    "aws:s3control/bucketPolicy:BucketPolicy": _OUTPOSTS,
    "aws-native:s3outposts:Bucket": _OUTPOSTS,
    "aws-native:s3outposts:BucketPolicy": _OUTPOSTS,
    "aws:s3tables/tableBucket:TableBucket": _TABLES,
    "aws:s3tables/tableBucketPolicy:TableBucketPolicy": _TABLES,
    "aws:s3tables/tablePolicy:TablePolicy": _TABLES,
    "aws-native:s3tables:TableBucket": _TABLES,
    "aws-native:s3tables:TableBucketPolicy": _TABLES,
    "aws-native:s3tables:TablePolicy": _TABLES,
    "aws:s3/vectorsVectorBucket:VectorsVectorBucket": _VECTORS,
    "aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy": _VECTORS,
    "aws-native:s3vectors:VectorBucket": _VECTORS,
    "aws-native:s3vectors:VectorBucketPolicy": _VECTORS,
}
_NEITHER = "the resource is neither an S3 bucket nor an S3 bucket policy"


def explain(resource_type: str) -> str:
    """Why nothing is judged at a resource of this type, which is none of `JUDGED`."""
    return OTHERS.get(resource_type, _NEITHER)
