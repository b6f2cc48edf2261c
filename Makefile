# Two commands for a newcomer: `make run` and `make test`. All that they need is made in .venv, from requirements.lock,
# with Python 3.11 to 3.13 and make. Works with the make of macOS (3.81).

.DEFAULT_GOAL := help
.PHONY: help run test ui bench bench-recall bench-replies bench-star bench-readers bench-superset bench-checking bench-loading bench-disclosure bench-night bench-nights check-kills check-backfill check-bulletin check-deploy check-celery check-ui check-sources fuzz canaries oracle lock clean

# Where this checkout lies is part of the stamp, because an environment does not survive being moved.
STAMP := .venv/made-$(shell pwd | cksum | cut -d ' ' -f 1)
BIN := .venv/bin

# What is set for another Python is not for ours.
unexport PYTHONPATH PYTHONHOME
export PIP_USER := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export GX_ANALYTICS_ENABLED := false
export DAGSTER_DISABLE_TELEMETRY := 1

# Some libraries insist on a home that can be written to; where there is none they are lent one.
ifneq ($(shell test -n "$$HOME" && test -w "$$HOME" && echo yes),yes)
export HOME := $(CURDIR)/.venv/home
endif

# The first of these that really runs (a shim may not), is of a known version and can make an environment.
PYTHONS = $(PYTHON) python3.13 python3.12 python3.11 python3 python
KNOWN = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(STAMP) ## Walk the whole way once: returns in, national indicators out (RETURNS=dir for your own)
	@$(BIN)/dayops run $(if $(RETURNS),--returns "$(RETURNS)")

ui: $(STAMP) ## Open the Dagster UI, with its daemon, on the same warehouse
	@$(BIN)/dayops ui

test: $(STAMP) ## Lint, types, import contracts, then the tests on a real Postgres
	@$(call step,lint,ruff check --quiet .)
	@$(call step,format,ruff format --check --quiet .)
	@$(call step,types,mypy --no-error-summary)
	@$(call step,imports,lint-imports --no-logo)
	@$(call step,tests,pytest -q -n 2 --dist loadfile --no-loadscope-reorder)

step = printf '%s\n' '== $(1): $(2)'; $(BIN)/$(2) || { printf '\n%s\n' 'make test stopped: $(1) failed. Try it alone with: $(BIN)/$(2)' >&2; exit 1; }

$(STAMP): requirements.lock pyproject.toml
	@python=; found=; \
	for name in $(PYTHONS); do \
	  "$$name" -c '$(KNOWN)' >/dev/null 2>&1 || continue; \
	  found="$$name"; \
	  "$$name" -c 'import ensurepip, venv' >/dev/null 2>&1 && { python="$$name"; break; }; \
	done; \
	if [ -z "$$found" ]; then \
	  echo 'Python 3.11, 3.12 or 3.13 is wanted, and none was found. Install one (Debian: apt install python3 python3-venv;' >&2; \
	  echo 'macOS: python.org or brew install python@3.13), or name it: make PYTHON=/path/to/python3.12 ...' >&2; exit 1; \
	elif [ -z "$$python" ]; then \
	  echo "$$found cannot make an environment: its venv module is not installed. On Debian: apt install python3-venv" >&2; exit 1; \
	fi; \
	echo "Setting up the environment with $$("$$python" --version), about 2 minutes the first time ..."; \
	mkdir -p .venv/home; \
	if [ -e .venv/unfinished ] || [ ! -e $@ ] || ! $(BIN)/python -c '$(KNOWN)' >/dev/null 2>&1; then \
	  "$$python" -m venv --clear .venv || exit 1; \
	fi; \
	mkdir -p .venv/home && touch .venv/unfinished && \
	$(BIN)/python -m pip install --quiet --no-input --require-hashes --no-deps --only-binary :all: -r requirements.lock && \
	$(BIN)/python -m pip install --quiet --no-input --no-deps --no-build-isolation --editable . && \
	touch $@ && rm .venv/unfinished && echo 'The environment stands.'

bench: $(STAMP) ## How fast dayops is: starting, a nation's month, bulk, history, peers; about an hour and a half, on a quiet machine
	@status=0; for part in starting national bulk history; do $(BIN)/python -m bench.speed.$$part || status=1; echo; done; \
	$(MAKE) bench-checking || status=1; $(MAKE) bench-loading || status=1; exit $$status

bench-recall: $(STAMP) ## Count the planted faults that are found, and false alarms (SEED=n, OUT=file); about 15 minutes
	@$(BIN)/python -m bench.recall $(if $(SEED),--seed "$(SEED)") $(if $(OUT),--out "$(OUT)")

fuzz: $(STAMP) ## Read and judge spoilt returns, none of which may break anything (COUNT=n, SEED=n); about 25 minutes
	@$(BIN)/python -m bench.fuzz $(if $(COUNT),--count "$(COUNT)") $(if $(SEED),--seed "$(SEED)") $(if $(ONLY),--only "$(ONLY)")

canaries: $(STAMP) ## Plant fake identifiers of people, run a night, and look for them everywhere (COUNT=n, SEED=n); about 5 minutes
	@$(BIN)/python -m bench.canaries $(if $(COUNT),--count "$(COUNT)") $(if $(SEED),--seed "$(SEED)")

oracle: $(STAMP) ## Count every figure of a night again in plain pandas and compare cell by cell (SEED=n); about 8 minutes
	@$(BIN)/python -m bench.oracle $(if $(SEED),--seed "$(SEED)")

