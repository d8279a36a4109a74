package webhook_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mingjian-ledger/mingjian/adapters/webhook"
)

// signature is the one that a secret makes of a delivery.
func signature(secret string, d delivery) []byte {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	mac := hmac.New(sha256.New, key)
	mac.Write(d.content())
	return mac.Sum(nil)
}

// TestASandboxSaysThatItIsOne with each message, and nobody else does.
func TestASandboxSaysThatItIsOne(t *testing.T) {
	t.Parallel()
	for _, is := range []bool{true, false} {
		r := newReceiver(t, nil)
		w := newWorld(t, "", r)
		w.options.Sandbox = is
		w.hooks = webhook.New(w.options)
		w.create(r, 1)
		w.publish(1, "a")
		w.push()
		if d := r.took(1)[0]; (d.header.Get("Mingjian-Sandbox") == "true") != is {
			t.Errorf("sandbox %t: %v", is, d.header)
		}
	}
}

// TestVectors signs what others signed.
func TestVectors(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "vectors", "standard-webhooks", "vectors.json"))
	if err != nil {
		if os.Getenv("MINGJIAN_TEST_REQUIRE") == "1" {
			t.Fatalf("real input is required: %v", err)
		}
		t.Skipf("no real input here: %v", err)
	}
	var vectors struct {
		Sign []struct {
			Secret, ID, Payload, Signature string
			Timestamp                      int64
		}
	}
	if err := json.Unmarshal(text, &vectors); err != nil || len(vectors.Sign) == 0 {
		t.Fatal(err)
	}
	for _, v := range vectors.Sign {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(v.Secret, "whsec_"))
		if err != nil {
			t.Fatal(err)
		}
		got := webhook.Sign(key, v.ID, time.Unix(v.Timestamp, 0), []byte(v.Payload))
		if first, _, _ := strings.Cut(got, " "); first != v.Signature {
			t.Errorf("%s: %s, want %s", v.ID, first, v.Signature)
		}
	}
}

// standard runs the npm package that receivers use.
func standard(t *testing.T, input any) []byte {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join("..", "..", ".build", "node"))
	if err != nil {
		t.Fatal(err)
	}
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(folder, "node_modules", "standardwebhooks"))
	}
	switch {
	case err != nil && os.Getenv("MINGJIAN_TEST_REQUIRE") == "1":
		t.Fatalf("no node with the package standardwebhooks; deploy/tools/test.sh installs both: %v", err)
	case err != nil:
		t.Skipf("no node with the package standardwebhooks; deploy/tools/test.sh installs both: %v", err)
	}
	text, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs(filepath.Join("testdata", "verify.cjs"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, script)
	cmd.Dir, cmd.Stdin = folder, bytes.NewReader(text)
	out, err := cmd.Output()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		t.Fatalf("node: %s", failed.Stderr)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestReceiversVerifyWithTheStandardLibrary: what was really posted, during a rotation and after it, under each secret, and none
// of it once a byte of it is another.
func TestReceiversVerifyWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, nil)
	w := newWorld(t, "", r)
	id := w.create(r, 1)
	w.push()
	w.publish(1, "a")
	w.settled(1)
	_, second, err := w.hooks.Rotate(t.Context(), integrator(), "r", id, time.Hour, "轮换")
	if err != nil {
		t.Fatal(err)
	}
	r.learn(second)
	w.publish(1, "a")
	w.settled(2)
	w.clock.timer(time.Hour)
	w.publish(1, "a")
	w.settled(3)
	type check struct {
		Secret  string            `json:"secret"`
		Headers map[string]string `json:"headers"`
		Payload string            `json:"payload"`
		At      int64             `json:"at"`
		good    bool
	}
	var checks []check
	for n, d := range r.asked {
		for i, secret := range r.secrets {
			headers := map[string]string{}
			for _, name := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
				headers[name] = d.header.Get(name)
			}
			good := n == 1 || n == 0 && i == 0 || n == 2 && i == 1
			checks = append(checks, check{secret, headers, string(d.body), d.at.Unix() + 299, good},
				check{secret, headers, string(d.body), d.at.Unix() + 301, false},
				check{secret, headers, strings.Replace(string(d.body), "全文", "改动", 1), d.at.Unix(), false})
		}
	}
	var said []string
	if err := json.Unmarshal(standard(t, checks), &said); err != nil || len(said) != len(checks) {
		t.Fatalf("%v of %d checks, %v", said, len(checks), err)
	}
	for i, c := range checks {
		if (said[i] == "") != c.good {
			t.Errorf("check %d of release %s: %q, good %t", i, c.Payload, said[i], c.good)
		}
	}
}
