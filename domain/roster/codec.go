package roster

import (
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/es/codec"
)

// SubjectCodec is the table of the stored types of subject events.
func SubjectCodec() codec.Table[SubjectEvent] { return subjectTable }

// InspectorCodec is the table of the stored types of inspector events.
func InspectorCodec() codec.Table[InspectorEvent] { return inspectorTable }

var subjectTable = codec.New(
	codec.Type[SubjectRegistered, SubjectEvent](),
	codec.Type[SubjectRedescribed, SubjectEvent](),
	codec.Type[SubjectRenamed, SubjectEvent](),
	codec.Type[SubjectMoved, SubjectEvent](),
	codec.Type[SubjectStatusRecorded, SubjectEvent](),
	codec.Type[SubjectReclassified, SubjectEvent](),
	codec.Type[SubjectSucceeded, SubjectEvent](),
	codec.Type[SubjectSuccessionRevoked, SubjectEvent](),
	codec.Type[SubjectProfiled, SubjectEvent](),
	codec.Type[SubjectRepresented, SubjectEvent](),
)

var inspectorTable = codec.New(
	codec.Type[InspectorEnrolled, InspectorEvent](),
	codec.Type[InspectorRelicensed, InspectorEvent](),
	codec.Type[InspectorReassigned, InspectorEvent](),
	codec.Type[InspectorSuspended, InspectorEvent](),
	codec.Type[InspectorReinstated, InspectorEvent](),
	codec.Type[ConflictDeclared, InspectorEvent](),
	codec.Type[ConflictEnded, InspectorEvent](),
)

// Subjects decides on subjects; a stream's id is the SubjectID.
var Subjects = es.Decider[Subject, SubjectCommand, SubjectEvent]{
	Category: "subject", Evolve: evolveSubject, Decide: decideSubject, Decode: subjectTable.Decode,
}

// Inspectors decides on inspectors; a stream's id is the InspectorID.
var Inspectors = es.Decider[Inspector, InspectorCommand, InspectorEvent]{
	Category: "inspector", Evolve: evolveInspector, Decide: decideInspector, Decode: inspectorTable.Decode,
}
