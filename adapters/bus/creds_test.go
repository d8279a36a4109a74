package bus_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"github.com/mingjian-ledger/mingjian/adapters/bus"
	"github.com/mingjian-ledger/mingjian/adapters/bus/bustest"
	"github.com/mingjian-ledger/mingjian/adapters/bus/natstest"
)

// TestCredentials: a server that knows accounts by their operator's word takes who has a credentials file, and nobody else.
func TestCredentials(t *testing.T) {
	t.Parallel()
	operator, system, account, user := pair(t, nkeys.CreateOperator), pair(t, nkeys.CreateAccount), pair(t, nkeys.CreateAccount), pair(t, nkeys.CreateUser)
	resolver := &server.MemAccResolver{}
	for _, a := range []keys{system, account} {
		claims := jwt.NewAccountClaims(a.public)
		if a.public == account.public {
			claims.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1}
		}
		text, err := claims.Encode(operator.pair)
		if err == nil {
			err = resolver.Store(a.public, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := jwt.NewUserClaims(user.public).Encode(account.pair)
	if err != nil {
		t.Fatal(err)
	}
	creds, err := jwt.FormatUserConfig(text, user.seed)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ledger.creds")
	if err := os.WriteFile(file, creds, 0o600); err != nil {
		t.Fatal(err)
	}
	s := natstest.New(t, natstest.Options{More: func(o *server.Options) {
		o.TrustedKeys, o.AccountResolver, o.SystemAccount = []string{operator.public}, resolver, system.public
	}})
	if err := open(t, s.URL()+quick+"&creds="+file).Publish(t.Context(), bustest.Message(bustest.Penalty("a"), 1)); err != nil {
		t.Error(err)
	}
	for name, settings := range map[string]string{"none": "", "missing": "&creds=" + file + ".none"} {
		b, err := bus.Open(t.Context(), s.URL()+quick+settings, bus.Options{})
		if err == nil {
			err = b.Publish(t.Context(), bustest.Message(bustest.Penalty("a"), 1))
			if closed := b.Close(); closed != nil {
				t.Error(closed)
			}
		}
		if err == nil || strings.Contains(err.Error(), string(user.seed)) {
			t.Errorf("%s: err = %v", name, err)
		}
	}
}

// keys are a key pair of NATS.
type keys struct {
	pair   nkeys.KeyPair
	public string
	seed   []byte
}

func pair(t *testing.T, make func() (nkeys.KeyPair, error)) (k keys) {
	t.Helper()
	var err error
	if k.pair, err = make(); err == nil {
		k.public, err = k.pair.PublicKey()
	}
	if err == nil {
		k.seed, err = k.pair.Seed()
	}
	if err != nil {
		t.Fatal(err)
	}
	return k
}
