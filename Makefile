# The front door: each target is one line that calls a script or a tool.
.PHONY: help setup build sample run test bench lint format install clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: ## get the packages and models that make run needs (make run does it too)
	@scripts/setup.sh run

build: ## build everything; the program is build/chip
	@scripts/build.sh build && scripts/web.sh build

sample: build ## make the sample meeting in build/sample/
	@samples/make.sh build/tests/sample/speak build/sample

run: ## from a fresh checkout to a transcript of the sample meeting, or of FILE=...
	@scripts/run.sh

test: ## get what is missing, build and run all tests, once more under sanitizers
	@scripts/setup.sh test && scripts/test.sh

bench: ## measure speed, memory and accuracy; writes build/bench/results.json
	@scripts/setup.sh test && scripts/build.sh build && backend/bench/bench.py

lint: ## check layout, scripts, layering, clang's warnings and clang-tidy
	@scripts/setup.sh dev && scripts/lint.sh

format: ## lay the C sources out
	@scripts/format.sh

install: build ## install program, library and headers; DESTDIR is honoured
	@ninja -C build install

clean: ## remove what was built; models and fetched packages stay
	@scripts/clean.sh
