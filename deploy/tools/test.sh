#!/usr/bin/env bash
# Runs go test with its arguments, under the race detector where it can run.
#
# What tests need beside Go is installed where that is possible without a
# question (Debian, root): a C compiler for the race detector, curl for the
# README's examples, a browser for pages, what reads printed papers and
# worksheets back, Node.js with what receivers of webhooks verify them by, and a
# PostgreSQL server, which the tests start by themselves.
# Elsewhere the tests that need a missing part say so and skip, and those of
# the race detector run without it, unless MINGJIAN_TEST_REQUIRE is set: then a
# missing part is a failure.
set -euo pipefail

# need COMMAND PACKAGE... installs the packages if the command is missing.
need() {
  local command=$1
  shift
  if command -v "$command" >/dev/null || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    return
  fi
  echo "test: installing $*"
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "$@"; } </dev/null ||
    echo "test: could not install $*" >&2
}

compiler=$(go env CC)
compiler=${compiler%% *}

need "$compiler" gcc libc6-dev
need curl curl ca-certificates
need chromium chromium
need pdftotext poppler-utils fontconfig fonts-wqy-zenhei
need soffice libreoffice-calc
need node nodejs
need npm npm
# Debian keeps the server's programs off the path.
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || need postgres postgresql

# Packages of others that check what is made here, as deploy/tools/node/package-lock.json pins them.
if command -v npm >/dev/null && ! cmp -s deploy/tools/node/package-lock.json .build/node/package-lock.json; then
  echo 'test: installing the packages of deploy/tools/node'
  rm -rf .build/node && mkdir -p .build/node && cp deploy/tools/node/package.json .build/node/
  (cd .build/node && cp ../../deploy/tools/node/package-lock.json . &&
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null) ||
    { rm -rf .build/node; echo 'test: could not install them' >&2; }
fi

race=()
if command -v "$compiler" >/dev/null; then
  export CGO_ENABLED=1
  race=(-race)
elif [ -n "${MINGJIAN_TEST_REQUIRE:-}" ]; then
  echo "test: no C compiler ($compiler), and MINGJIAN_TEST_REQUIRE asks for the race detector" >&2
  exit 1
else
  echo "test: no C compiler ($compiler), running without the race detector;" \
    'on Debian: apt-get install gcc libc6-dev' >&2
fi

exec go test -timeout 40m "${race[@]}" "$@"
