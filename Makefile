# The only task runner. `make` alone prints what it can do.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

# The first Python >= 3.11 that can make a virtual environment; `python3` if it can.
# Another one: make PYTHON=/path/to/python ...
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	>/dev/null 2>&1 && command -v "$$p" && break; done)

VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

.PHONY: help
help: ## print this list
	@echo 'isobole: from a seizure protocol to the verdict on a drug combination'
	@awk -F ':.*## ' '/^[a-z.$$()A-Z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: $(READY) ## analyse the bundled examples and write their two reports
	$(BIN)/isobole demo --out demo-report.html
	$(BIN)/isobole demo --study ptz-valproate-magnesium --out demo-study-report.html

.PHONY: serve
serve: $(READY) ## start the lab on this machine: plan, score and analyse in the browser
	$(BIN)/isobole serve

.PHONY: test
test: lint ## lint, then run every test and doctest
	$(BIN)/python -m pytest -n auto

.PHONY: lint
lint: $(READY) ## style, formatting, types and the import law
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: bench
bench: $(READY) ## time isobole against named peers in one run
	$(BIN)/python -m benchmarks

.PHONY: docs
docs: $(READY) ## build the documentation
	$(BIN)/python docs/build.py

# Another version: make vendor NEW=htmx.org@2.0.12 (npm's own settings name the registry).
.PHONY: vendor
vendor: $(READY) ## fetch the browser assets of vendor.json again, or NEW=name@version
	$(BIN)/python tools/vendor.py $(NEW)

# Indexes and certificates come from the environment (UV_DEFAULT_INDEX, UV_INDEX,
# SSL_CERT_FILE) and are never written. Newer versions: make lock LOCK_FLAGS=--upgrade
LOCK = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --group build --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command 'make lock' $(LOCK_FLAGS)

.PHONY: lock
lock: $(BIN)/uv ## rewrite requirements/*.txt from pyproject.toml
	$(LOCK) --extra lab --extra dev -o requirements/dev.txt
	$(LOCK) -c requirements/dev.txt -o requirements/base.txt
	$(LOCK) -c requirements/dev.txt --extra lab -o requirements/lab.txt
	@! grep -nE '://|--(index-url|extra-index-url|find-links|trusted-host)| @ ' requirements/*.txt \
		|| { echo 'A lock names an address; see the lines above.' >&2; exit 1; }

.PHONY: clean
clean: ## remove .venv, caches and everything that was built
	rm -rf $(VENV) build dist demo-report.html demo-study-report.html .pytest_cache \
		.mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests docs benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

.PHONY: $(VENV)
$(VENV): $(READY)

$(BIN)/python:
	@[ -n '$(PYTHON)' ] || { echo 'isobole needs Python >= 3.11 with venv. Install it with:' >&2; \
		echo '  sudo apt-get install -y python3 python3-venv' >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' || { \
		echo '$(PYTHON) is not a Python >= 3.11 with venv. Install one with:' >&2; \
		echo '  sudo apt-get install -y python3 python3-venv' >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

# dev.txt holds base and lab too; `make lock` constrains both by it.
$(LOCKED): requirements/base.txt requirements/lab.txt requirements/dev.txt | $(BIN)/python
	$(PIP) install --quiet --require-hashes -r requirements/base.txt \
		-r requirements/lab.txt -r requirements/dev.txt
	@touch $@

$(READY): $(LOCKED) pyproject.toml
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# Only to make the first lock: afterwards uv comes from requirements/dev.txt.
$(BIN)/uv: | $(BIN)/python
	[ -x $@ ] || $(PIP) install --quiet uv
