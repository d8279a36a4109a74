#!/usr/bin/env bash
# Runs go test with its arguments for the benchmarks alone, and prints the rows
# of their ratios once more at the end: one table, under the name of each tier,
# with the median, its quartiles and the goal. Fails if a benchmark does, after
# what could be measured is printed; a goal that is not met fails nothing.
set -euo pipefail

printed=$(mktemp)
trap 'rm -f "$printed"' EXIT

status=0
go test -run '^$' -timeout 60m "$@" | tee "$printed" || status=$?

awk '
  / goal (≥|≤) / {
    sub(/^.*\t/, "") # the name of a benchmark that goes on
    tier = $0
    sub(/  .*/, "", tier)
    if (!(tier in rows)) tiers[++n] = tier
    sub(/^[^ ]+ +/, "")
    rows[tier] = rows[tier] "  " $0 "\n"
  }
  END {
    for (i = 1; i <= n; i++) {
      print "\n" tiers[i]
      fflush()
      printf "%s", rows[tiers[i]] | "sort -s -V -k1,1"
      close("sort -s -V -k1,1")
    }
  }
' "$printed"
exit "$status"
