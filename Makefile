# What people do with a checkout. `make run` is all a visitor needs.
#
# Needs a Python of 3.11 or later and nothing else; everything is put into
# .venv/, nothing into the system (but see `browser`). Each step is done once
# and again only when its list of packages changes.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup run setup-test browser test check format bench lock clean

VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip install -qq --disable-pip-version-check \
	--no-input --require-hashes
CODE := server client_demo benchmarks tests tools run.py
PLACES := $(wildcard $(CODE))
UV ?= uv
WORKERS ?= 2

# Each command is tried, not only looked for: a version manager may have put
# a python3.13 on the path that only says that it is not installed.
define FIND_PYTHON
found=; \
for candidate in python3.13 python3.12 python3.11 python3; do \
	if "$$candidate" -c 'import sys, ssl, venv; \
sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
		found="$$candidate"; break; \
	fi; \
done; \
if [ -z "$$found" ]; then \
	echo 'Dayfly needs Python 3.11 or later (with venv), and found none.' >&2; \
	exit 1; \
fi
endef

help:
	@echo 'make run          start the demo; ARGS="--port 9000" passes options on'
	@echo 'make setup        make .venv with what the server and the client need'
	@echo 'make test         every test, with coverage, on two cores; WORKERS=8'
	@echo 'make check        the static checks: format, lint, imports, types'
	@echo 'make bench        measure; ARGS="messages --json" chooses'
	@echo 'make format       put the code into its one format'
	@echo 'make lock         pin the newest packages the .in files allow'
	@echo 'make clean        remove everything that make has made'

setup: $(VENV)/demo.stamp

$(VENV)/demo.stamp: requirements/demo.txt
	@$(FIND_PYTHON); \
	if [ ! -x $(PYTHON) ]; then "$$found" -m venv $(VENV); fi; \
	echo "installing what Dayfly needs into $(VENV)/ ..." >&2; \
	$(PIP) -r requirements/demo.txt
	@touch $@

run: setup
	@exec $(PYTHON) run.py $(ARGS)

setup-test: $(VENV)/dev.stamp browser

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/demo.stamp
	@echo "installing what its tests need into $(VENV)/ ..." >&2
	@$(PIP) -r requirements/dev.txt
	@touch $@

# The browser tests drive a real Chromium: the one on the path, or Debian's, or
# the one that playwright brings. tests/conftest.py looks in the same order.
browser: $(VENV)/dev.stamp
	@if [ -n "$${DAYFLY_TEST_BROWSER:-}" ]; then exit 0; fi; \
	for name in chromium chromium-browser google-chrome; do \
		if command -v "$$name" >/dev/null 2>&1; then exit 0; fi; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		echo 'installing Chromium for the browser tests ...' >&2; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get -qq -o DPkg::Lock::Timeout=300 update >/dev/null; \
		apt-get -qq -o DPkg::Lock::Timeout=300 install -y \
			--no-install-recommends chromium >/dev/null; \
	else \
		$(VENV)/bin/playwright install chromium; \
	fi

# The tests that share a file's fixtures stay together until one worker runs
# out of tests; then it takes some of the other's.
test: setup-test
	@$(PYTHON) -m coverage erase
	@$(PYTHON) -m pytest --numprocesses $(WORKERS) --dist worksteal \
		--cov --cov-report= $(ARGS)
	@$(PYTHON) -m coverage report --skip-covered
	@$(PYTHON) -m coverage report --fail-under=100 --show-missing \
		--include='server/domain/*,server/protocol/*,server/live/*,server/vault/*,server/store/*'

check: $(VENV)/dev.stamp
	@$(VENV)/bin/ruff format --check --quiet $(PLACES)
	@$(VENV)/bin/ruff check --quiet $(PLACES)
	@said=$$($(VENV)/bin/lint-imports 2>&1) || { echo "$$said"; exit 1; }
	@$(VENV)/bin/mypy $(PLACES)

format: $(VENV)/dev.stamp
	@$(VENV)/bin/ruff format $(PLACES)
	@$(VENV)/bin/ruff check --fix-only --quiet $(PLACES)

bench: $(VENV)/dev.stamp
	@$(PYTHON) -m benchmarks $(ARGS)

lock:
	@cd requirements && compile="$(UV) pip compile --quiet --universal \
		--generate-hashes --no-annotate --no-header --python-version 3.11" && \
	$$compile --upgrade runtime.in -o runtime.txt && \
	$$compile --upgrade runtime.in client.in -c runtime.txt -o demo.txt && \
	$$compile --upgrade runtime.in client.in dev.in -c demo.txt -o dev.txt

clean:
	@rm -rf $(VENV) .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache \
		.ruff_cache .import_linter_cache
