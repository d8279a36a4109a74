package gateway

import (
	"errors"
	"io"
	"strings"
	"testing"

	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func TestABadBodyIsNotQuoted(t *testing.T) {
	t.Parallel()
	const secret = "110101199003071"
	for name, body := range map[string]string{
		"a number":        `{"decision":{"parties":[{"identity":{"idNumber":` + secret + `}}]}}`,
		"a bare word":     `{"decision":` + secret + `x}`,
		"two values":      `{"decision":{"parties":[{"identity":{"idNumber":"` + secret + `" "` + secret + `"}}]}}`,
		"a broken escape": `{"decision":{"decisionNo":"\q` + secret + `"}}`,
		"a list":          `{"decision":{"decisionNo":["` + secret + `"]}}`,
		"not JSON":        secret,
		"cut off":         `{"decision":{"decisionNo":"` + secret,
	} {
		err := newAnswers().NewDecoder(strings.NewReader(body)).Decode(&mingjianv1.DecidePenaltyRequest{})
		if err == nil || strings.Contains(err.Error(), secret[:8]) {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := newAnswers().NewDecoder(strings.NewReader(`{"decision":{"decisionNo":1}}`)).Decode(&mingjianv1.DecidePenaltyRequest{})
	if err == nil || !strings.Contains(err.Error(), "decisionNo") {
		t.Errorf("the field is not named: %v", err)
	}
	if err := newAnswers().NewDecoder(strings.NewReader("")).Decode(&mingjianv1.DecidePenaltyRequest{}); !errors.Is(err, io.EOF) {
		t.Errorf("an empty body: %v", err)
	}
	good := &mingjianv1.DecidePenaltyRequest{}
	if err := newAnswers().NewDecoder(strings.NewReader(`{"decision":{"decisionNo":"7"}}`)).Decode(good); err != nil || good.GetDecision().GetDecisionNo() != "7" {
		t.Errorf("%v, %v", good, err)
	}
}
