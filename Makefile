# What people and CI call. `make demo` and `make test` work on a bare Debian 12 with Swift, git and kubectl.
PYTHON ?= python3
DEMO_JSON ?=
STORY ?= canary
SWIFT_FLAGS ?=
BENCH_FLAGS ?=
SHARED ?= ../shared
FUZZ_SECONDS ?= 15
FUZZ_FLAGS ?=

.PHONY: setup build test demo bench fuzz crds format clean

# Only what is missing is installed, so that a second call costs nothing.
setup:
	@./.ci/setup

build: setup
	swift build -c release $(SWIFT_FLAGS) --product martlet
	swift build -c release $(SWIFT_FLAGS) --product kubectl-martlet

demo: build
	$(PYTHON) examples/quickstart/demo.py --story $(STORY) $(if $(DEMO_JSON),--json $(DEMO_JSON))

test:
	@./.ci/setup tests
	@./.ci/test

bench: build
	@./.ci/bench $(BENCH_FLAGS)

# Made-up input for conditions, JSON paths, answers of providers, runs and documents; so many seconds each.
fuzz:
	MARTLET_ROOMS=martlet-fuzz swift build -c release --scratch-path .build/simulation --product martlet-fuzz
	.build/simulation/release/martlet-fuzz --seconds $(FUZZ_SECONDS) $(FUZZ_FLAGS)

crds: setup
	$(PYTHON) crds/generate.py

format:
	swift format --in-place --recursive Sources Tests Package.swift

clean:
	rm -rf .build
