# make demo   runs the example as a job from the command line
# make lab    opens JupyterLab on the example project
# make test   all checks and tests; `make check`, `make pytest`, `make jest`, `make ui-test` single ones
# make soak   the long forms of tests: hours of faults and races
# make bench  measures, side by side with other tools
# make pictures  makes those of the README anew
# make audit  asks whether advisories are known for what is installed
# make clean  removes what the others made
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= python3
CHROMIUM_PATH ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1
EXAMPLE := examples/wine-quality
LABEXTENSION := jupyter_orchest_jobs/labextension/static/style.js
BROWSER_NEEDS = $(LABEXTENSION) ui-tests/node_modules/.yarn-state.yml $(VENV)/collaboration/.ready

.PHONY: help
help:
	@sed -n 's/^# make/make/p' Makefile

# --- what must be there -------------------------------------------------------------------------

.PHONY: needs
needs:
	@$(PYTHON) -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Python 3.11 or newer is needed (with venv); set PYTHON=… if it has another name."; exit 1; }
	command -v node >/dev/null || { echo "Node.js 20.19 or newer is needed to build the front end; install nodejs."; exit 1; }
	node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' \
		|| { echo "Node.js 20.19 or newer is needed; this is $$(node --version)."; exit 1; }

.PHONY: chromium
chromium:
	@if [ -n "$(CHROMIUM_PATH)" ]; then exit 0; fi
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core
	else
		echo "Chromium is needed for the browser tests; install it, or set CHROMIUM_PATH."; exit 1
	fi

# --- installing ---------------------------------------------------------------------------------

$(BIN)/python:
	@$(MAKE) --no-print-directory needs
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade pip

# The demo installs as a user would: no development tools, the front end built by the way.
$(VENV)/.demo: $(BIN)/python pyproject.toml package.json
	@echo "Installing into $(VENV): this takes a minute or two the first time."
	$(BIN)/python -m pip install -q -e ".[demo]"
	touch $@

$(VENV)/.test: $(BIN)/python pyproject.toml package.json yarn.lock
	@$(BIN)/python -m pip install -q -e ".[demo,test]"
	touch $@ $(VENV)/.demo

# Apart from the rest: where it is installed, all documents are shared ones. One test has it.
$(VENV)/collaboration/.ready: $(VENV)/.test
	@rm -rf $(@D)
	$(BIN)/python -m pip install -q --no-warn-script-location --prefix $(@D) "jupyter-collaboration>=5,<6"
	touch $@

node_modules/.yarn-state.yml: $(VENV)/.test package.json yarn.lock
	@jlpm install --immutable

ui-tests/node_modules/.yarn-state.yml: $(VENV)/.test ui-tests/package.json ui-tests/yarn.lock
	@cd ui-tests && jlpm install --immutable

$(LABEXTENSION): node_modules/.yarn-state.yml $(shell find src style schema -type f) tsconfig.json
	@jlpm build:prod
	jupyter-builder develop . --overwrite

# --- using --------------------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.demo
	@jupyter orchest-jobs run $(EXAMPLE)/train.orchest --name "Wine grid" --wait
	echo
	echo "Look at it in JupyterLab: make lab, then Jobs in the left sidebar."

.PHONY: lab
lab: $(VENV)/.demo
	@jupyter lab --notebook-dir=$(EXAMPLE) $(LAB_OPTIONS)

# --- testing ------------------------------------------------------------------------------------

# Jupyter, IPython and browsers write into the home: tests get one that goes when they end.
TEST_HOME = export HOME="$$(mktemp -d)"; unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME; trap 'rm -rf "$$HOME"' EXIT

# Most tests wait most of the time, for processes and pages, so the two long sorts share the machine.
.PHONY: test
test: needs chromium check jest $(BROWSER_NEEDS)
	@$(MAKE) --no-print-directory --output-sync -j2 pytest ui-test
	echo "All checks and tests passed."

# Side by side: they only read, each what is its own.
.PHONY: check
check: $(VENV)/.test node_modules/.yarn-state.yml
	@$(MAKE) --no-print-directory --output-sync -j2 check-python check-web

.PHONY: check-python
check-python: $(VENV)/.test
	@ruff check .
	ruff format --check .
	mypy
	lint-imports

.PHONY: check-web
check-web: node_modules/.yarn-state.yml
	@jlpm lint:check
	jlpm check:api

.PHONY: jest
jest: node_modules/.yarn-state.yml
	@$(TEST_HOME)
	jlpm test

.PHONY: pytest
pytest: $(VENV)/.test
	@$(TEST_HOME)
	python -m pytest -q $(PYTEST_OPTIONS)

# Hours of faults and races: not for every change.
$(VENV)/.soak: $(VENV)/.test
	@$(BIN)/python -m pip install -q -e ".[soak]"
	touch $@

.PHONY: soak
soak: $(VENV)/.soak
	@$(TEST_HOME)
	python -m pytest -q -m soak --timeout 7200 $(PYTEST_OPTIONS)

.PHONY: ui-test
ui-test: chromium $(BROWSER_NEEDS)
	@$(TEST_HOME)
	export CHROMIUM_PATH="$${CHROMIUM_PATH:-$(or $(CHROMIUM_PATH),/usr/bin/chromium)}"
	export COLLABORATION="$(abspath $(VENV))/collaboration"
	cd ui-tests && npx playwright test $(PLAYWRIGHT_OPTIONS)

# --- showing ------------------------------------------------------------------------------------

.PHONY: pictures
pictures: chromium $(LABEXTENSION) ui-tests/node_modules/.yarn-state.yml
	@$(TEST_HOME)
	export CHROMIUM_PATH="$${CHROMIUM_PATH:-$(or $(CHROMIUM_PATH),/usr/bin/chromium)}"
	cd ui-tests && npx playwright test -c pictures.config.js

# --- measuring ----------------------------------------------------------------------------------

$(VENV)/.bench: $(BIN)/python pyproject.toml package.json
	@$(BIN)/python -m pip install -q -e ".[demo,bench]"
	touch $@ $(VENV)/.demo

.PHONY: bench
bench: $(VENV)/.bench
	@python -m bench $(BENCH_OPTIONS)

# --- advisories ---------------------------------------------------------------------------------

$(VENV)/.audit: $(BIN)/python pyproject.toml package.json
	@$(BIN)/python -m pip install -q -e ".[audit]"
	touch $@

# Needs the databases of advisories, so it is no part of the tests.
.PHONY: audit
audit: $(VENV)/.audit node_modules/.yarn-state.yml
	@status=0
	installed="$$(mktemp)"
	python -m pip freeze --exclude-editable > "$$installed"
	# Strictly: what isn't found in the database was not looked at, and that is no success.
	python -m pip_audit --strict --disable-pip --no-deps --desc off -r "$$installed" || status=1
	rm "$$installed"
	jlpm npm audit --environment production || status=1
	exit $$status

# --- cleaning -----------------------------------------------------------------------------------

.PHONY: clean
clean:
	@rm -rf $(VENV) node_modules ui-tests/node_modules lib jupyter_orchest_jobs/labextension
