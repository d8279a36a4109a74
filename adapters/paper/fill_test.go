package paper_test

import (
	"google.golang.org/protobuf/reflect/protoreflect"
)

// kept are the fields that are no texts but lead from one part of a paper to another.
var kept = map[protoreflect.Name]bool{
	"id": true, "authority_id": true, "inspector_id": true, "inspectors": true, "draw_id": true, "name": true, "departments": true, "department": true,
	"item": true, "line": true, "result": true, "served_by": true, "recorded_by": true, "signed": true, "by": true, "code": true, "task_kind": true,
}

// fill gives every other text of a message this value, dates and codes too, as if all came from outside.
func fill(m protoreflect.Message, value string) {
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.IsList() && fd.Kind() == protoreflect.MessageKind:
			for i := range v.List().Len() {
				fill(v.List().Get(i).Message(), value)
			}
		case fd.Kind() == protoreflect.MessageKind:
			fill(v.Message(), value)
		case kept[fd.Name()] || fd.Kind() != protoreflect.StringKind:
		case fd.IsList():
			for i := range v.List().Len() {
				v.List().Set(i, protoreflect.ValueOfString(value))
			}
		default:
			m.Set(fd, protoreflect.ValueOfString(value))
		}
		return true
	})
}
