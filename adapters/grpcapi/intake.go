package grpcapi

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"google.golang.org/grpc/peer"

	"github.com/mingjian-ledger/mingjian/domain"
)

// How often something may be left at the public door: so many at once, and one more in each interval after.
const (
	intakeOfOne      = 5
	intakeOfOneEvery = 10 * time.Minute
	intakeOfAll      = 200
	intakeOfAllEvery = 15 * time.Second
	intakeAddresses  = 1 << 14 // remembered; one that was forgotten begins anew, and the limit of all holds
)

// IntakeDesk bounds how often anybody may leave something at the public door, by address and in all: what is left is kept for
// ever. It keeps addresses in memory alone.
type IntakeDesk struct {
	clock   func() time.Time
	proxies int

	mu   sync.Mutex
	all  time.Time // when all that was taken is paid off
	each *lru.Cache[string, time.Time]
}

// NewIntakeDesk makes one. Proxies is how many of the operator's own stand before the REST door: each adds whom it served to
// the end of X-Forwarded-For, and what stands before those is whatever the caller likes.
func NewIntakeDesk(clock func() time.Time, proxies int) (*IntakeDesk, error) {
	each, err := lru.New[string, time.Time](intakeAddresses)
	if err != nil {
		return nil, fmt.Errorf("grpcapi: addresses: %w", err)
	}
	return &IntakeDesk{clock: clock, proxies: proxies, each: each}, nil
}

// take lets a call in or refuses it; one that is refused costs nothing.
func (d *IntakeDesk) take(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	now, from := d.clock(), d.addressOf(ctx)
	last, _ := d.each.Get(from)
	one, waitOne := paced(now, last, intakeOfOne, intakeOfOneEvery)
	all, waitAll := paced(now, d.all, intakeOfAll, intakeOfAllEvery)
	if wait := max(waitOne, waitAll); wait > 0 {
		seconds := int((wait + time.Second - 1) / time.Second)
		return domain.Refuse(domain.Throttled, "public.rate", "",
			fmt.Sprintf("提交过于频繁，请在%d秒后重试", seconds), fmt.Sprintf("too many at once; try again in %d seconds", seconds))
	}
	d.each.Add(from, one)
	d.all = all
	return nil
}

// paced pays for one more: next is when all is paid off with it, or wait is how long it is still too much.
func paced(now, paid time.Time, burst int, every time.Duration) (next time.Time, wait time.Duration) {
	if paid.Before(now) {
		paid = now
	}
	if wait = paid.Sub(now) - time.Duration(burst-1)*every; wait > 0 {
		return paid, wait
	}
	return paid.Add(every), 0
}

// addressOf is who calls: over gRPC the other end of the connection, over REST what the gateway or the last foreign hop says.
// Of IPv6 it is the network, since one household has as many addresses as it likes.
func (d *IntakeDesk) addressOf(ctx context.Context) string {
	text := ""
	if p, ok := peer.FromContext(ctx); ok && p.Addr.Network() == "tcp" {
		text = p.Addr.String()
		if host, _, err := net.SplitHostPort(text); err == nil {
			text = host
		}
	} else if hops := strings.Split(one(ctx, "x-forwarded-for"), ","); len(hops) > d.proxies {
		text = strings.TrimSpace(hops[len(hops)-1-d.proxies])
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return ""
	}
	if addr = addr.Unmap(); addr.Is6() {
		if network, err := addr.WithZone("").Prefix(64); err == nil {
			return network.String()
		}
	}
	return addr.String()
}
