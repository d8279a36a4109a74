package grpcapi

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/audit"
)

// KeyPurpose names the metadata in which a caller says what a read is for. Characters beyond ASCII are percent-encoded, as
// headers have no others.
const KeyPurpose = "mingjian-purpose"

// personalReads are the methods whose answers hold personal data.
func personalReads() []string {
	return []string{"/mingjian.v1.PersonalService/OpenPersonal", "/mingjian.v1.RedactionService/GetRedaction"}
}

// classes says of each method of the table what its answers show, empty for those that enter nothing: what is public, and
// what writes, since the event itself says who did it. A method that answers with a receipt writes; every other one that
// is not public is a read, so that a new one is audited unless somebody says that it is not.
func (a Access) classes() map[string]audit.Class {
	out := map[string]audit.Class{}
	for method, roles := range a {
		switch {
		case slices.Contains(roles, Public), writes(method):
		case slices.Contains(personalReads(), method):
			out[method] = audit.Personal
		default:
			out[method] = audit.Unpublished
		}
	}
	return out
}

// writes tells whether a method answers with a receipt.
func writes(method string) bool {
	name := protoreflect.FullName(strings.ReplaceAll(strings.TrimPrefix(method, "/"), "/", "."))
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(name)
	m, ok := found.(protoreflect.MethodDescriptor)
	return err == nil && ok && m.Output().Fields().ByName("receipt") != nil
}

// purpose is what the caller says the read is for: in the request, where it has such a field, else in the metadata.
func purpose(ctx context.Context, req proto.Message) (string, error) {
	if r, ok := req.(interface{ GetPurpose() string }); ok {
		return r.GetPurpose(), purposeFault(r.GetPurpose())
	}
	given := one(ctx, KeyPurpose)
	text, err := url.PathUnescape(given)
	if err != nil {
		text = given
	}
	return text, purposeFault(text)
}

// purposeFault is audit.Purpose as an error; a nil fault is none.
func purposeFault(text string) error { return domain.Require(audit.Purpose(text)) }

// audited enters an answer that is about to leave. If that fails, it does not leave.
func (c *Chain) audited(ctx context.Context, req proto.Message) error {
	call := CallOf(ctx)
	class := c.classes[call.Method]
	if class == "" {
		return nil
	}
	why, err := purpose(ctx, req)
	if err != nil {
		return err
	}
	err = c.Trail.Enter(ctx, audit.Read{
		Account: call.Actor.Account, Role: call.Actor.Role, Authority: call.Actor.Authority, Method: strings.TrimPrefix(call.Method, "/"),
		Class: class, Record: recordIn(req), Purpose: why, RequestID: RequestID(ctx),
	})
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	fault := domain.Refuse(domain.Unavailable, "audit.unavailable", "",
		"查阅日志暂时无法写入，因此不能提供未公开信息，请稍后重试", "the trail can't be written now, hence nothing that is not public is shown; try again")
	fault.Err = err
	return fault
}

// recordIn names what a request asks for by its ids.
func recordIn(req proto.Message) string {
	var ids []string
	m := req.ProtoReflect()
	for i := range m.Descriptor().Fields().Len() {
		f := m.Descriptor().Fields().Get(i)
		name := string(f.Name())
		if f.Kind() != protoreflect.StringKind || f.IsList() || !m.Has(f) {
			continue
		}
		if strings.HasSuffix(name, "_id") || slices.Contains([]string{"id", "item", "person", "record"}, name) {
			ids = append(ids, name+"="+m.Get(f).String())
		}
	}
	return strings.Join(ids, " ")
}
