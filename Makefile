# Python 3.11 or newer and make are all that these targets need.
PYTHON ?= python3
UV ?= uv
PORT ?= 8000
SCENARIO ?= reports
DATA ?= data/$(if $(filter fictitious,$(SCENARIO)),fictitious,demo)
SBOM ?= dist/clearance.cdx.json
WORKERS ?= 2
# What stands on make's command line reaches the commands through their environment: ROUNDS the
# fault tests; IMAGE, BASE, BUILDER and BUILD_FLAGS the builds of the image.

BIN := .venv/bin
INSTALLED := .venv/.installed
AUDIT := .venv-audit
LOCKS := requirements.lock requirements-dev.lock requirements-audit.lock docker/build.lock
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	$(if $(UPGRADE),--upgrade) --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

# A file stays with one worker, which starts its services once; what takes longest comes first.
PYTEST = $(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test cover check format lint types contracts fix bench faults image image-check \
	lock audit sbom clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(INSTALLED) ## Create .venv and install the locked dependencies

$(INSTALLED): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("clearance needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ...")'
	@echo 'Installing the locked dependencies into .venv'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## Start the service with the reports of January 2026 (PORT=8000 DATA=data/demo), or SCENARIO=fictitious
	@$(BIN)/clearance demo --port $(PORT) --data $(DATA) --scenario $(SCENARIO)

# What is compiled is kept, whatever the environment says: the tests start hundreds of processes.
test cover: export PYTHONDONTWRITEBYTECODE =

test: setup $(AUDIT)/.installed ## Run the tests, with a short round of faults (WORKERS=2)
	$(PYTEST) tests/faults tests/e2e tests/integration tests/properties tests/unit

# Not part of test: tracing doubles the CPU of what runs in the process of the tests.
cover: setup ## Measure how much of the law the unit and integration tests run, and demand it
	$(PYTEST) --cov --cov-report=term tests/integration tests/unit

check: format lint types contracts test cover ## Run everything that must pass before a change lands

format: setup ## Check the formatting
	$(BIN)/ruff format --check

lint: setup ## Check the code with ruff
	$(BIN)/ruff check

types: setup ## Check the types with mypy
	$(BIN)/mypy

contracts: setup ## Check who may import whom
	$(BIN)/lint-imports

fix: setup ## Format the code and repair what ruff can
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

bench: setup ## Measure, and write docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks

faults: setup ## Kill, cut and drop things (ROUNDS=200 for the campaign)
	$(BIN)/python -m pytest --timeout=0 tests/faults

image: ## Build the image with docker, podman or buildah (IMAGE=clearance BASE=... BUILD_FLAGS=...)
	@docker/build.sh

image-check: setup ## Build the image on a Debian of its own, run it, restart it (needs root and buildah)
	$(BIN)/python -m pytest --timeout=0 -rs tests/image

lock: ## Resolve the dependencies with uv (UPGRADE=1 takes newer releases)
	$(LOCK) --output-file requirements.lock pyproject.toml
	$(LOCK) --output-file requirements-dev.lock --extra dev --constraint requirements.lock pyproject.toml
	$(LOCK) --output-file requirements-audit.lock --group audit --constraint requirements-dev.lock
	$(LOCK) --output-file docker/build.lock --constraint requirements-audit.lock --constraint requirements-dev.lock docker/build.in

$(AUDIT)/.installed: requirements-audit.lock
	@echo 'Installing what looks after the locks into $(AUDIT)'
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.lock
	@touch $@

# Strict: a package that could not be looked up fails the audit; without it that would pass.
audit: $(AUDIT)/.installed ## Look the locked packages up among the known vulnerabilities
	$(AUDIT)/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner=off $(LOCKS:%=--requirement=%)

# Warnings are off: a lock is a list, and the one there is says that it tells no graph.
sbom: $(AUDIT)/.installed ## Write what the service is made of as CycloneDX (SBOM=dist/clearance.cdx.json)
	@mkdir -p $(dir $(SBOM))
	$(AUDIT)/bin/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible \
		--output-format JSON --spec-version 1.6 --validate --output-file $(SBOM) requirements.lock

clean: ## Remove .venv, caches and build output; data/ stays
	rm -rf .venv $(AUDIT) build dist htmlcov .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find api tests workflow -name __pycache__ -type d -prune -exec rm -rf {} +
