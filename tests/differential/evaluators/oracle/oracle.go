// Package oracle puts questions to an evaluator of bucket policies: one document with its requests a line, one line of answers for each.
package oracle

import (
	"bufio"
	"encoding/json"
	"io"
	"log"
	"os"
)

// Request is what the evaluator is asked about; condition keys are spelled as AWS documents them.
type Request struct {
	Principal string              `json:"principal"`
	Action    string              `json:"action"`
	Bucket    string              `json:"bucket"`
	Object    string              `json:"object"`
	Context   map[string][]string `json:"context"`
}

// Denies tells whether a Deny statement of the document that was read applies to a request.
type Denies func(Request) bool

type question struct {
	Document json.RawMessage `json:"document"`
	Requests []Request       `json:"requests"`
}

type answer struct {
	Denied  []bool `json:"denied,omitempty"`
	Refused string `json:"refused,omitempty"`
}

// Answer reads questions from standard input to its end; a document that the evaluator does not take is answered with its error.
func Answer(read func(document []byte) (Denies, error)) {
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	buffer := bufio.NewWriter(os.Stdout)
	out := json.NewEncoder(buffer)
	for {
		var asked question
		if err := in.Decode(&asked); err == io.EOF {
			break
		} else if err != nil {
			log.Fatal(err)
		}
		if err := out.Encode(answerOne(read, asked)); err != nil {
			log.Fatal(err)
		}
	}
	if err := buffer.Flush(); err != nil {
		log.Fatal(err)
	}
}

func answerOne(read func(document []byte) (Denies, error), asked question) answer {
	denies, err := read(asked.Document)
	if err != nil {
		return answer{Refused: err.Error()}
	}
	found := answer{Denied: make([]bool, len(asked.Requests))}
	for number, request := range asked.Requests {
		found.Denied[number] = denies(request)
	}
	return found
}
