# Two commands are all it takes: `make demo` and `make test`. CONTRIBUTING.md has more.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WITH_SERVERS := $(BIN)/python -m tequipy.local.throwaway
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test test-full lint format messages lock clean test-deployment test-deployment-full test-load test-debian-postgres bench fuzz

demo: $(VENV)/demo.installed
	@exec $(BIN)/python -m tequipy.local.demo

test: $(VENV)/dev.installed
	@$(BIN)/pytest -m "not full"

# With what takes too long for each change: every limit, browser, process and state.
test-full: $(VENV)/dev.installed
	@$(BIN)/pytest

# The API by Schemathesis, longer than in `make test-full`: 100 requests for each operation,
# chains of them, and each limit of each field. FUZZ_EXAMPLES says how many; fewer than
# FUZZ_LEAST in all, or than FUZZ_CHAINED in chains, is a failure.
FUZZ_EXAMPLES ?= 100
FUZZ_LEAST ?= 10000
FUZZ_CHAINED ?= 1500
fuzz: $(VENV)/dev.installed
	@FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) FUZZ_LEAST=$(FUZZ_LEAST) FUZZ_CHAINED=$(FUZZ_CHAINED) \
	  FUZZ_PHASES=examples,coverage,fuzzing $(BIN)/pytest -n 0 apps/ops/tests/test_fuzz.py

# What deploys, as .ci/run does: the files by their own tools, the alerts in promtool and
# by a real Alertmanager, and one smoke of the real Compose file on a Docker Engine of
# its own. As root, after deploy/ci/install.sh.
DEPLOYMENT := $(BIN)/pytest -o addopts="--strict-markers" -p no:django deploy/ci
test-deployment: $(VENV)/deploy.installed
	@$(DEPLOYMENT) -n 3 -m "not full and not load"

# All of it: also each alert's real fault, dashboards, backups and their restore, frozen
# servers, and each container killed. Half an hour.
test-deployment-full: $(VENV)/deploy.installed
	@$(DEPLOYMENT) -n 3 -m "not load" --durations 12

# The production stack: closed, restarted under load, restored by the runbook. Wants a
# machine of its own, and 15 minutes.
test-load: $(VENV)/deploy.installed
	@$(DEPLOYMENT) -n 0 -m load

# The suite on PostgreSQL 15, the oldest that is supported.
test-debian-postgres: $(VENV)/dev.installed
	@deploy/ci/debian-postgres.sh $(BIN)/pytest -m "not slow and not browser"

# The API and the pages beside a bare handler, the API also beside a stock DRF view, in
# one run: SIZE is 1000, 100000,
# 1000000, or several. Makes the data sets it needs, in var/bench.
SIZE ?= 1000 100000 1000000
bench: $(VENV)/dev.installed
	@$(BIN)/python -m bench.run $(SIZE)

lint: $(VENV)/dev.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')
	$(WITH_SERVERS) $(BIN)/python manage.py makemigrations --check --dry-run
	$(WITH_SERVERS) $(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null
	DEBUG=false ENABLE_HSTS=true HSTS_PRELOAD=true PUBLIC_URL=https://app.example.com \
	  $(WITH_SERVERS) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(WITH_SERVERS) $(BIN)/mypy

format: $(VENV)/dev.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djade --target-version 5.2 $$(git ls-files 'templates/*.html')

# The texts of the sources into tequipy/locale, and compiled; names what wants work.
messages: $(VENV)/dev.installed
	@$(WITH_SERVERS) $(BIN)/python manage.py messages

# Renews the pinned versions; hashes only, no download address.
lock: $(VENV)/dev.installed
	$(BIN)/pip install --quiet uv
	for name in base telemetry demo dev deploy; do $(BIN)/uv pip compile --quiet --universal --upgrade \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header requirements/$$name.in -o requirements/$$name.txt; done

clean:
	rm -rf $(VENV) var

# One environment; what a command needs is added to it when its lock file changed.
# Not two at a time.
$(VENV)/deploy.installed: | $(VENV)/dev.installed
$(VENV)/%.installed: requirements/%.txt
	@$(PYTHON) tequipy/local/install.py $(VENV) $<
	@touch $@
