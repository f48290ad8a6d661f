// Small programs as people write them, one for each value of the configuration `program`.
package main

import (
	"encoding/json"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// Bucket is what the package of AWS has, which takes minutes to compile.
type Bucket struct {
	pulumi.CustomResourceState

	Arn    pulumi.StringOutput `pulumi:"arn"`
	Bucket pulumi.StringOutput `pulumi:"bucket"`
}

// BucketPolicy is the same of a policy.
type BucketPolicy struct {
	pulumi.CustomResourceState
}

// Store is a bucket and its policy, as a team shares them.
type Store struct {
	pulumi.ResourceState
}

func newBucket(ctx *pulumi.Context, name string, options ...pulumi.ResourceOption) (*Bucket, error) {
	bucket := &Bucket{}
	return bucket, ctx.RegisterResource("aws:s3/bucket:Bucket", name, pulumi.Map{}, bucket, options...)
}

func attach(ctx *pulumi.Context, name string, bucket pulumi.StringInput, policy pulumi.Input, options ...pulumi.ResourceOption) error {
	inputs := pulumi.Map{"bucket": bucket, "policy": policy}
	return ctx.RegisterResource("aws:s3/bucketPolicy:BucketPolicy", name, inputs, &BucketPolicy{}, options...)
}

func write(arn string) (string, error) {
	denied := func(action string, resources []string, operator, key, value string) map[string]any {
		condition := map[string]any{operator: map[string]string{key: value}}
		return map[string]any{"Effect": "Deny", "Principal": "*", "Action": action, "Resource": resources, "Condition": condition}
	}
	document, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{
		denied("s3:PutObject", []string{arn + "/*"}, "Null", "s3:x-amz-server-side-encryption", "true"),
		denied("s3:*", []string{arn, arn + "/*"}, "Bool", "aws:SecureTransport", "false"),
	}})
	return string(document), err
}

func formatTheName(ctx *pulumi.Context) error {
	orders, err := newBucket(ctx, "orders")
	if err != nil {
		return err
	}
	return attach(ctx, "orders", orders.Bucket, pulumi.Sprintf("arn:aws:s3:::%s", orders.Bucket).ApplyT(write))
}

func applyToTheArn(ctx *pulumi.Context) error {
	orders, err := newBucket(ctx, "orders")
	if err != nil {
		return err
	}
	return attach(ctx, "orders", orders.ID().ToStringOutput(), orders.Arn.ApplyT(write))
}

func makeAComponent(ctx *pulumi.Context) error {
	store := &Store{}
	if err := ctx.RegisterComponentResource("shop:index:Store", "orders", store); err != nil {
		return err
	}
	orders, err := newBucket(ctx, "orders", pulumi.Parent(store))
	if err != nil {
		return err
	}
	policy := pulumi.Sprintf("arn:aws:s3:::%s", orders.Bucket).ApplyT(write)
	return attach(ctx, "orders", orders.ID().ToStringOutput(), policy, pulumi.Parent(orders))
}

func main() {
	programs := map[string]func(*pulumi.Context) error{
		"formatTheName": formatTheName, "applyToTheArn": applyToTheArn, "makeAComponent": makeAComponent,
	}
	pulumi.Run(func(ctx *pulumi.Context) error {
		return programs[config.Require(ctx, "program")](ctx)
	})
}
