package grpcapi_test

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
)

// apiServices are the services of the API, as the linked protos declare them.
func apiServices() (out []protoreflect.ServiceDescriptor) {
	protoregistry.GlobalFiles.RangeFilesByPackage("mingjian.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			out = append(out, file.Services().Get(i))
		}
		return true
	})
	return out
}

// TestEveryMethodHasARow holds the access table to the methods that there are: a method without a row is open to nobody, and
// a row without a method hides a mistake in a name.
func TestEveryMethodHasARow(t *testing.T) {
	t.Parallel()
	rows, methods := grpcapi.AllAccess(), 0
	eachMethod(func(m protoreflect.MethodDescriptor) {
		methods++
		roles, ok := rows[fullName(m)]
		if !ok || len(roles) == 0 {
			t.Errorf("%s is open to nobody", fullName(m))
		}
		delete(rows, fullName(m))
		for i, r := range roles {
			_, err := domain.ParseRole(string(r))
			if public := r == grpcapi.Public; err != nil && !public || public && len(roles) > 1 || slices.Contains(roles[:i], r) {
				t.Errorf("%s: %v", fullName(m), roles)
			}
		}
		if m.Output().Fields().ByName("receipt") != nil && (slices.Contains(roles, grpcapi.Public) || slices.Contains(roles, domain.Integrator)) {
			t.Errorf("%s writes and is open to %v", fullName(m), roles)
		}
	})
	for method := range rows {
		t.Errorf("a row names %s, which there is not", method)
	}
	if methods == 0 {
		t.Error("no method was found")
	}
}
