package drawtest_test

import (
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/draw/drawtest"
)

func TestMemoryKeepsTheContract(t *testing.T) {
	t.Parallel()
	drawtest.Suite(t, func(*testing.T) drawtest.Store {
		m := &drawtest.Memory{}
		return drawtest.Store{
			Blobs:   m,
			Corrupt: func(_ *testing.T, digest string, to []byte) { m.Corrupt(digest, to) },
			Count:   func(*testing.T) int { return m.Len() },
		}
	})
}
