# Two commands do everything: `make demo` shows the whole path, `make test` proves it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: help setup demo run test lint servers model evaluate lock bench clean

help: ## what each command does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(READY) ## a virtual environment in .venv, with everything at its locked version

$(READY): requirements.lock pyproject.toml
	@echo "== Setting up $(VENV) from requirements.lock (a few minutes the first time)"
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Python 3.11, 3.12 or 3.13 is needed; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## the whole path in the terminal: no token, no network
	@$(BIN)/reclamations demo

run: setup ## the real thing, from config.toml
	@$(BIN)/reclamations run

test: setup servers lint ## lint, types, and the whole suite against real servers
	@echo "== Tests"
	@$(BIN)/python -m pytest

lint: setup ## ruff and mypy --strict
	@echo "== Lint and types"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

servers: ## the Debian servers that the tests talk to (Dovecot, exim), and poppler
	@./tests/servers/install.sh

bench: setup servers ## measurements, as ratios (see benchmarks/)
	@$(BIN)/python benchmarks/reader.py
	@$(BIN)/python benchmarks/acknowledge.py

model: setup ## the reader's model, trained anew from its corpus (nlp_models/training/)
	@$(BIN)/python -m nlp_models.training.train

evaluate: setup ## how well the model reads the messages that it was not trained on
	@$(BIN)/python -m nlp_models.training.evaluate

lock: ## resolve requirements.lock anew, with hashes (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock" --extra sandbox --extra dev pyproject.toml -o requirements.lock

clean: ## remove what the commands above made
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache
