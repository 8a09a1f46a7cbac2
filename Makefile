# Python 3.11 or newer and make are all that these targets need.
PYTHON ?= python3
UV ?= uv
PORT ?= 8000
DATA ?= data/demo
# What stands on make's command line reaches the commands through their environment: ROUNDS the
# fault tests; IMAGE, BASE, BUILDER and BUILD_FLAGS the builds of the image.

BIN := .venv/bin
INSTALLED := .venv/.installed
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	$(if $(UPGRADE),--upgrade) --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test check format lint types contracts fix bench faults image image-check lock clean

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

demo: setup ## Start the service with the reports of January 2026 (PORT=8000 DATA=data/demo)
	@$(BIN)/clearance demo --port $(PORT) --data $(DATA)

test: setup ## Run the tests, with a short round of faults
	$(BIN)/python -m pytest --cov --cov-report=term tests/unit tests/properties tests/integration tests/e2e tests/faults

check: format lint types contracts test ## Run everything that must pass before a change lands

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
	$(LOCK) --output-file docker/build.lock --constraint requirements-dev.lock docker/build.in

clean: ## Remove .venv, caches and build output; data/ stays
	rm -rf .venv build dist htmlcov .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find api tests workflow -name __pycache__ -type d -prune -exec rm -rf {} +
