package shop;

import com.pulumi.Context;
import com.pulumi.Pulumi;
import com.pulumi.aws.s3.BucketPolicy;
import com.pulumi.aws.s3.BucketPolicyArgs;
import com.pulumi.aws.s3.BucketV2;

public final class App {
    private static final String DOCUMENT = """
        {"Version": "2012-10-17", "Statement": [
          {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "%1$s/*",
           "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}}},
          {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["%1$s", "%1$s/*"],
           "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}""";

    public static void main(String[] args) {
        Pulumi.run(App::declare);
    }

    private static void declare(Context context) {
        var data = new BucketV2("data");
        new BucketPolicy("data-policy", BucketPolicyArgs.builder()
            .bucket(data.id())
            .policy(data.arn().applyValue(arn -> DOCUMENT.formatted(arn)))
            .build());
        var logs = new BucketV2("logs");
        context.export("zone", context.config().require("zone").length() > 0 ? logs.id() : data.id());
    }
}
