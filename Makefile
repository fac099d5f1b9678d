# Two commands do everything on a fresh machine with Python ≥ 3.11, git and make:
#   make demo    the bundled company, crawled, audited and reported
#   make test    lint, types, import rules, tests
# Neither needs root, a server, or anything but the package index.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
DEVSTAMP := $(VENV)/.installed-dev

.PHONY: help install demo test lint types imports unit test-integration bench format docs clean

help:
	@sed -n '2,4p' Makefile | sed 's/^# *//'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Sellby needs Python 3.11 or newer; run make PYTHON=python3.12 …"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

$(STAMP): $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(DEVSTAMP): $(STAMP)
	$(BIN)/python -m pip install --quiet --editable ".[all]" --group dev --group bench
	@touch $@

install: $(STAMP)

demo: $(STAMP)
	$(BIN)/sellby demo

test: lint types imports unit

lint: $(DEVSTAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEVSTAMP)
	$(BIN)/mypy

imports: $(DEVSTAMP)
	$(BIN)/lint-imports

unit: $(DEVSTAMP)
	$(BIN)/pytest -m "not integration" -n auto --dist worksteal -q

# Needs root and Debian: installs packages, starts real servers on loopback, stops them by pid.
test-integration: $(DEVSTAMP)
	$(BIN)/python -m pip install --quiet --group integration
	$(BIN)/pytest -m integration -q --timeout=900

bench: $(DEVSTAMP)
	$(BIN)/python benchmarks/store.py
	$(BIN)/python benchmarks/audit.py
	$(BIN)/python benchmarks/crawl.py
	$(BIN)/python benchmarks/kms.py
	$(BIN)/python benchmarks/feeds.py
	$(BIN)/python benchmarks/documents.py
	$(BIN)/python benchmarks/report.py --findings 2000 --pages 800

format: $(DEVSTAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(DEVSTAMP)
	$(BIN)/python docs/generate.py

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
