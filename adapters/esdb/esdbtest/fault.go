package esdbtest

import (
	"context"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Op is a kind of request that a fault strikes.
type Op string

// The requests.
const (
	Append    Op = "append"
	Read      Op = "read"
	Subscribe Op = "subscribe"
)

// Action is what a fault does.
type Action int

// The actions. Each strikes one request.
const (
	Refuse    Action = iota // unavailable, and nothing is done
	Lose                    // unavailable although it is done
	Abort                   // aborted, as after a timeout within the server, although it is done
	Silence                 // no answer until the client ends the request, and nothing is done
	SilentDo                // no answer until the client ends the request, although it is done
	Hold                    // done when the fault is released
	Drop                    // unavailable after so many messages of a read or a subscription
	Behind                  // a subscription says that it fell behind, and later that it caught up again
	Forbidden               // no access
)

// Fault is a command to the cluster, and tells when it was obeyed.
type Fault struct {
	action Action
	after  int
	struck chan struct{}
	free   chan struct{}
}

// Struck is closed once the fault struck.
func (f *Fault) Struck() <-chan struct{} { return f.struck }

// Release lets a request go on that is held.
func (f *Fault) Release() { close(f.free) }

// faults queue up per request.
type faults struct {
	mu   sync.Mutex
	next map[Op][]*Fault
}

// Fault lets an action strike the next request of a kind that isn't struck yet; after counts the messages that a Drop or
// Behind lets pass.
func (c *Cluster) Fault(op Op, action Action, after int) *Fault {
	f := &Fault{action: action, after: after, struck: make(chan struct{}), free: make(chan struct{})}
	c.faults.mu.Lock()
	defer c.faults.mu.Unlock()
	if c.faults.next == nil {
		c.faults.next = map[Op][]*Fault{}
	}
	c.faults.next[op] = append(c.faults.next[op], f)
	return f
}

// take removes the fault that strikes this request, if any.
func (c *Cluster) take(op Op) *Fault {
	c.faults.mu.Lock()
	defer c.faults.mu.Unlock()
	queue := c.faults.next[op]
	if len(queue) == 0 {
		return nil
	}
	c.faults.next[op] = queue[1:]
	return queue[0]
}

var errUnavailable = status.Error(codes.Unavailable, "told to fail")

// before strikes what isn't done; ok if the request goes on.
func (f *Fault) before(ctx context.Context) error {
	if f == nil {
		return nil
	}
	switch f.action {
	case Refuse:
		close(f.struck)
		return errUnavailable
	case Forbidden:
		close(f.struck)
		return failure(codes.PermissionDenied, "access denied", "exception", "access-denied")
	case Silence:
		close(f.struck)
		<-ctx.Done()
		return status.FromContextError(ctx.Err()).Err()
	case Hold:
		close(f.struck)
		<-f.free
	default: // strikes later
	}
	return nil
}

// after strikes what is done.
func (f *Fault) afterwards(ctx context.Context) error {
	if f == nil {
		return nil
	}
	switch f.action {
	case Lose:
		close(f.struck)
		return errUnavailable
	case Abort:
		close(f.struck)
		return status.Error(codes.Aborted, "told to time out")
	case SilentDo:
		close(f.struck)
		<-ctx.Done()
		return status.FromContextError(ctx.Err()).Err()
	default:
		return nil
	}
}

// passing strikes a read or a subscription before its n-th message.
func (f *Fault) passing(n int, action Action) bool {
	if f == nil || f.action != action || n != f.after {
		return false
	}
	close(f.struck)
	return true
}
