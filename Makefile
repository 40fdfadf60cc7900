# `make` alone lists what there is. Each command sets up what it needs first; the next run starts at once.

PYTHON ?= python3
PORT ?= 3000
CONFIG ?= staging
EXAMPLES ?= 200
SECONDS ?= 180

BIN := .venv/bin
UV := $(BIN)/uv
# sam build runs Lambda's own Python, which may be under pyenv and not on PATH (and a pyenv shim on PATH need not work).
PYTHON313 ?= $(shell for python in python3.13 "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.13*/bin/python3.13; do \
  "$$python" -c 'import sys; print(sys.executable)' 2>/dev/null && break; done)
SAM = PATH="$(dir $(PYTHON313)):$$PATH" .venv-sam/bin/sam
PYTEST = PYTHON313="$(PYTHON313)" $(BIN)/python -m pytest

export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
export SAM_CLI_TELEMETRY := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

define say
	@printf '→ %s\n' "$(1)"
endef
# $(call or_network,COMMAND): an installation that fails mostly fails for want of the package index.
define or_network
	@$(1) || { printf '✗ The installation failed. Is there a network connection to the Python package index? Then run this again.\n' >&2; exit 1; }
endef

.PHONY: help demo dev test fuzz soak check reconcile redrive build deploy contract lock format gallery viewports \
  benchmark benchmark-captures known-config python313 .venv .venv-emulator .venv-sam .venv-gallery .venv-benchmark .venv-captures
.DELETE_ON_ERROR:

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-27s%s\n", $$1, $$2 }'

demo: .venv .venv-emulator ## sign in, render a viewport, verify the webhook: the whole of it, once, on this machine
	@$(BIN)/python -m local demo

dev: .venv .venv-emulator ## serve the API at http://127.0.0.1:3000/api/plugins until stopped (PORT=3001 for another port)
	@PORT=$(PORT) $(BIN)/python -m local dev

test: .venv .venv-emulator ## run every test
	@$(PYTEST)

fuzz: .venv .venv-emulator ## try thousands of cases out of the contract on the local stack (EXAMPLES=1000 for more)
	@PYTHONPATH=.:layers/common $(BIN)/python -m tests.fuzz --max-examples $(EXAMPLES)

soak: .venv .venv-emulator ## load with faults for 3 minutes, then count what was lost (SECONDS=600)
	@$(BIN)/python -m local soak --seconds $(SECONDS)

check: python313 .venv .venv-emulator .venv-sam ## what CI runs: format, lint, types, imports, template, build, tests
	$(call say,format and lint)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	$(call say,types)
	@$(BIN)/mypy
	$(call say,imports)
	@PYTHONPATH=layers/common $(BIN)/lint-imports --no-logo
	$(call say,template)
	@$(SAM) validate
	@$(MAKE) --no-print-directory build
	$(call say,tests)
	@$(PYTEST)

build: python313 .venv-sam ## build layers and functions into .aws-sam/build
	$(call say,building (the layers take about a minute the first time))
	@$(SAM) build

deploy: known-config build ## deploy to AWS with its settings in samconfig.toml (CONFIG=staging or CONFIG=prod)
	@$(SAM) deploy --config-env $(CONFIG)

known-config:
	@case '$(CONFIG)' in staging|prod) ;; *) printf '✗ CONFIG is %s; it must be staging or prod.\n' '$(CONFIG)' >&2; exit 1 ;; esac

contract: .venv ## write openapi.yaml, what the API serves of it, docs/api.md and docs/errors.md out of the code
	@PYTHONPATH=.:layers/common $(BIN)/python -m contract

reconcile: .venv .venv-emulator ## do all balances, ledgers and renders agree? (STACK=name for a stack on AWS)
	@$(BIN)/python -m local reconcile $(if $(STACK),--stack '$(STACK)')

redrive: .venv .venv-emulator ## send dead letters to work again: QUEUE=render, delivery or cleanup (STACK=name)
	@$(BIN)/python -m local redrive '$(QUEUE)' $(if $(STACK),--stack '$(STACK)')

lock: .venv ## choose exact versions anew for what pyproject.toml asks (UPGRADE=1 moves all to their newest)
	@$(BIN)/python requirements/lock.py $(if $(UPGRADE),--upgrade)

format: .venv ## format the code and mend what the linter can mend
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

gallery: .venv ## render every sample viewport in every style into gallery/index.html (QUALITY=high for 4K)
	@PYTHONPATH=layers/common $(BIN)/python -m benchmarks.gallery $(if $(QUALITY),--quality $(QUALITY))

viewports: .venv-gallery ## draw the gallery's sample viewports anew with Blender (rarely needed; Python 3.11, a GL library)
	@.venv-gallery/bin/python benchmarks/viewports

benchmark: .venv .venv-benchmark ## measure the preview engine against Pillow and OpenCV, and write docs/performance.md
	@$(BIN)/python benchmarks/preview_engine.py

benchmark-captures: .venv .venv-captures ## measure the preview engine on captures of known scenes, and write docs/captures.md
	@PYTHONPATH=layers/common $(BIN)/python -m benchmarks.captures $(if $(ONLY),--only '$(ONLY)')

# ---------------------------------------------------------------- environments

.venv: .venv/ready
.venv-emulator: .venv-emulator/ready
.venv-sam: .venv-sam/ready
.venv-gallery: .venv-gallery/ready
.venv-benchmark: .venv-benchmark/ready
.venv-captures: .venv-captures/ready

$(UV):
	@command -v $(PYTHON) >/dev/null || { \
	  printf '✗ %s was not found. Install Python 3.11 or newer, or name yours: make PYTHON=/path/to/python3\n' '$(PYTHON)' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  printf '✗ %s is %s; Python 3.11 or newer is needed. Name another: make PYTHON=/path/to/python3\n' \
	    '$(PYTHON)' "$$($(PYTHON) --version 2>&1)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  printf '✗ This Python has no venv module. On Debian and Ubuntu: apt-get install python3-venv\n' >&2; exit 1; }
	$(call say,creating .venv)
	@$(PYTHON) -m venv --clear .venv
	@sed -n '/^uv==/,/[^\\]$$/p' requirements/dev.txt >.venv/uv.txt
	$(call or_network,$(BIN)/pip install --quiet --require-hashes --no-deps -r .venv/uv.txt)

.venv/ready: requirements/dev.txt | $(UV)
	$(call say,installing development tools (first time, about 30 s))
	$(call or_network,$(UV) pip sync --quiet --compile-bytecode --require-hashes --python .venv $<)
	@touch $@

.venv-%/ready: requirements/%.txt | $(UV)
	$(call say,installing $* (first time, about 20 s))
	@test -x .venv-$*/bin/python || $(UV) venv --quiet --clear --python $(BIN)/python .venv-$*
	$(call or_network,$(UV) pip sync --quiet --compile-bytecode --require-hashes --python .venv-$* $<)
	@touch $@

python313:
	@test -x '$(PYTHON313)' || { \
	  printf '✗ Building for AWS needs python3.13, as on Lambda, on PATH (or make PYTHON313=/path/to/python3.13).\n' >&2; exit 1; }
