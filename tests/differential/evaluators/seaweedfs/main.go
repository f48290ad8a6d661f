// SeaweedFS's evaluator of bucket policies (Apache-2.0), asked by the tests as a process of its own.
package main

import (
	"github.com/seaweedfs/seaweedfs/weed/s3api/policy_engine"

	"evaluators/oracle"
)

const bucket = "any"

func main() {
	oracle.Answer(read)
}

func read(document []byte) (oracle.Denies, error) {
	engine := policy_engine.NewPolicyEngine()
	if err := engine.SetBucketPolicy(bucket, string(document)); err != nil {
		return nil, err
	}
	for _, statement := range engine.GetPolicyStatements(bucket) {
		for operator := range statement.Condition {
			// It would take such a document, and count the condition as one that never holds.
			if _, err := policy_engine.GetConditionEvaluator(operator); err != nil {
				return nil, err
			}
		}
	}
	return func(request oracle.Request) bool {
		return engine.EvaluatePolicy(bucket, &policy_engine.PolicyEvaluationArgs{
			Principal:  request.Principal,
			Action:     request.Action,
			Resource:   policy_engine.BuildResourceArn(request.Bucket, request.Object),
			Conditions: request.Context,
		}) == policy_engine.PolicyResultDeny
	}, nil
}
