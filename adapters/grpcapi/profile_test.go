package grpcapi_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/profile"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

func TestProfilesAreForEverybody(t *testing.T) {
	w := newMatrixWorld(t)
	list := asked[*mingjianv1.ListProfilesResponse](w, caller{}, &mingjianv1.ListProfilesRequest{}).GetProfiles()
	if len(list) != len(profile.Embedded().All()) {
		t.Fatalf("%d profiles", len(list))
	}
	current := map[string]string{}
	for _, p := range list {
		if p.GetCurrent() {
			current[p.GetPlatform()+"/"+p.GetKind()] = p.GetVersion()
		}
		got := asked[*mingjianv1.GetProfileResponse](w, caller{}, &mingjianv1.GetProfileRequest{Platform: p.GetPlatform(), Kind: p.GetKind(), Version: p.GetVersion()}).GetProfile()
		var read profile.Profile
		if err := json.Unmarshal(got.GetData(), &read); err != nil || read.ID() != p.GetPlatform()+"/"+p.GetKind()+"/"+p.GetVersion() || read.Label != p.GetLabel() ||
			read.From.String() != p.GetFrom() || len(read.Fields) == 0 || got.GetContentType() != "application/json" {
			t.Errorf("%v: %v, %s of type %s", p, err, read.ID(), got.GetContentType())
		}
	}
	if current["credit_china/penalty"] != "2018" || current["credit_china/licence"] != "2018" {
		t.Errorf("today hold %v", current)
	}
	schema := asked[*mingjianv1.GetProfileSchemaResponse](w, caller{}, &mingjianv1.GetProfileSchemaRequest{Platform: "credit_china", Kind: "penalty"}).GetSchema()
	p, _ := profile.Embedded().Get("credit_china", profile.Penalty, "2018")
	if schema.GetContentType() != "application/schema+json" || !bytes.Equal(schema.GetData(), p.Schema()) {
		t.Errorf("a schema of type %s: %s", schema.GetContentType(), schema.GetData())
	}
	for _, req := range []*mingjianv1.GetProfileSchemaRequest{
		{Platform: "nobody", Kind: "penalty"}, {Platform: "credit_china", Kind: "inspection"}, {Platform: "credit_china", Kind: "penalty", Version: "2017"},
	} {
		if _, err := w.send(caller{}, "", req); faultOf(err) != "profile.missing" {
			t.Errorf("%v: %v", req, err)
		}
	}
}
