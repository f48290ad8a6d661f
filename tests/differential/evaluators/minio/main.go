// MinIO's evaluator of bucket policies (AGPL-3.0), asked by the tests as a process of its own.
package main

import (
	"encoding/json"

	"github.com/minio/pkg/v3/policy"
	"github.com/minio/pkg/v3/policy/condition"

	"evaluators/oracle"
)

func main() {
	oracle.Answer(read)
}

func read(document []byte) (oracle.Denies, error) {
	var found policy.BucketPolicy
	if err := json.Unmarshal(document, &found); err != nil {
		return nil, err
	}
	return func(request oracle.Request) bool {
		// To the bucket's owner everything is allowed that no Deny applies to.
		return !found.IsAllowed(policy.BucketPolicyArgs{
			AccountName:     request.Principal,
			Action:          policy.Action(request.Action),
			BucketName:      request.Bucket,
			ObjectName:      request.Object,
			ConditionValues: name(request.Context),
			IsOwner:         true,
		})
	}, nil
}

// Its context is keyed by names without their prefix.
func name(context map[string][]string) map[string][]string {
	named := make(map[string][]string, len(context))
	for key, values := range context {
		named[condition.KeyName(key).Name()] = values
	}
	return named
}
