package esdbtest

import (
	"math"
	"slices"
	"sync"
	"time"
)

// event is one record of the log.
type event struct {
	stream     string
	revision   uint64
	id         [16]byte
	typ        string
	content    string
	data, meta []byte
	created    time.Time
	position   uint64 // commit and prepare
}

// stream is the index of one stream: places in the log.
type stream struct {
	places     []int
	first      uint64 // what a reader sees begins here
	soft       bool   // deleted, and not written since
	tombstoned bool
}

func (s *stream) last() int64 { return int64(len(s.places)) - 1 }

// journal is the log that the nodes of a cluster share.
type journal struct {
	mu      sync.Mutex
	events  []*event
	streams map[string]*stream
	end     uint64 // where the next record begins
	writes  int
	changed chan struct{}
}

func newJournal() *journal {
	j := &journal{streams: map[string]*stream{}, changed: make(chan struct{})}
	for _, s := range []string{"$users", "$settings", "$scavenges"} {
		j.add(system(s))
	}
	return j
}

func system(stream string) *event {
	return &event{stream: stream, typ: "$event", content: jsonContent, data: []byte("{}")}
}

// expected revisions beside the numbers from 0 on.
const (
	noStream     = int64(-1)
	anyRevision  = int64(-2)
	streamExists = int64(-4)
)

// verdict is what came of an append.
type verdict struct {
	result   result
	revision int64 // the last of the append, or the stream's
	position uint64
}

type result int

const (
	stored result = iota
	wrongVersion
	streamDeleted
)

// append judges and stores as the real server does.
func (j *journal) append(name string, expected int64, events []*event) verdict {
	j.mu.Lock()
	defer j.mu.Unlock()
	s := j.streams[name]
	if s == nil {
		s = &stream{}
	}
	if s.tombstoned || expected == streamExists && s.soft {
		return verdict{result: streamDeleted}
	}
	if expected == streamExists && s.last() < 0 {
		return verdict{wrongVersion, s.last(), 0}
	}
	if v, again, ok := j.retried(s, expected, events); again || !ok {
		return v
	}
	if len(events) == 0 {
		return verdict{stored, s.last(), 0}
	}
	for _, e := range events {
		e.stream = name
		j.add(e)
	}
	if s = j.streams[name]; s.soft {
		s.soft = false
	}
	last := events[len(events)-1]
	if j.writes++; j.writes%4 == 0 {
		j.add(system("$stats-127.0.0.1:2113"))
	}
	return verdict{stored, int64(last.revision), last.position}
}

// retried tells whether the events were stored before, and if not, whether they may be stored now.
func (j *journal) retried(s *stream, expected int64, events []*event) (v verdict, again, ok bool) {
	at := expected + 1
	switch {
	case expected == anyRevision || expected == streamExists:
		i := slices.IndexFunc(s.places, func(p int) bool { return len(events) > 0 && j.events[p].id == events[0].id })
		if i < 0 {
			return v, false, true
		}
		at = int64(i)
	case expected == s.last():
		return v, false, true
	case expected > s.last():
		return verdict{wrongVersion, s.last(), 0}, false, false
	}
	for i, e := range events {
		n := at + int64(i)
		if n > s.last() || j.events[s.places[n]].id != e.id {
			fresh := i == 0 && expected == noStream && s.soft
			return verdict{wrongVersion, s.last(), 0}, false, fresh
		}
		v = verdict{stored, n, j.events[s.places[n]].position}
	}
	return v, true, true
}

// add puts an event behind its stream and the log. The caller holds the lock, or has the journal for himself.
func (j *journal) add(e *event) {
	s := j.streams[e.stream]
	if s == nil {
		s = &stream{}
		j.streams[e.stream] = s
	}
	e.revision, e.position, e.created = uint64(len(s.places)), j.end, time.Now()
	j.end += uint64(64 + len(e.stream) + len(e.typ) + len(e.data) + len(e.meta))
	s.places = append(s.places, len(j.events))
	j.events = append(j.events, e)
	close(j.changed)
	j.changed = make(chan struct{})
}

// remove deletes a stream, or buries it for good.
func (j *journal) remove(name string, expected int64, forGood bool) verdict {
	j.mu.Lock()
	defer j.mu.Unlock()
	s := j.streams[name]
	switch {
	case s == nil:
		return verdict{wrongVersion, noStream, 0}
	case s.tombstoned:
		return verdict{result: streamDeleted}
	case expected >= noStream && expected != s.last():
		return verdict{wrongVersion, s.last(), 0}
	}
	e := &event{stream: "$$" + name, typ: "$metadata", content: jsonContent, data: []byte(`{"$tb":9223372036854775807}`)}
	if forGood {
		e = &event{stream: name, typ: "$streamDeleted", content: jsonContent}
	}
	s.soft, s.tombstoned, s.first = true, forGood, uint64(len(s.places))
	if j.add(e); forGood {
		e.revision = math.MaxInt64
	}
	return verdict{stored, s.last(), e.position}
}

// from gives the events from an index on among the first limit of the log, and the channel that closes with the next one.
func (j *journal) from(i, limit int) (events []*event, more <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	end := min(len(j.events), max(limit, 0))
	if i < end {
		events = slices.Clone(j.events[i:end])
	}
	return events, j.changed
}

// index is the place of the first event at or after a position.
func (j *journal) index(position uint64) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	i, _ := slices.BinarySearchFunc(j.events, position, func(e *event, p uint64) int {
		switch {
		case e.position < p:
			return -1
		case e.position > p:
			return 1
		}
		return 0
	})
	return i
}

func (j *journal) length() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.events)
}

// of returns a stream's events that a reader sees among the first limit of the log, and whether it exists.
func (j *journal) of(name string, limit int) (events []*event, exists, tombstoned bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	s := j.streams[name]
	if s == nil {
		return nil, false, false
	}
	for _, p := range s.places {
		if e := j.events[p]; p < limit && e.revision >= s.first {
			events = append(events, e)
		}
	}
	return events, !s.soft && len(s.places) > 0 && s.places[0] < limit, s.tombstoned
}

// cut drops the log's last events.
func (j *journal) cut(n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for range n {
		e := j.events[len(j.events)-1]
		j.events, j.end = j.events[:len(j.events)-1], e.position
		s := j.streams[e.stream]
		if s.places = s.places[:len(s.places)-1]; len(s.places) == 0 {
			delete(j.streams, e.stream)
		}
	}
}
