package grpcapi_test

import (
	"testing"

	"google.golang.org/grpc"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// TestWhatIsPublicNeedsNobody holds the public services to being open, whole.
func TestWhatIsPublicNeedsNobody(t *testing.T) {
	t.Parallel()
	access := grpcapi.AllAccess()
	for _, service := range []grpc.ServiceDesc{
		mingjianv1.PublicService_ServiceDesc, mingjianv1.FeedService_ServiceDesc, mingjianv1.PublicLicenceService_ServiceDesc,
	} {
		names := []string{}
		for _, m := range service.Methods {
			names = append(names, m.MethodName)
		}
		for _, m := range service.Streams {
			names = append(names, m.StreamName)
		}
		for _, name := range names {
			roles := access["/"+service.ServiceName+"/"+name]
			if len(roles) != 1 || roles[0] != grpcapi.Public {
				t.Errorf("%s/%s is open to %v", service.ServiceName, name, roles)
			}
		}
	}
}
