# Everything a person does with this project; `make help` lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help run test lint format i18n bench screenshots vendor lock

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/run.stamp: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the application needs (once, about a minute) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.txt package.json package-lock.json
	@echo "Installing what tests and linters need …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/npm ci --silent
	@touch $@

run: $(VENV)/run.stamp ## set up, load the demo into an empty database, serve on port 8000; EMPTY=1: without the demo; TLS=1 for phones' cameras
	@$(BIN)/flask run-venue $(if $(TLS),--tls) $(if $(EMPTY),--empty)

test: $(VENV)/dev.stamp ## run all tests, on SQLite and PostgreSQL, with a real browser
	@$(BIN)/python tests/browser/install.py
	@$(BIN)/python -m tests.office
	@$(BIN)/pybabel -q compile -d translations
	@$(BIN)/pytest --numprocesses auto $(ARGS)

lint: $(VENV)/dev.stamp ## format and rules, types, layers, templates, scripts, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/node node_modules/typescript/bin/tsc -p .
	$(BIN)/python translations/check.py

format: $(VENV)/dev.stamp ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

i18n: $(VENV)/dev.stamp ## collect new texts into the catalogues; fails on a missing or fuzzy one
	$(BIN)/python translations/check.py --update

bench: $(VENV)/dev.stamp ## measure against the floors, on both databases (3 minutes)
	$(BIN)/python -m bench.server

screenshots: $(VENV)/dev.stamp ## make the README's pictures
	$(BIN)/python -m docs.screenshots

vendor: $(VENV)/dev.stamp ## refresh static/vendor from package.json
	$(BIN)/python static/vendor/refresh.py

lock: $(VENV)/dev.stamp ## pin the requirements, with hashes
	$(BIN)/uv pip compile requirements.in --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements.txt
	$(BIN)/uv pip compile requirements-dev.in --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.txt
