package grpcapi_test

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
)

// apiServices are the services that are answered here, as the linked protos declare them: those of which the access table
// knows any method. That no other is registered is for the test of the instance, in cmd.
func apiServices() (out []protoreflect.ServiceDescriptor) {
	protoregistry.GlobalFiles.RangeFilesByPackage("mingjian.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for method := range grpcapi.AllAccess() {
				if strings.HasPrefix(method, "/"+string(service.FullName())+"/") {
					out = append(out, service)
					break
				}
			}
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
