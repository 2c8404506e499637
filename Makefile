# Everything from a fresh clone: each target sets up what it needs, once, in .venv.
#
#   make PYTHON=/path/to/python3     another Python (3.11 or newer)
#   make demo ARGS=--no-browser      more arguments for `jupyter lab`
#   make test ARGS="-k reply -x"     more arguments for pytest

VENV ?= .venv
ARGS ?=
BIN := $(VENV)/bin
NPM := PATH="$(abspath $(BIN)):$$PATH" npm
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] && echo --allow-root)

MADE_VENV := $(VENV)/.made-venv
MADE_DEMO := $(VENV)/.made-demo
MADE_DEV := $(VENV)/.made-dev
MADE_NODE := $(VENV)/.made-node
BUNDLE := rt_widget/static/widget.js
JS_SOURCES := $(shell find js/src -type f) $(wildcard js/*.json js/build.mjs)
NODE_MODULES := js/node_modules/.package-lock.json

export PYTHON
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test check lint types imports page format bench wheel weights clean

help: ## show this list
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

demo: $(MADE_DEMO) $(BUNDLE) ## set up everything and open the first notebook, on the local voice
	@echo "== local voice: looking for its files"
	@$(BIN)/rt-widget fetch || \
		echo "== going on without the local voice; the card in the notebook offers it again"
	@echo "== JupyterLab: notebooks/01_hello.ipynb (Ctrl+C ends it)"
	@OPENAI_API_KEY= $(BIN)/jupyter lab $(AS_ROOT) $(ARGS) \
		--LabApp.default_url=/lab/tree/notebooks/01_hello.ipynb

test: check weights ## set up everything and run all checks and all tests
	@echo "== pytest, with a real browser and the real voice"
	@chromium="$$(make/chromium.sh $(VENV))" && \
		RT_WIDGET_CHROMIUM="$$chromium" make/tests.sh $(BIN)/python $(ARGS)

check: lint types imports page ## the checks that take seconds: no browser, no voice

lint: $(MADE_DEV) ## ruff, rules and format
	@echo "== ruff: rules"
	@$(BIN)/ruff check
	@echo "== ruff: format"
	@$(BIN)/ruff format --check

types: $(MADE_DEV) ## mypy, strict
	@echo "== mypy"
	@$(BIN)/mypy

imports: $(MADE_DEV) ## who may import whom
	@echo "== import-linter"
	@$(BIN)/lint-imports --no-logo

page: $(MADE_DEV) $(NODE_MODULES) $(BUNDLE) ## biome, tsc and the tests of the page
	@echo "== biome and tsc"
	@cd js && $(NPM) run --silent check
	@echo "== node --test"
	@cd js && NODE_OPTIONS=--test-reporter=dot $(NPM) run --silent test

format: $(MADE_DEV) $(NODE_MODULES) ## put everything in shape
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format
	@cd js && $(NPM) run --silent format

bench: $(MADE_DEV) $(BUNDLE) weights ## measure: a table each, with the machine and the floor
	@set -e; chromium="$$(make/chromium.sh $(VENV))"; \
	for name in voice_to_voice "recognition --download" added_latency busy_cell interrupts barge_in cost local_tools questions reading four_sessions engine_process; do \
		echo "== benchmarks: $$name"; \
		RT_WIDGET_CHROMIUM="$$chromium" $(BIN)/python -m benchmarks.$$name; done

wheel: $(MADE_DEV) $(BUNDLE) ## build the wheel and the source distribution into dist/
	@echo "== build"
	@$(BIN)/python -m build --no-isolation

weights: $(MADE_DEV) $(MADE_NODE)
	@echo "== local voice: looking for its files"
	@$(BIN)/rt-widget fetch

clean: ## remove all that make has made here (fetched model files stay in the user's cache)
	rm -rf $(VENV) js/node_modules dist rt_widget/static/widget.*
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(MADE_VENV): make/venv.sh
	@echo "== Python environment in $(VENV)"
	@make/venv.sh $(VENV)
	@touch $@

$(MADE_DEMO): $(MADE_VENV) pyproject.toml hatch_build.py
	@echo "== pip install: rt_widget, the local voice's engines, JupyterLab"
	@$(BIN)/python -m pip install --quiet --editable '.[local]' --group demo
	@make/library.sh libgomp1 $(BIN)/python -c 'import xllamacpp'
	@touch $@

$(MADE_DEV): $(MADE_VENV) pyproject.toml hatch_build.py
	@echo "== pip install: rt_widget, the local voice's engines, the tools for development"
	@$(BIN)/python -m pip install --quiet --editable '.[local]' --group dev
	@make/library.sh libgomp1 $(BIN)/python -c 'import xllamacpp'
	@touch $(MADE_DEMO) $@

# The build hook builds the page; it finds Node, or takes the one on the package index.
$(BUNDLE): $(JS_SOURCES) | $(MADE_VENV)
	@echo "== building the page"
	@$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(MADE_NODE): make/node.sh $(MADE_VENV)
	@make/node.sh $(VENV)
	@touch $@

$(NODE_MODULES): js/package.json js/package-lock.json $(MADE_NODE)
	@echo "== npm ci"
	@cd js && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