bench-replies: $(STAMP) ## Time the replies to a return of 10,000 rows against what is promised; about half a minute
	@$(BIN)/python -m bench.replies

bench-star: $(STAMP) ## Time ten charts on five years of national data, asked as an analyst; about 5 minutes
	@$(BIN)/python -m bench.star

bench-disclosure: $(STAMP) ## Time disclosure control on tables in the shape of Wales, and weigh what it hides; about a minute
	@$(BIN)/python -m bench.disclosure

bench-readers: $(STAMP) ## Publish 50 releases under eight readers, none of whom may see two in one transaction; about a minute
	@$(BIN)/python -m bench.readers

bench-superset: $(STAMP) ## Apache Superset, in an environment of its own, on your warehouse as analyst and public; about 10 minutes
	@test -x .venv/superset/bin/superset || { $(BIN)/python -m venv .venv/superset && \
	  .venv/superset/bin/pip install --quiet --requirement bench/superset/requirements.txt; }
	@$(BIN)/python -m bench.superset.run .venv/superset/bin/python $(if $(PICTURES),--pictures "$(PICTURES)")

bench-checking: $(STAMP) .venv/peers/made ## Check a million rows beside pandera, GX, frictionless, DVE and soda (ROWS=n); about 10 minutes
	@$(BIN)/python -m bench.speed.checking $(if $(ROWS),--rows "$(ROWS)")

bench-loading: $(STAMP) .venv/peers/made ## Load a million rows beside COPY, pandas, SQLAlchemy and dlt (ROWS=n); about 10 minutes
	@$(BIN)/python -m bench.speed.loading $(if $(ROWS),--rows "$(ROWS)")

# The libraries that dayops is timed beside, in an environment of their own; Python 3.13 is too new for one of them.
.venv/peers/made: bench/speed/peers/requirements.txt | $(STAMP)
	@$(BIN)/python -m venv --clear .venv/peers && \
	  .venv/peers/bin/pip install --quiet --requirement bench/speed/peers/requirements.txt && touch $@

check-kills: $(STAMP) ## kill -9 a run's process, the daemon and the code server amid nights (COUNT=n, SEED=n); about an hour
	@$(BIN)/python -m bench.operation.kills $(if $(COUNT),--count "$(COUNT)") $(if $(SEED),--seed "$(SEED)")

bench-night: $(STAMP) ## Time an empty night from tick to success beside an empty run of Dagster's own; about 20 minutes
	@$(BIN)/python -m bench.operation.night $(if $(REPETITIONS),--repetitions "$(REPETITIONS)")

bench-nights: $(STAMP) ## Many nights in one process: memory, connections, time (NIGHTS=n, RETURNS=n, SEED=n); about two hours
	@$(BIN)/python -m bench.operation.nights $(if $(NIGHTS),--nights "$(NIGHTS)") $(if $(RETURNS),--returns "$(RETURNS)") \
	  $(if $(SEED),--seed "$(SEED)")

check-backfill: $(STAMP) ## Ask the UI for a backfill: one run a month, each check's result of its month (MONTHS=n, PROVIDERS=n)
	@$(BIN)/python -m bench.backfill $(if $(MONTHS),--months "$(MONTHS)") $(if $(PROVIDERS),--providers "$(PROVIDERS)")

check-bulletin: $(STAMP) ## Look at both pages of a bulletin in a browser: accessibility, no requests, phones, print (PAGES=folder)
	@$(BIN)/python -m bench.bulletin $(if $(PAGES),--pages "$(PAGES)")

check-deploy: $(STAMP) ## Try the door of deploy/nginx under a real nginx, with a real Dagster behind it; about a minute
	@$(BIN)/python -m bench.proxy

check-celery: $(STAMP) ## A night carried by two Celery workers on a real Redis, against one process; about 3 minutes (PROVIDERS=n)
	@$(BIN)/python -m bench.workers $(if $(PROVIDERS),--providers "$(PROVIDERS)")

check-sources: $(STAMP) ## Throw faults into the fetching of returns over SFTP, S3 and HTTP, none of which may harm one (COUNT=n, SEED=n)
	@$(BIN)/python -m bench.sources $(if $(COUNT),--count "$(COUNT)") $(if $(SEED),--seed "$(SEED)")

lock: $(STAMP) ## Pin every library anew in requirements.lock (UPGRADE=yes to take the newest)
	@uv=$$(command -v uv) || { $(BIN)/python -m venv .venv/uv && .venv/uv/bin/pip install --quiet uv && uv=.venv/uv/bin/uv; }; \
	"$$uv" pip compile pyproject.toml --quiet --all-extras --universal --python-version 3.11 --fork-strategy fewest \
	  --only-binary :all: --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade) --output-file requirements.lock

check-ui: $(STAMP) ## Walk through the Dagster UI in a browser, a month and a bad return included (PICTURES=folder); about 2 minutes
	@$(BIN)/python -m bench.ui $(if $(PICTURES),--pictures "$(PICTURES)")

clean: ## Stop the embedded server and remove the environment; what dayops keeps in .dayops stays
	@[ ! -e $(STAMP) ] || $(BIN)/python -c 'from resources.postgres import stop_embedded; \
	from resources.settings import load_settings; stop_embedded(load_settings())'
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find assets bench dayops_pipeline expectations resources tests warehouse -name __pycache__ -type d -prune -exec rm -rf {} +
