package roster_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

func subjectExamples() []roster.SubjectEvent {
	full := registered()
	full.ID, full.Code = "91540321MA6TCRT16P", "91540321MA6TCRT16P"
	full.CodeFindings = uscc.Check(full.Code)
	plain := registered()
	plain.ID, plain.Code, plain.Source, plain.Address = "reg:540300000012345", "", roster.Source{}, ""
	return []roster.SubjectEvent{
		full, plain,
		roster.SubjectRedescribed{
			Code: full.Code, CodeFindings: full.CodeFindings, Kind: roster.Enterprise, RegisteredOn: founded, Scope: "牧业",
			Industry: "A03", RegistrationAuthority: "江达县市场监督管理局", Source: full.Source,
		},
		roster.SubjectRenamed{Name: "雪域有限公司", EffectiveOn: today},
		roster.SubjectMoved{District: "540102", Address: "拉萨市城关区2号"},
		roster.SubjectStatusRecorded{Status: roster.Deregistered, Reason: "简易注销", EffectiveOn: today},
		roster.SubjectReclassified{Class: "B", Source: "省级平台", Month: "2026-02"},
		succeeded(),
		roster.SubjectSuccessionRevoked{Successor: heir, Reason: "登记有误"},
		profiled(),
		roster.SubjectRepresented{Name: "次仁某", EffectiveOn: today},
	}
}

func inspectorExamples() []roster.InspectorEvent {
	return []roster.InspectorEvent{
		enrolled(),
		roster.InspectorRelicensed{LicenceNo: "26010002", ValidUntil: until},
		roster.InspectorReassigned{Department: "消防", Lines: []string{"fire"}, Districts: []string{"540000"}, Group: "二组", Expert: true},
		roster.InspectorSuspended{Reason: "外出培训"},
		roster.InspectorReinstated{Reason: "已返岗"},
		roster.ConflictDeclared{Subject: firm, Ground: roster.Kinship, EvidenceDigest: digest},
		roster.ConflictEnded{Subject: firm, Reason: "关系已解除"},
	}
}

func TestGoldens(t *testing.T) {
	estest.Golden(t, "testdata/events/subject", roster.SubjectCodec(), subjectExamples()...)
	estest.Golden(t, "testdata/events/inspector", roster.InspectorCodec(), inspectorExamples()...)
}

func TestAnyHistoryFolds(t *testing.T) {
	estest.Fold(t, roster.Subjects, subjectExamples()...)
	estest.Fold(t, roster.Inspectors, inspectorExamples()...)
}

func FuzzDecode(f *testing.F) {
	types := append(roster.SubjectCodec().Types(), roster.InspectorCodec().Types()...)
	f.Add(0, []byte(`{"id":"91540321MA6TCRT16N","name":"甲","registered_on":"2019-01-01"}`))
	f.Add(9, []byte(`{"lines":null}`))
	f.Fuzz(func(_ *testing.T, typ int, data []byte) {
		name := types[uint(typ)%uint(len(types))]
		if e, err := roster.Subjects.Decode(name, data); err == nil {
			roster.Subjects.Evolve(roster.Subjects.Initial, e)
		}
		if e, err := roster.Inspectors.Decode(name, data); err == nil {
			roster.Inspectors.Evolve(roster.Inspectors.Initial, e)
		}
	})
}
