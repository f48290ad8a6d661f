// The Versity S3 Gateway's evaluator of bucket policies (Apache-2.0), asked by the tests as a process of its own.
package main

import (
	"github.com/versity/versitygw/auth"

	"evaluators/oracle"
)

func main() {
	oracle.Answer(read)
}

func read(document []byte) (oracle.Denies, error) {
	if _, err := auth.ParsePolicyDocument(document); err != nil {
		return nil, err
	}
	return func(request oracle.Request) bool {
		// What is asked about is the part of a document that concerns everybody; the gateway tells a Deny by the words of its error only.
		err := auth.VerifyPublicBucketPolicy(document, request.Bucket, request.Object, request.Context, nil, auth.Action(request.Action))
		return err != nil && err.Error() == "explicit deny"
	}, nil
}
