# The commands of the project; `make` lists them. Building and running need Go
# and make alone; the pinned tools of lint and generate are built on first use
# into .build/bin, and again only when their go.mod or go.sum changes.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .build/bin
TOOLS := deploy/tools
GO_DIRS := $(wildcard adapters cmd deploy domain projections proto)

# What a user may set on the command line.
DATA ?= ./data/demo
HTTP ?= 127.0.0.1:8080
BREAKING_AGAINST ?= main
TEST_PKGS ?= ./...
TEST_FLAGS ?=
BENCH ?= .
BENCH_PKGS ?= ./adapters/sqlite ./adapters/postgres ./adapters/esdb ./cmd/mingjian ./domain/sortition
BENCH_FLAGS ?=
FUZZTIME ?= 5s
FUZZ_PKGS ?= ./...

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/mingjian, static and reproducible
	CGO_ENABLED=0 go build -trimpath -o bin/mingjian ./cmd/mingjian

.PHONY: run
run: build ## build, then serve the demo (DATA, HTTP)
	bin/mingjian demo --data $(DATA) --http $(HTTP)

.PHONY: test
test: ## run every test, with the race detector where a C compiler is found (TEST_PKGS, TEST_FLAGS)
	$(TOOLS)/test.sh $(TEST_FLAGS) $(TEST_PKGS)

.PHONY: esdb-conformance
esdb-conformance: ## build bin/esdb-conformance, which tests the EventStoreDB server that MINGJIAN_TEST_ESDB names
	CGO_ENABLED=0 go test -c -trimpath -ldflags '-X github.com/mingjian-ledger/mingjian/adapters/esdb/conformance.Standalone=yes' \
	  -o bin/esdb-conformance ./adapters/esdb/conformance

.PHONY: bench
bench: ## run the benchmarks, then print one table of their ratios, tier by tier (BENCH, BENCH_PKGS, BENCH_FLAGS)
	$(TOOLS)/bench.sh -bench '$(BENCH)' $(BENCH_PKGS) $(BENCH_FLAGS)

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME each (FUZZ_PKGS)
	$(TOOLS)/fuzz.sh $(FUZZTIME) $(FUZZ_PKGS)

.PHONY: generate
generate: proto-tools ## bring the Go code and proto/openapi.json up to date with the protos
	$(TOOLS)/proto/generate.sh

.PHONY: lint
lint: lint-go lint-proto lint-deploy lint-mod ## check format, style, protos, generated code, deploy/ and modules

.PHONY: lint-go
lint-go: $(BIN)/golangci-lint ## check the Go code alone
	@unformatted=$$(gofmt -l $(GO_DIRS)); if [ -n "$$unformatted" ]; then \
	  printf 'not formatted by gofmt:\n%s\n' "$$unformatted" >&2; exit 1; fi
	go vet ./...
	$(BIN)/golangci-lint run ./...
	cd $(TOOLS)/proto && go vet ./... && $(CURDIR)/$(BIN)/golangci-lint run ./...

.PHONY: lint-proto
lint-proto: proto-tools ## check the protos and their generated code alone
	$(TOOLS)/proto/lint.sh
	$(TOOLS)/proto/breaking.sh '$(BREAKING_AGAINST)'
	$(TOOLS)/proto/generate.sh --check

# With the flags of the tool's build, so that nothing is compiled twice.
.PHONY: lint-deploy
lint-deploy: $(BIN)/lintdeploy ## check the image, compose files, chart, alerts and dashboard alone
	cd $(TOOLS)/manifests && CGO_ENABLED=0 go vet -trimpath ./... && CGO_ENABLED=0 go test -trimpath ./...
	$(BIN)/lintdeploy deploy

# Not tidy -diff in tools/buf and tools/manifests: buf's own tests ask for modules that no proxy is
# sure to hold, and tidy insists on them though the tool is built without; those
# of Prometheus and Helm ask for the clients of every cloud.
.PHONY: lint-mod
lint-mod: ## check that go.mod and go.sum are tidy and the downloads untouched
	go mod tidy -diff
	go mod verify
	cd $(TOOLS)/proto && go mod tidy -diff && go mod verify
	cd $(TOOLS)/lint && go mod tidy -diff && go mod verify
	cd $(TOOLS)/buf && go mod verify
	cd $(TOOLS)/manifests && go mod verify

.PHONY: clean
clean: ## remove what the targets above built; data stays
	rm -rf bin .build

# --- pinned tools ---

PLUGINS := $(addprefix $(BIN)/,protoc-gen-go protoc-gen-go-grpc protoc-gen-grpc-gateway protoc-gen-openapiv2)

.PHONY: proto-tools
proto-tools: $(BIN)/buf $(PLUGINS) .build/proto-deps.stamp

$(BIN)/buf: $(TOOLS)/buf/go.mod $(TOOLS)/buf/go.sum
	$(call tool,buf,github.com/bufbuild/buf/cmd/buf)

$(BIN)/lintdeploy: $(TOOLS)/manifests/go.mod $(TOOLS)/manifests/go.sum $(wildcard $(TOOLS)/manifests/*.go)
	$(call tool,manifests,.)

$(BIN)/golangci-lint: $(TOOLS)/lint/go.mod $(TOOLS)/lint/go.sum
	$(call tool,lint,github.com/golangci/golangci-lint/v2/cmd/golangci-lint)

$(PLUGINS): $(TOOLS)/proto/go.mod $(TOOLS)/proto/go.sum

$(BIN)/protoc-gen-go:
	$(call tool,proto,google.golang.org/protobuf/cmd/protoc-gen-go)

$(BIN)/protoc-gen-go-grpc:
	$(call tool,proto,google.golang.org/grpc/cmd/protoc-gen-go-grpc)

$(BIN)/protoc-gen-grpc-gateway:
	$(call tool,proto,github.com/grpc-ecosystem/grpc-gateway/v2/protoc-gen-grpc-gateway)

$(BIN)/protoc-gen-openapiv2:
	$(call tool,proto,github.com/grpc-ecosystem/grpc-gateway/v2/protoc-gen-openapiv2)

.build/proto-deps.stamp: $(TOOLS)/proto/go.mod $(TOOLS)/proto/go.sum $(wildcard $(TOOLS)/proto/protodeps/*.go)
	@mkdir -p $(@D)
	cd $(TOOLS)/proto && go run ./protodeps $(CURDIR)/.build/proto-deps
	@touch $@

# tool MODULE,PACKAGE builds one tool of deploy/tools/MODULE as $@. The touch
# is for a go build that finds its output current and leaves the old time.
define tool
@mkdir -p $(@D)
cd $(TOOLS)/$(1) && CGO_ENABLED=0 go build -trimpath -o $(CURDIR)/$@ $(2)
@touch $@
endef
