package webhook_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/adapters/webhook"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// names is a resolver of a few hosts.
type names map[string][]string

func (n names) LookupNetIP(_ context.Context, network, host string) ([]netip.Addr, error) {
	var out []netip.Addr
	for _, text := range n[host] {
		out = append(out, netip.MustParseAddr(text))
	}
	if len(out) == 0 || network != "ip" {
		return nil, errors.New("no such host")
	}
	return out, nil
}

// codeOf is the code with which an address is refused, empty if it isn't.
func (w *world) codeOf(url string) string {
	w.Helper()
	_, _, err := w.hooks.Create(w.Context(), integrator(), es.DeriveID("", url), &viewv1.WebhookEndpoint{Url: url, Contact: "c"}, 0)
	if err == nil {
		return ""
	}
	fault := (*domain.Fault)(nil)
	if !errors.As(err, &fault) {
		w.Fatal(err)
	}
	if fault.ZH == "" || fault.EN == "" || strings.Contains(fault.Error(), "token") {
		w.Errorf("%s: %v", url, fault)
	}
	return fault.Code
}

func TestAddressesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.options.Targets = webhook.Targets{}
	w.options.Resolver = names{
		"hooks.example": {"93.184.216.34", "2606:2800:220:1::1"}, "inside.example": {"10.1.2.3"}, "both.example": {"93.184.216.34", "127.0.0.1"},
		"localhost": {"127.0.0.1", "::1"}, "metadata.example": {"169.254.169.254"},
	}
	w.hooks = webhook.New(w.options)
	for url, want := range map[string]string{
		"https://hooks.example/in?token=x":                   "",
		"https://hooks.example:443/in":                       "",
		"https://93.184.216.34/":                             "",
		"https://[2606:2800:220:1::1]/":                      "",
		"https://[64:ff9b::5db8:d822]/":                      "", // NAT64 of a public address
		"https://nowhere.example/":                           "webhook.url.unresolved",
		"https://inside.example/":                            "webhook.url.address",
		"https://both.example/":                              "webhook.url.address",
		"https://localhost/":                                 "webhook.url.address",
		"https://metadata.example/":                          "webhook.url.address",
		"http://hooks.example/":                              "webhook.url.plain",
		"ftp://hooks.example/":                               "webhook.url.scheme",
		"file:///etc/passwd":                                 "webhook.url.form",
		"https://user:token@hooks.example/":                  "webhook.url.credentials",
		"https://hooks.example/#token":                       "webhook.url.credentials",
		"https://hooks.example:8443/":                        "webhook.url.port",
		"https://hooks.example:22/":                          "webhook.url.port",
		"https://hooks.example:/":                            "webhook.url.port",
		"https://hooks.example:99999/":                       "webhook.url.port",
		"https:hooks.example":                                "webhook.url.form",
		"https:///in":                                        "webhook.url.form",
		"hooks.example":                                      "webhook.url.form",
		"https://hooks.example/ in":                          "webhook.url.form",
		"https://钩子.example/":                                "webhook.url.form",
		"https://hooks.example/\n":                           "webhook.url.form",
		"https://0.0.0.0/":                                   "webhook.url.address",
		"https://10.0.0.1/":                                  "webhook.url.address",
		"https://100.64.0.1/":                                "webhook.url.address",
		"https://100.100.100.200/":                           "webhook.url.address", // metadata of a cloud
		"https://127.0.0.1/":                                 "webhook.url.address",
		"https://127.9.9.9/":                                 "webhook.url.address",
		"https://169.254.169.254/":                           "webhook.url.address",
		"https://172.16.0.1/":                                "webhook.url.address",
		"https://172.31.255.255/":                            "webhook.url.address",
		"https://172.32.0.1/":                                "",
		"https://192.168.1.1/":                               "webhook.url.address",
		"https://192.0.2.1/":                                 "webhook.url.address",
		"https://198.18.0.1/":                                "webhook.url.address",
		"https://224.0.0.1/":                                 "webhook.url.address",
		"https://255.255.255.255/":                           "webhook.url.address",
		"https://240.0.0.1/":                                 "webhook.url.address",
		"https://[::]/":                                      "webhook.url.address",
		"https://[::1]/":                                     "webhook.url.address",
		"https://[::ffff:127.0.0.1]/":                        "webhook.url.address",
		"https://[::ffff:10.0.0.1]/":                         "webhook.url.address",
		"https://[::7f00:1]/":                                "webhook.url.address",
		"https://[64:ff9b::7f00:1]/":                         "webhook.url.address",
		"https://[64:ff9b::a9fe:a9fe]/":                      "webhook.url.address",
		"https://[64:ff9b::a00:1]/":                          "webhook.url.address",
		"https://[2606:2800:220:1:0:5efe:a00:1]/":            "webhook.url.address", // ISATAP of 10.0.0.1
		"https://[2606:2800:220:1:200:5efe:5db8:d822]/":      "",
		"https://[2001:0:5db8:d822::1]/":                     "webhook.url.address", // Teredo
		"https://[2002:a9fe:a9fe::1]/":                       "webhook.url.address", // 6to4 of 169.254.169.254
		"https://[2002:5db8:d822::1]/":                       "webhook.url.address",
		"https://[::ffff:169.254.169.254]/":                  "webhook.url.address",
		"https://[::ffff:0:10.0.0.1]/":                       "webhook.url.address", // translated (SIIT)
		"https://[5f00::1]/":                                 "webhook.url.address",
		"https://192.88.99.1/":                               "webhook.url.address",
		"https://192.0.0.192/":                               "webhook.url.address",
		"https://hooks.example\\@127.0.0.1/":                 "webhook.url.form",
		"https://hooks.example%2f@127.0.0.1/":                "webhook.url.credentials",
		"https://@hooks.example/":                            "webhook.url.credentials",
		"https://hooks.example:0/":                           "webhook.url.port",
		"https://hooks.example:443x/":                        "webhook.url.form",
		"//hooks.example/":                                   "webhook.url.scheme",
		"https://hooks.example:+443/":                        "webhook.url.form",
		"https://localhost./":                                "webhook.url.unresolved",
		"https://0177.0.0.1/":                                "webhook.url.unresolved",
		"https://[64:ff9b:1::1]/":                            "webhook.url.address",
		"https://[fe80::1]/":                                 "webhook.url.address",
		"https://[fe80::1%25eth0]/":                          "webhook.url.address",
		"https://[fc00::1]/":                                 "webhook.url.address",
		"https://[fd00:ec2::254]/":                           "webhook.url.address",
		"https://[fec0::1]/":                                 "webhook.url.address",
		"https://[ff02::1]/":                                 "webhook.url.address",
		"https://[2001:db8::1]/":                             "webhook.url.address",
		"https://[2001::1]/":                                 "webhook.url.address", // Teredo
		"https://[2002:7f00:1::]/":                           "webhook.url.address", // 6to4
		"https://[3fff::1]/":                                 "webhook.url.address",
		"https://0x7f000001/":                                "webhook.url.unresolved", // a name to us, whatever others make of it
		"https://2130706433/":                                "webhook.url.unresolved",
		"https://hooks.example/" + strings.Repeat("x", 2000): "webhook.url.form",
	} {
		if got := w.codeOf(url); got != want {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
}

func TestConfigurationAllowsMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.options.Targets = webhook.Targets{Networks: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd12::/16")}, Ports: []uint16{80, 8443}, Plain: true}
	w.hooks = webhook.New(w.options)
	for url, want := range map[string]string{
		"http://10.1.2.3/in":       "",
		"https://10.1.2.3:8443/in": "",
		"http://[fd12::1]/":        "",
		"http://[::ffff:10.1.0.1]": "",
		"https://10.1.2.3/in":      "webhook.url.port",
		"http://10.2.0.1/in":       "webhook.url.address",
		"http://127.0.0.1/in":      "webhook.url.address",
	} {
		if got := w.codeOf(url); got != want {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
}

// TestProxiesOfTheEnvironmentAreNotAsked: whoever sets them could see what the guard lets through, or lead around it.
func TestProxiesOfTheEnvironmentAreNotAsked(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, "http://127.0.0.1:1")
	}
	r := newReceiver(t, nil)
	w := newWorld(t, "", r)
	w.options.Resolver = names{"example.com": {"127.0.0.1"}} // for which the certificate of the test is good too
	w.hooks = webhook.New(w.options)
	r.url = strings.Replace(r.url, "127.0.0.1", "example.com", 1)
	w.create(r, 1)
	w.publish(1, "a")
	w.push()
	if got := w.settled(1)[0]; got != "delivered" {
		t.Error(got)
	}
}
