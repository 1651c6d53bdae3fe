# Every target sets up what it needs in .venv first; a second run finds it there and starts at once.
# The environment is exactly requirements.lock (hashes, no addresses) plus this project, editable.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed-lock
PROJECT_STAMP := $(VENV)/.installed-project
UV := $(BIN)/uv
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))
PYTHON ?= $(firstword $(foreach name,python3.11 python3,$(shell $(name) -c '$(FITS)' >/dev/null 2>&1 && echo $(name))))

export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help env demo app test test-all lint types contract check docs lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

env: $(PROJECT_STAMP)  ## create or update .venv
	@:

demo: env  ## plan one night for the sample city
	$(BIN)/retour plan data/city --time-budget 30 --seed 1 --out runs

app: env  ## open the app in a browser
	$(BIN)/retour app

test: env  ## run the tests, without the slow ones
	$(BIN)/pytest -n logical --maxprocesses 4 --dist loadfile

test-all: env  ## run every test, the slow ones too
	$(BIN)/pytest -n logical --maxprocesses 4 --dist loadfile -m ""

lint: env  ## check the style
	$(BIN)/ruff check .

types: env  ## check the types
	$(BIN)/mypy retour routing network_design service benchmarks $(wildcard app.py)

contract: env  ## check that imports point one way
	$(BIN)/lint-imports

check: lint types contract test  ## lint, types, import contract and tests

docs: env  ## write docs/tables.md from the declarations
	$(BIN)/python -m retour.tables.document

lock: $(UV)  ## resolve the dependencies of pyproject.toml again into requirements.lock
	$(UV) lock --python $(BIN)/python --upgrade
	$(UV) export --quiet --frozen --python $(BIN)/python --all-extras --all-groups --no-emit-project \
		--no-header --no-annotate --output-file requirements.lock >/dev/null

clean:  ## remove the environment and the caches, keep the runs
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(UV):
	@test -n "$(PYTHON)" || { echo "No Python from 3.11 to 3.14 was found. On Debian: apt-get install python3 python3-venv;" \
		"or name one: make env PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments." \
		"On Debian: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv

$(STAMP): requirements.lock | $(UV)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true  # a command starts in a second less; some files are no Python
	@touch $@

$(PROJECT_STAMP): pyproject.toml $(STAMP)
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -qq retour routing network_design service app.py
	@echo "Compiling the searches once, about two minutes ..."
	$(BIN)/python -m network_design.warm & $(BIN)/python -m routing.pickup.ruin_recreate.warm && wait $$!
	@touch $@
