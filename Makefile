# Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
# What can be done here: `make help` says. A step that is up to date is not done again.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# What a step has to say goes to standard error: `make run` prints the sign-in link, alone, on standard output.
say = echo "$(1)" >&2

BIN := .venv/bin
WEB := webclient
# Node comes with the Python packages. npm runs no script of a package that it installs.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix $(WEB) --no-update-notifier
WEB_SOURCES := $(shell find $(WEB) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/tests/*')
OIDC_PROVIDER := tests/oidc_provider
SYSTEM_PACKAGES := chromium espeak-ng fonts-noto-core fonts-noto-cjk libgomp1

# Lines of pip's that are worth a person's time: what is fetched, and that it is being unpacked.
TELL := sed -un -e 's|^ *Downloading \(.*/\)*\([^ ]*\) \((.*)\).*|  fetching \2 \3|p' \
	-e 's|^Installing collected packages.*|  unpacking; this takes a minute|p' >&2
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --no-input --progress-bar off

.PHONY: help
help: ## Say what can be done
	@echo "make run           Start Dragoman; PORT=9000 make run takes another port. Ctrl-C stops it"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | grep -v '^run|' \
		| while IFS='|' read -r name text; do printf 'make %-13s %s\n' "$$name" "$$text"; done

.PHONY: run
run: $(BIN)/.installed web ## Start Dragoman
	@exec $(BIN)/python -m server

.PHONY: web
web: $(WEB)/dist/index.html ## Build the web client

.PHONY: test
test: lint web system-packages $(OIDC_PROVIDER)/node_modules/.installed ## Check everything: lint, types, layers, web client, all tests
	@$(call say,Testing the web client ...)
	@$(NPM) test --silent
	@$(call say,Testing the rest ...)
	@$(BIN)/python -m pytest

.PHONY: unit
unit: $(BIN)/.installed-dev ## Only the tests that need no database, network or model
	@$(BIN)/python -m pytest tests/unit

.PHONY: lint
lint: $(BIN)/.installed-dev $(WEB)/node_modules/.installed ## Style, types and layers of all languages
	@$(call say,Checking style and types ...)
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache
	@$(BIN)/python -m signaling.typescript --check
	@$(BIN)/python -m server.env_example --check
	@$(NPM) run --silent lint
	@$(NPM) run --silent check

# What `make bench-live` passes on, where it is set.
BENCH_OPTIONS = $(if $(CLIPS),--clips "$(CLIPS)") $(if $(LANGS),--langs "$(LANGS)") $(if $(ONLY),--only "$(ONLY)") \
	$(if $(TARGET),--target "$(TARGET)") $(if $(ENGINES),--engines "$(ENGINES)") \
	$(if $(SESSIONS),--sessions "$(SESSIONS)") $(if $(OUT),--out "$(OUT)") \
	$(if $(BASELINE),--baseline "$(BASELINE)") $(if $(PLOTS),--plots "$(PLOTS)")

.PHONY: bench-live
bench-live: $(BIN)/.installed-dev web ## Measure latency and errors; tests/bench/live.py says what can be set
	@$(BIN)/python -m tests.bench.live $(BENCH_OPTIONS)

.PHONY: bench-doubt
bench-doubt: $(BIN)/.installed-dev ## Measure what each layer of doubt does; LANGS=auto,de for other languages
	@$(BIN)/python -m tests.bench.doubt

.PHONY: bench-history
bench-history: $(BIN)/.installed-dev ## Measure list, search and export; PARAGRAPHS=20000 for fewer
	@$(BIN)/python -m tests.bench.history

.PHONY: clean
clean: ## Remove what was installed and built here; what people said stays
	@rm -rf .venv $(WEB)/node_modules $(WEB)/dist

# The newest Python is not always one that all packages are built for: the one that the tests run on comes first.
$(BIN)/python:
	@for python in $(PYTHON) python3.11 python3 python3.12 python3.13; do \
		if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			$(call say,Making a virtual environment with $$($$python --version) ...); \
			exec $$python -m venv .venv; \
		fi; \
	done; \
	$(call say,Dragoman needs Python 3.11 or newer with its venv module: apt install python3 python3-venv); \
	exit 1

$(BIN)/.installed: requirements.lock | $(BIN)/python
	@$(call say,Installing Python packages and models: about 1 GB the first time ...)
	@$(PIP_INSTALL) --requirement requirements.lock | $(TELL)
	@touch $@

$(BIN)/.installed-dev: requirements-dev.lock $(BIN)/.installed
	@$(call say,Installing what the tests need ...)
	@$(PIP_INSTALL) --requirement requirements-dev.lock | $(TELL)
	@touch $@

$(WEB)/node_modules/.installed: $(WEB)/package.json $(WEB)/package-lock.json $(WEB)/.npmrc $(BIN)/.installed
	@$(call say,Installing what builds the web client ...)
	@$(NPM) ci --loglevel error --no-progress --ignore-scripts --no-audit --no-fund >&2
	@touch $@

$(OIDC_PROVIDER)/node_modules/.installed: $(OIDC_PROVIDER)/package.json $(OIDC_PROVIDER)/package-lock.json $(OIDC_PROVIDER)/.npmrc $(BIN)/.installed
	@$(call say,Installing the identity provider that the tests sign in with ...)
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix $(OIDC_PROVIDER) --no-update-notifier ci --loglevel error --ignore-scripts --no-audit --no-fund >&2
	@touch $@

$(WEB)/dist/index.html: $(WEB_SOURCES) $(WEB)/node_modules/.installed
	@$(call say,Building the web client ...)
	@$(NPM) run --silent build -- --logLevel warn >&2
	@touch $@

# Browser tests need a Chromium; some speech in tests is made with espeak-ng. Without them those tests are skipped.
.PHONY: system-packages
system-packages:
	@missing=(); \
	for package in $(SYSTEM_PACKAGES); do \
		dpkg-query --show --showformat='$${Status}' $$package 2>/dev/null | grep -q ' installed$$' || missing+=($$package); \
	done; \
	if [ $${#missing[@]} -eq 0 ]; then exit 0; fi; \
	if [ $$(id -u) -eq 0 ] && command -v apt-get >/dev/null; then \
		$(call say,Installing $${missing[*]} ...); \
		export DEBIAN_FRONTEND=noninteractive; \
		{ apt-get update -qq && apt-get install -qq --no-install-recommends $${missing[@]}; } >/dev/null && exit 0; \
	fi; \
	command -v chromium chromium-browser google-chrome >/dev/null \
		|| $(call say,No Chromium: the tests in tests/browser are skipped.); \
	command -v espeak-ng >/dev/null || $(call say,No espeak-ng: tests that make speech with it are skipped.)
