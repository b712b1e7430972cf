# `make` alone lists what can be asked for.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

UV_VERSION := 0.13.9
PYTHON := .venv/bin/python
UV := .venv/bin/uv
LOCK := $(UV) pip compile -q --generate-hashes --universal --no-header --python-version 3.11
STAMPS := .venv/stamps

.PHONY: help up test lint check fix lock dist model

help: ## say what can be asked for
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 16

up: $(STAMPS)/house ## make the sample town and start everything (Ctrl-C stops it)
	@exec .venv/bin/porchlight up

test: $(STAMPS)/tools $(STAMPS)/house ## run every test, with a real PostgreSQL, Valkey and Chromium
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  echo "make test: Chromium is missing. Install it (Debian, Ubuntu: apt-get install chromium)." >&2; exit 1; }
	@$(PYTHON) -m pytest -n 2 --durations=5

lint: $(STAMPS)/tools ## lint, format, types and import contracts
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check -q . || { echo "Not in house style: run make fix." >&2; exit 1; }
	@.venv/bin/mypy
	@.venv/bin/lint-imports > .venv/contracts.txt || { cat .venv/contracts.txt; exit 1; }

check: lint ## what make lint asks, the rules and the conventions, in half a minute
	@$(PYTHON) -m pytest -n 2 --durations=0 --durations-min=2 tests/rules tests/conventions

fix: $(STAMPS)/tools ## put the code in its house style
	@.venv/bin/ruff check --fix -q . && .venv/bin/ruff format -q .

lock: $(STAMPS)/uv ## pin every dependency with its hashes (UPGRADE=--upgrade takes newer versions)
	@$(LOCK) $(UPGRADE) pyproject.toml -o requirements/runtime.txt
	@$(LOCK) $(UPGRADE) -c requirements/runtime.txt --group dev pyproject.toml -o requirements/dev.txt
	@echo hatchling==1.33.0 | $(LOCK) $(UPGRADE) - -o requirements/build.txt

model: $(STAMPS)/runtime ## train the model that reads replies, from inbound/understand/training/replies
	@$(UV) pip install -q --python $(PYTHON) --target .venv/training scikit-learn==1.9.1
	@PYTHONPATH=.venv/training $(PYTHON) -m inbound.understand.training

dist: $(STAMPS)/house ## build the wheel, front-end packages and catalogues inside
	@$(UV) build -q --wheel --build-constraints requirements/build.txt --out-dir dist .

# Each stamp is newer than what it was made from, so that a second `make up` installs nothing.

$(STAMPS)/uv: Makefile
	@python=$$(for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	  $$each -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done) || { \
	  echo "Porchlight needs Python 3.11 or newer with venv (Debian, Ubuntu: apt-get install python3-venv)." >&2; exit 1; }; \
	echo "Making .venv with $$($$python --version) ..."; \
	$$python -m venv .venv
	@$(PYTHON) -m pip install -q --disable-pip-version-check uv==$(UV_VERSION) || { \
	  echo "The Python package index could not be reached: is there a network?" >&2; exit 1; }
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/runtime: requirements/runtime.txt pyproject.toml requirements/build.txt $(STAMPS)/uv
	@echo "Installing what Porchlight stands on ..."
	@VIRTUAL_ENV=.venv $(UV) pip install -q --require-hashes -r requirements/runtime.txt || { \
	  echo "The packages could not be installed; the lines above say why." >&2; exit 1; }
	@VIRTUAL_ENV=.venv $(UV) pip install -q --no-deps --build-constraints requirements/build.txt --editable .
	@touch $@

$(STAMPS)/tools: requirements/dev.txt $(STAMPS)/runtime
	@echo "Installing what the tests need ..."
	@VIRTUAL_ENV=.venv $(UV) pip install -q --require-hashes -r requirements/dev.txt
	@touch $@

$(STAMPS)/frontend: $(STAMPS)/runtime $(wildcard webapp/frontend/*)
	@$(PYTHON) -m webapp.frontend.install
	@touch $@

$(STAMPS)/catalogues: $(STAMPS)/runtime $(wildcard webapp/i18n/*/LC_MESSAGES/*.po)
	@$(PYTHON) -m webapp.i18n.compile
	@touch $@

$(STAMPS)/house: $(STAMPS)/frontend $(STAMPS)/catalogues
	@touch $@
