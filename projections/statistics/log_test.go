package statistics_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
)

const (
	huimin = projectionstest.Huimin
	anda   = projectionstest.Anda
	bureau = projectionstest.Bureau
	county = projectionstest.County
)

var day, doc, withdrawn = projectionstest.Day(), projectionstest.Penalty, projectionstest.Withdrawn

// log is a log of releases with what this view makes of it.
type log struct{ *projectionstest.Releases }

func newLog(t testing.TB) *log { return &log{projectionstest.NewReleases(t)} }
