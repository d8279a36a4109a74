package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/mingjian-ledger/mingjian/adapters/identity"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/audit"
	"github.com/mingjian-ledger/mingjian/domain/es"
)

const (
	homeBureau  domain.AuthorityID = "xz-bureau"
	otherBureau domain.AuthorityID = "nx-bureau"
)

// serving runs the work over a new instance with both doors open.
func serving(t *testing.T, work func(context.Context, *instance, []door)) {
	t.Helper()
	servingAt(t, "", work)
}

// servingAt is serving for an instance that the public reaches at an address.
func servingAt(t *testing.T, address string, work func(context.Context, *instance, []door)) {
	t.Helper()
	c := onTier(t, config{Data: t.TempDir(), HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", PublicURL: address, Patience: 10 * time.Second, Drain: 20 * time.Second})
	err := serve(t.Context(), c, slog.New(slog.DiscardHandler), func(ctx context.Context, in *instance, d *doors) error {
		work(ctx, in, []door{openGRPC(t, d.grpcAddr.String()), restDoor(d.url())})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// token makes one for an account of that role; an inspector's is named like the inspector.
func (in *instance) token(t *testing.T, role domain.Role, authority domain.AuthorityID, inspector domain.InspectorID) string {
	t.Helper()
	account := strings.ToLower(string(role) + "-" + string(authority) + string(inspector))
	_, secret, err := in.identity.Create(t.Context(), domain.Actor{Account: account, Role: role, Authority: authority, Inspector: inspector}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// visitor is somebody at a door.
type visitor struct {
	name, token string
	role        domain.Role
	refused     string // by every method, whatever it is
}

// verdict is how the doors refuse the visitor, empty if they don't.
func (v visitor) verdict(roles string) string {
	switch {
	case v.refused != "":
		return v.refused
	case roles == everybody:
		return ""
	case v.token == "":
		return "identity.required"
	case !slices.Contains(strings.Fields(roles), string(v.role)):
		return "access.role"
	}
	return ""
}

// visitors are one of each role in each of two authorities, nobody, and those whose tokens are not valid any more.
func (in *instance) visitors(t *testing.T) []visitor {
	t.Helper()
	out := []visitor{{name: "nobody"}, {name: "somebody with a token of nobody's", token: "mj_" + strings.Repeat("x", 43), refused: "identity.token.invalid"}}
	for _, authority := range []domain.AuthorityID{homeBureau, otherBureau} {
		for _, role := range domain.Roles() {
			inspector := domain.InspectorID("")
			if role == domain.Inspector {
				inspector = "XZ-001"
			}
			out = append(out, visitor{name: string(role) + " of " + string(authority), role: role, token: in.token(t, role, authority, inspector)})
		}
	}
	past, err := identity.Open(t.Context(), in.config.path(identityFile), func() time.Time { return time.Now().Add(-time.Hour) })
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := past.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, role := range domain.Roles() {
		actor := domain.Actor{Account: "former", Role: role, Authority: homeBureau}
		if role == domain.Inspector {
			actor.Inspector = "XZ-001"
		}
		_, expired, err := past.Create(t.Context(), actor, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		lost, revoked, err := in.identity.Create(t.Context(), actor, time.Hour)
		if err == nil {
			err = in.identity.Revoke(t.Context(), lost.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, visitor{name: string(role) + " with an expired token", role: role, token: expired, refused: "identity.token.invalid"},
			visitor{name: string(role) + " with a revoked token", role: role, token: revoked, refused: "identity.token.invalid"})
	}
	return out
}

// apiMethods are the methods of the services that the instance registers; beside them there are health and reflection alone.
func (in *instance) apiMethods(t *testing.T) map[string]protoreflect.MethodDescriptor {
	t.Helper()
	out := map[string]protoreflect.MethodDescriptor{}
	for service, info := range in.server.GRPC.GetServiceInfo() {
		if !strings.HasPrefix(service, "mingjian.") {
			if service != "grpc.health.v1.Health" && !strings.HasPrefix(service, "grpc.reflection.") {
				t.Errorf("what is the service %s?", service)
			}
			continue
		}
		for _, m := range info.Methods {
			found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service + "." + m.Name))
			if err != nil {
				t.Fatal(err)
			}
			out[service+"/"+m.Name] = found.(protoreflect.MethodDescriptor)
		}
	}
	return out
}

// TestWhoMayCallWhat lets everybody try every method at both doors.
func TestWhoMayCallWhat(t *testing.T) {
	t.Parallel()
	servingAt(t, "https://ledger.example", func(ctx context.Context, in *instance, both []door) {
		table, alone, methods := openTo(), overGRPCAlone(), in.apiMethods(t)
		visitors := in.visitors(t)
		for name := range table {
			if methods[name] == nil {
				t.Errorf("the table has a row for %s, which there is not", name)
			}
		}
		for name, m := range methods {
			roles, ok := table[name]
			if !ok {
				t.Errorf("the table has no row for %s", name)
				continue
			}
			if !tryAll(t, both, alone[name] != "", m, roles, visitors) {
				t.Errorf("%s is declared and not answered", name)
			}
		}
		in.visitsLeft(ctx, t, table)
	})
}

// visitsLeft demands that the visits left nothing in the log but who read, and that those might.
func (in *instance) visitsLeft(ctx context.Context, t *testing.T, table map[string]string) {
	t.Helper()
	head, err := in.events.Head(ctx)
	if err != nil || head == (es.Position{}) {
		t.Fatalf("the visits left nothing, not even who read: %v", err)
	}
	for batch, err := range in.events.Follow(ctx, es.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range batch.Records {
			event, err := audit.Codec().Decode(rec.Type, rec.Data)
			if err != nil {
				t.Errorf("the visits left %s in %s: %v", rec.Type, rec.Stream, err)
				continue
			}
			switch e := event.(type) {
			case audit.Read:
				roles := table[e.Method]
				if !slices.Contains(strings.Fields(roles), string(e.Role)) || !strings.Contains(e.Account, string(e.Role)) {
					t.Errorf("%s is entered for %s, who is %s; it is for %s", e.Method, e.Account, e.Role, roles)
				}
			}
		}
		if batch.Through.Compare(head) >= 0 {
			return
		}
	}
}

// tryAll lets everybody try one method; false if there is nothing to try.
func tryAll(t *testing.T, both []door, alone bool, m protoreflect.MethodDescriptor, roles string, visitors []visitor) bool {
	t.Helper()
	for _, v := range visitors {
		answers := map[string]string{}
		for _, d := range both {
			if d.name() == "REST" && alone {
				continue
			}
			got := d.call(t, m, shaped(m), v.token)
			answers[got] = d.name()
			if got == unanswered {
				return false
			}
			if want := v.verdict(roles); entry(got) != want {
				t.Errorf("%s: %s calls %s and is told %q, want %q", d.name(), v.name, m.FullName(), got, want)
			}
		}
		if len(answers) > 1 {
			t.Errorf("%s: the doors answer %s differently: %v", m.FullName(), v.name, answers)
		}
	}
	return true
}

// entry keeps of an answer's code what is said at the door, before the service is asked.
func entry(code string) string {
	if strings.HasPrefix(code, "access.") || strings.HasPrefix(code, "identity.") {
		return code
	}
	return ""
}

func TestEveryMethodHasAPath(t *testing.T) {
	t.Parallel()
	serving(t, func(_ context.Context, in *instance, _ []door) {
		for name, m := range in.apiMethods(t) {
			_, _, found := restPath(m, shaped(m))
			if why := overGRPCAlone()[name]; found == (why != "") {
				t.Errorf("%s: path %t, though %q", name, found, why)
			}
		}
	})
}
