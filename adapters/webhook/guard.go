package webhook

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mingjian-ledger/mingjian/domain"
)

// Targets says where messages may go. The zero value allows https on port 443 of public hosts.
type Targets struct {
	Networks []netip.Prefix // beyond public addresses
	Ports    []uint16       // 443 alone if empty
	Plain    bool           // http too
}

// Resolver finds the addresses of a host, as net.Resolver does.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// ErrForbidden refuses a target.
var ErrForbidden = errors.New("webhook: not an allowed target")

const (
	maxURL         = 2000
	resolvePatient = 5 * time.Second // longest look-up of a host that is being set up
)

// reserved are the prefixes within the global unicast space that are no public hosts: IANA's special-purpose registries.
func reserved() []netip.Prefix {
	var out []netip.Prefix
	for _, text := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
		"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
	} {
		out = append(out, netip.MustParsePrefix(text))
	}
	return out
}

var (
	special = reserved()
	global6 = netip.MustParsePrefix("2000::/3")
	nat64   = netip.MustParsePrefix("64:ff9b::/96")
)

// embedded is the address of version 4 that one of NAT64 (RFC 6052) or ISATAP (RFC 5214) leads to.
func embedded(addr netip.Addr) (netip.Addr, bool) {
	b := addr.As16()
	isatap := addr.Is6() && b[8]&^0x02 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe
	if !nat64.Contains(addr) && !isatap {
		return netip.Addr{}, false
	}
	return netip.AddrFrom4([4]byte(b[12:])), true
}

// allows tells whether an address is public or in an allowed network. One that embeds another is public if both are, and of NAT64
// only the other is asked about.
func (t Targets) allows(addr netip.Addr) bool {
	addr = addr.Unmap()
	if addr.Zone() != "" {
		return false
	}
	in := func(p netip.Prefix) bool { return p.Contains(addr) }
	switch {
	case !addr.IsValid():
		return false
	case slices.ContainsFunc(t.Networks, in):
		return true
	}
	if within, is := embedded(addr); is && (nat64.Contains(addr) || !t.allows(within)) {
		return t.allows(within)
	}
	switch {
	case addr.Is6() && !global6.Contains(addr):
		return false
	}
	return !slices.ContainsFunc(special, in)
}

func (t Targets) allowsPort(port uint16) bool {
	if len(t.Ports) == 0 {
		return port == 443
	}
	return slices.Contains(t.Ports, port)
}

// parse takes the URL of an endpoint: an allowed scheme and port, a host, and no credentials or fragment.
func (t Targets) parse(text string) (*url.URL, error) {
	refuse := func(rule, zh, en string) (*url.URL, error) {
		return nil, domain.Refuse(domain.Invalid, "webhook.url."+rule, "url", zh, en)
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || len(text) > maxURL || u.Opaque != "" || u.Hostname() == "" || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
		return refuse("form", "接收地址格式不正确", "the address is no URL with a host, in ASCII")
	case u.User != nil || u.Fragment != "":
		return refuse("credentials", "接收地址不得包含用户名、口令或片段", "the address holds no user, password or fragment")
	case u.Scheme == "http" && !t.Plain:
		return refuse("plain", "接收地址须使用https", "the address must begin with https://")
	case u.Scheme != "https" && u.Scheme != "http":
		return refuse("scheme", "接收地址只能使用https", "the address must begin with https://")
	}
	if port, ok := portOf(u); !ok || !t.allowsPort(port) {
		return refuse("port", "不允许向该端口推送", "nothing is pushed to this port")
	}
	return u, nil
}

func portOf(u *url.URL) (uint16, bool) {
	text := u.Port()
	switch {
	case text != "":
		n, err := strconv.ParseUint(text, 10, 16)
		return uint16(n), err == nil
	case strings.HasSuffix(u.Host, ":"):
		return 0, false
	case u.Scheme == "http":
		return 80, true
	}
	return 443, true
}

// resolve finds the addresses of a host. If any of them is not allowed none is answered: a name that leads to both is no mistake.
func (t Targets) resolve(ctx context.Context, r Resolver, host string) ([]netip.Addr, error) {
	var all []netip.Addr
	if literal, err := netip.ParseAddr(host); err == nil {
		all = []netip.Addr{literal}
	} else if all, err = r.LookupNetIP(ctx, "ip", host); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("webhook: the host has no address")
	}
	for _, addr := range all {
		if !t.allows(addr) {
			return nil, ErrForbidden
		}
	}
	return all, nil
}

// check is parse, and looks the host up as it is now: whoever sets an endpoint up is to be told. Nothing hangs on it, since each
// dial asks again.
func (t Targets) check(ctx context.Context, r Resolver, text string) error {
	u, err := t.parse(text)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, resolvePatient)
	defer cancel()
	switch _, err := t.resolve(ctx, r, u.Hostname()); {
	case errors.Is(err, ErrForbidden):
		return domain.Refuse(domain.Invalid, "webhook.url.address", "url", "不允许向该主机推送：其地址不是公网地址",
			"nothing is pushed to this host: an address of it is not public")
	case err != nil:
		return domain.Refuse(domain.Invalid, "webhook.url.unresolved", "url", "无法解析该主机名", "the name of the host can't be resolved")
	}
	return nil
}

// dialer connects to allowed addresses.
type dialer struct {
	targets  Targets
	resolver Resolver
	net      net.Dialer
}

// dial looks the host up, asks about every address, and connects to one that was asked about.
func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || !d.targets.allowsPort(uint16(port)) {
		return nil, ErrForbidden
	}
	all, err := d.targets.resolve(ctx, d.resolver, host)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, addr := range all {
		conn, err := d.net.DialContext(ctx, network, netip.AddrPortFrom(addr.Unmap(), uint16(port)).String())
		if err == nil {
			return conn, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}
