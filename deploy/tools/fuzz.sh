#!/usr/bin/env bash
# Runs every fuzz target of the given packages for a while each.
#
#   fuzz.sh TIME PACKAGE...   e.g. fuzz.sh 5s ./...
#
# The targets are those that go test lists, so a new one needs no mention here.
# go test can fuzz one target of one package at a time.
set -euo pipefail

span=$1
shift

listing=$(go test -list '^Fuzz' "$@")
targets=$(awk '/^Fuzz/ {name[n++] = $1} /^ok / {for (i = 0; i < n; i++) print $2, name[i]; n = 0}' <<<"$listing")
if [ -z "$targets" ]; then
  echo 'fuzz: no fuzz targets'
  exit 0
fi
while read -r package target; do
  echo "fuzz: $target in $package for $span"
  go test -run '^$' -fuzz "^$target\$" -fuzztime "$span" "$package" </dev/null
done <<<"$targets"
