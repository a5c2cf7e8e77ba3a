# `make serve` and `make test` do all set-up themselves; Python 3.11+ and make are all they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
SCRIPTS := kg/web/static/build/manifest.json
# The tests of a file share their servers, so they stay together; tests/conftest.py says in how many
# processes, and has the slow files begin first.
PARALLEL := -n auto --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help serve test engines coverage docs check quick format lint types scripts test-lowest test-newest lock bench fuzz faults clean

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: $(RUNTIME) $(SCRIPTS) ## Build the validated graph where it changed and serve it on http://127.0.0.1:8000
	@$(BIN)/kg build --quiet
	@$(BIN)/kg serve

test: $(DEV) $(SCRIPTS) ## Run the tests
	@$(BIN)/python -m pytest $(PARALLEL)

engines: $(DEV) ## Run the tests of the HTTP faces over the servers of other makers
	@$(BIN)/python -m pytest $(PARALLEL) --engine oxigraph --engine fuseki

# What sandboxed processes execute is seen by a file that Python imports as it starts.
coverage: MEASURED := COVERAGE_PROCESS_START=$(CURDIR)/pyproject.toml PYTHONPATH=$(CURDIR)/tests/measured
coverage: $(DEV) $(SCRIPTS) ## Run the tests, and say which lines and branches none of them executes
	@rm -rf build/coverage && mkdir -p build/coverage
	@$(MEASURED) $(BIN)/python -m pytest $(PARALLEL) $(TESTS)
	@$(BIN)/python -m tests.measured

# mypy takes one core for a minute, so the tests need not wait for it.
check: format lint ## Format, lint, type-check, and run the quick tests
	@$(MAKE) --no-print-directory -j2 types quick

quick: $(DEV) ## Run the tests that are not marked slow
	@$(BIN)/python -m pytest -q $(PARALLEL) -m 'not slow'

format: $(DEV) ## Check the formatting
	@$(BIN)/ruff format --check .

lint: $(DEV) ## Run the linter
	@$(BIN)/ruff check .

types: $(DEV) $(SCRIPTS) ## Check the types
	@$(BIN)/mypy
	@[ ! -d frontend/node_modules ] || npm --prefix frontend run --silent check

scripts: $(SCRIPTS) ## Build the scripts of the pages

docs: $(DEV) ## Build the documentation into build/docs
	@$(BIN)/python -m sphinx -q -E -W --keep-going -d build/.doctrees docs build/docs

test-lowest: RESOLUTION := lowest-direct## Run quick tests with the oldest libraries that pyproject.toml allows
test-newest: RESOLUTION := highest## Run quick tests with the newest
test-lowest test-newest: $(DEV)
	@$(BIN)/uv venv -q --clear build/$@
	@$(BIN)/uv pip install -q --python build/$@ --resolution $(RESOLUTION) --group dev -e '.[pandas,dask,examples]'
	@build/$@/bin/python -m pytest -q $(PARALLEL) -p no:cacheprovider -m 'not slow' $(TESTS)

bench: $(DEV) ## Run the benchmarks and print their figures
	@$(BIN)/python -m benchmarks

fuzz: $(DEV) ## Ask a server tens of thousands of requests made from its own description
	@$(BIN)/python -m tests.fuzzing

faults: $(DEV) ## Kill a writer 200 times, and read in four processes during 500 commits
	@TEST_KILLS=200 TEST_COMMITS=500 $(BIN)/python -m pytest tests/faults

screenshots: $(DEV) $(SCRIPTS) ## Take the pictures of docs/screenshots anew
	@$(BIN)/python -m tests.browser.screenshots

lock: $(DEV) ## Resolve the dependencies anew into the lock files
	@$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-header \
		--python-version 3.11 --upgrade -q -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header \
		--python-version 3.11 --upgrade -q -o requirements-dev.lock

clean: ## Remove the environment, the store and every cache
	rm -rf $(VENV) .kg frontend/node_modules kg/web/static/build dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Editorial KG needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the locked libraries …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	@echo "Installing the locked development tools …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# Pages work without scripts, so no one is stopped where Node or the network is missing.
$(SCRIPTS): frontend/package.json frontend/package-lock.json frontend/build.js $(shell find frontend/src -type f)
	@if ! command -v npm >/dev/null; then \
		echo "Node is not here: the pages work without scripts"; \
	else \
		echo "Building the scripts of the pages …"; cd frontend && \
		{ [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --silent; } && \
		npm run --silent build || echo "The scripts cannot be built now: the pages work without them"; \
	fi
