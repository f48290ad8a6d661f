// Small programs as people write them, one for each value of the configuration `program`.
import * as pulumi from "@pulumi/pulumi";

// What the package of AWS has, of which only the types are large.
class Bucket extends pulumi.CustomResource {
  readonly arn!: pulumi.Output<string>;
  readonly bucket!: pulumi.Output<string>;

  constructor(name: string, inputs: { bucket?: pulumi.Input<string> } = {}, options?: pulumi.CustomResourceOptions) {
    super("aws:s3/bucket:Bucket", name, { arn: undefined, bucket: undefined, ...inputs }, options);
  }
}

class BucketPolicy extends pulumi.CustomResource {
  constructor(
    name: string,
    inputs: { bucket: pulumi.Input<string>; policy: pulumi.Input<string | object> },
    options?: pulumi.CustomResourceOptions,
  ) {
    super("aws:s3/bucketPolicy:BucketPolicy", name, inputs, options);
  }
}

function getPolicyDocumentOutput(inputs: { statements: object[] }): pulumi.Output<{ json: string }> {
  return pulumi.runtime.invokeOutput("aws:iam/getPolicyDocument:getPolicyDocument", inputs);
}

const denied = { Effect: "Deny", Principal: "*" };
const write = (arn: pulumi.Input<string>) => ({
  Version: "2012-10-17",
  Statement: [
    {
      ...denied,
      Action: "s3:PutObject",
      Resource: pulumi.interpolate`${arn}/*`,
      Condition: { Null: { "s3:x-amz-server-side-encryption": "true" } },
    },
    {
      ...denied,
      Action: "s3:*",
      Resource: [arn, pulumi.interpolate`${arn}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ],
});

class Store extends pulumi.ComponentResource {
  constructor(name: string) {
    super("shop:index:Store", name);
    const bucket = new Bucket(name, {}, { parent: this });
    const policy = pulumi.jsonStringify(write(pulumi.interpolate`arn:aws:s3:::${bucket.bucket}`));
    new BucketPolicy(name, { bucket: bucket.id, policy }, { parent: bucket });
    this.registerOutputs({ name: bucket.bucket });
  }
}

const programs: Record<string, () => void> = {
  stringifyTheName() {
    const orders = new Bucket("orders");
    const policy = pulumi.jsonStringify(write(pulumi.interpolate`arn:aws:s3:::${orders.bucket}`));
    new BucketPolicy("orders", { bucket: orders.id, policy });
  },
  applyToTheArn() {
    const orders = new Bucket("orders");
    const policy = pulumi.output(write(orders.arn)).apply(JSON.stringify);
    new BucketPolicy("orders", { bucket: orders.bucket, policy });
  },
  giveAnObject() {
    const orders = new Bucket("orders", { bucket: "shop-orders" });
    new BucketPolicy("orders", { bucket: orders.id, policy: write("arn:aws:s3:::shop-orders") });
  },
  askTheDataSource() {
    const orders = new Bucket("orders", { bucket: "shop-orders" });
    const principals = [{ type: "*", identifiers: ["*"] }];
    const { json } = getPolicyDocumentOutput({
      statements: [
        {
          effect: "Deny",
          principals,
          actions: ["s3:PutObject"],
          resources: ["arn:aws:s3:::shop-orders/*"],
          conditions: [{ test: "Null", variable: "s3:x-amz-server-side-encryption", values: ["true"] }],
        },
        {
          effect: "Deny",
          principals,
          actions: ["s3:*"],
          resources: ["arn:aws:s3:::shop-orders", "arn:aws:s3:::shop-orders/*"],
          conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
        },
      ],
    });
    new BucketPolicy("orders", { bucket: orders.bucket, policy: json });
  },
  makeAComponent() {
    new Store("orders");
  },
};

programs[new pulumi.Config().require("program")]();
