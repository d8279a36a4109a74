package gateway_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"
)

const (
	benchSlice = 250 * time.Millisecond
	benchPairs = 24
)

// BenchmarkPublicRecord is goal P9: the public record over REST against net/http that serves the same bytes, both in this
// process, in turns. It reports the median of the ratios with their quartiles, and how the 99th percentiles compare.
func BenchmarkPublicRecord(b *testing.B) {
	w := open(b)
	for _, id := range []string{"a", "b", "c"} {
		w.publish(id, "2026-03-16", "罚款人民币贰仟元整")
	}
	w.enrol(huimin, "宁安市惠民食品有限公司")
	w.settle()
	body := []byte(w.get(record).body)
	limit := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header()["Content-Type"] = []string{"application/json"}
		_, _ = rw.Write(body)
	}))
	defer limit.Close()
	for b.Loop() {
		ratios, ours, theirs := make([]float64, 0, benchPairs), []time.Duration(nil), []time.Duration(nil)
		for range benchPairs {
			a, c := askFor(b, limit.URL, benchSlice), askFor(b, w.url+record, benchSlice)
			ratios = append(ratios, float64(len(c))/float64(len(a)))
			theirs, ours = append(theirs, a...), append(ours, c...)
		}
		slices.Sort(ratios)
		b.ReportMetric(ratios[benchPairs/2], "of-net/http")
		b.ReportMetric(ratios[benchPairs/4], "lower-quartile")
		b.ReportMetric(ratios[benchPairs*3/4], "upper-quartile")
		b.ReportMetric(float64(p99(ours))/float64(p99(theirs)), "p99-of-net/http")
	}
}

// askFor asks again and again for a while and returns how long each answer took.
func askFor(b *testing.B, url string, while time.Duration) []time.Duration {
	b.Helper()
	var took []time.Duration
	for end := time.Now().Add(while); time.Now().Before(end); {
		start := time.Now()
		resp, err := http.Get(url) //nolint:noctx // the limit is measured with as little as can be
		if err != nil {
			b.Fatal(err)
		}
		_, err = io.Copy(io.Discard, resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			b.Fatal(resp.Status, err)
		}
		_ = resp.Body.Close()
		took = append(took, time.Since(start))
	}
	return took
}

func p99(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)*99/100]
}
