package shop;

import com.pulumi.Context;
import com.pulumi.Pulumi;
import com.pulumi.aws.s3.BucketPolicy;
import com.pulumi.aws.s3.BucketPolicyArgs;
import com.pulumi.aws.s3.BucketV2;
import com.pulumi.aws.s3.BucketV2Args;
import com.pulumi.core.Output;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.CustomResourceOptions;
import java.util.Map;
import java.util.function.Consumer;

/** Small programs as people write them, one for each value of the configuration {@code program}. */
public final class App {
    private static final String DOCUMENT = """
        {"Version": "2012-10-17", "Statement": [
          {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "%1$s/*",
           "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}}},
          {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["%1$s", "%1$s/*"],
           "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}""";

    public static void main(String[] args) {
        Map<String, Consumer<Context>> programs = Map.of(
            "applyToTheName", App::applyToTheName, "applyToTheArn", App::applyToTheArn, "makeAComponent", App::makeAComponent);
        Pulumi.run(context -> programs.get(context.config().require("program")).accept(context));
    }

    private static void applyToTheName(Context context) {
        var orders = new BucketV2("orders");
        attach("orders", orders.id(), write(Output.format("arn:aws:s3:::%s", orders.bucket())), CustomResourceOptions.Empty);
    }

    private static void applyToTheArn(Context context) {
        var orders = new BucketV2("orders");
        attach("orders", orders.bucket(), write(orders.arn()), CustomResourceOptions.Empty);
    }

    private static void makeAComponent(Context context) {
        new Store("orders");
    }

    private static Output<String> write(Output<String> arn) {
        return arn.applyValue(known -> DOCUMENT.formatted(known));
    }

    private static void attach(String name, Output<String> bucket, Output<String> policy, CustomResourceOptions options) {
        new BucketPolicy(name, BucketPolicyArgs.builder().bucket(bucket).policy(policy).build(), options);
    }

    /** A bucket and its policy, as a team shares them. */
    private static final class Store extends ComponentResource {
        Store(String name) {
            super("shop:index:Store", name);
            var inside = CustomResourceOptions.builder().parent(this).build();
            var bucket = new BucketV2(name, BucketV2Args.Empty, inside);
            var arn = Output.format("arn:aws:s3:::%s", bucket.bucket());
            attach(name, bucket.id(), write(arn), CustomResourceOptions.builder().parent(bucket).build());
            registerOutputs(Map.of("name", bucket.bucket()));
        }
    }
}
