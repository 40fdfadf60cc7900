# `make` lists all commands. A command first installs what it needs; later runs skip that.

PYTHON ?= python3
PORT ?= 3000
CONFIG ?= staging
# Tests run the built functions here, so that they are built for this machine unless told otherwise.
ARCH ?= $(if $(filter arm64 aarch64,$(shell uname -m)),arm64,x86_64)
DEPLOYED_ARCH = $(shell sed -n '/^\[$(CONFIG)\.deploy/,/^\[/s/.*Architecture=\([a-z0-9_]*\).*/\1/p' samconfig.toml)
EXAMPLES ?= 200
SECONDS ?= 180
# One more than there are cores: tests of the local stack wait for processes most of their time.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

BIN := .venv/bin
UV := $(BIN)/uv
# sam build needs the Python version of Lambda. It may be installed under pyenv only, and a pyenv shim on PATH may not work.
PYTHON313 ?= $(shell for python in python3.13 "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.13*/bin/python3.13; do \
  "$$python" -c 'import sys; print(sys.executable)' 2>/dev/null && break; done)
SAM = PATH="$(dir $(PYTHON313)):$$PATH" .venv-sam/bin/sam
# A file's tests share expensive fixtures, so a file stays on one worker. Files that wait come first and are given out first.
# The tests start many processes: all of them keep what Python has compiled, also in a container that forbids it.
PYTEST = PYTHON313="$(PYTHON313)" env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest \
  --numprocesses $(WORKERS) --maxprocesses 4 --dist loadfile --no-loadscope-reorder

export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
export SAM_CLI_TELEMETRY := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

define say
	@printf '→ %s\n' "$(1)"
endef
# $(call or_network,COMMAND): runs an installation. If one fails, the usual cause is that the package index is unreachable.
define or_network
	@$(1) || { printf '✗ The installation failed. Check the connection to the Python package index, then run this again.\n' >&2; exit 1; }
endef

.PHONY: help demo dev test fuzz mutation resume soak check reconcile redrive user revoke smoke build deploy contract lock format \
  gallery viewports benchmark benchmark-requests benchmark-captures clients known-config python313 .venv .venv-emulator .venv-sam .venv-deploy \
  .venv-gallery .venv-benchmark .venv-peers .venv-mutation .venv-captures .venv-clients .node-clients .node-uppy
.DELETE_ON_ERROR:

help: ## list all commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-27s%s\n", $$1, $$2 }'

demo: .venv .venv-emulator ## sign in, render one viewport and verify the webhook, on this machine
	@$(BIN)/python -m local demo

dev: .venv .venv-emulator ## serve the API at http://127.0.0.1:3000/api/plugins until you stop it (PORT=3001 for another port)
	@PORT=$(PORT) $(BIN)/python -m local dev

test: .venv .venv-emulator ## run every test but the fuzzing, on all cores (WORKERS=0: one after another)
	@$(PYTEST) -m 'not fuzz'

fuzz: .venv .venv-emulator ## send thousands of generated requests to the local stack (EXAMPLES=1000 for more)
	@PYTHONPATH=.:layers/common $(BIN)/python -m tests.fuzz --max-examples $(EXAMPLES)

mutation: .venv .venv-mutation ## change the domain's code in one place at a time and list the changes that no test notices
	@rm -rf .mutation && mkdir .mutation
	@cp -r layers/common/renderiq tests tests/mutation.toml .mutation
	@cd .mutation && export PATH="$(CURDIR)/.venv-mutation/bin:$$PATH" && \
	  cosmic-ray init mutation.toml session.sqlite && \
	  cr-filter-operators session.sqlite mutation.toml && \
	  cosmic-ray exec mutation.toml session.sqlite && \
	  cr-report --show-diff --surviving-only session.sqlite

resume: .venv .venv-emulator .node-uppy ## upload 200 MB while the client is killed ten times, also by Uppy, and abandon 1,000 uploads (3 minutes)
	@UPLOAD_MEGABYTES=200 UPLOAD_KILLS=10 ABANDONED_UPLOADS=1000 $(BIN)/python -m pytest -q \
	  tests/integration/test_resumed_uploads.py tests/integration/test_upload_races.py tests/uppy

soak: .venv .venv-emulator ## load the local stack for 3 minutes while faults are injected, then count losses (SECONDS=600)
	@PYTHONPATH=.:layers/common $(BIN)/python -m tests.soak --seconds $(SECONDS)

check: python313 .venv .venv-emulator .venv-sam .venv-deploy .venv-clients .node-clients .node-uppy ## run what CI runs: format, lint, types, imports, template, build, tests
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
	$(call say,instructions of cold starts and requests)
	@PYTHONPATH=.:layers/common $(BIN)/python -m benchmarks.requests --python '$(PYTHON313)' --check
	$(call say,tests)
	@$(PYTEST)

clients: .venv .venv-emulator .venv-clients .node-clients ## lint openapi.yaml, and try the clients that seven generators make of it
	@$(PYTEST) tests/clients

build: python313 .venv-sam ## build the layers and functions for this machine into .aws-sam/build (ARCH=arm64 or ARCH=x86_64)
	$(call say,building for $(ARCH) (the layers take about a minute the first time))
	@ARCH=$(ARCH) $(SAM) build --parameter-overrides Architecture=$(ARCH)

deploy: known-config ## build and deploy to AWS with the settings in samconfig.toml (CONFIG=staging or CONFIG=prod)
	@$(MAKE) --no-print-directory build ARCH=$(DEPLOYED_ARCH)
	@$(SAM) deploy --config-env $(CONFIG) $(if $(CI),--no-confirm-changeset)

known-config:
	@case '$(CONFIG)' in staging|prod) ;; *) printf '✗ CONFIG is %s, but must be staging or prod.\n' '$(CONFIG)' >&2; exit 1 ;; esac

contract: .venv ## generate openapi.yaml, the document that the API serves, and docs/errors.md from the code
	@PYTHONPATH=.:layers/common $(BIN)/python -m contract

reconcile: .venv .venv-emulator ## check that all balances, ledgers and renders agree (STACK=name for a stack on AWS)
	@$(BIN)/python -m admin reconcile $(if $(STACK),--stack '$(STACK)')

redrive: .venv .venv-emulator ## move dead letters back to their queue: QUEUE=render, delivery or cleanup (STACK=name)
	@$(BIN)/python -m admin redrive '$(QUEUE)' $(if $(STACK),--stack '$(STACK)')

user: .venv .venv-emulator ## create a user with a temporary password: EMAIL=ada@example.com (STACK=name)
	@$(BIN)/python -m admin user '$(EMAIL)' $(if $(STACK),--stack '$(STACK)')

revoke: .venv .venv-emulator ## end a user's sessions and revoke its API keys: EMAIL=… (DISABLE=1 also bars it, STACK=name)
	@$(BIN)/python -m admin revoke '$(EMAIL)' $(if $(DISABLE),--disable) $(if $(STACK),--stack '$(STACK)')

smoke: export SMOKE_PASSWORD = $(PASSWORD)
smoke: .venv ## check a deployed API: URL=https://…/api/plugins EMAIL=… PASSWORD=… (WEBHOOK_URL=https://… for a receiver)
	@$(BIN)/python -m admin smoke '$(URL)' '$(EMAIL)' $(if $(WEBHOOK_URL),--webhook-url '$(WEBHOOK_URL)')

lock: .venv ## lock the versions of all dependencies in pyproject.toml (UPGRADE=1 for the newest versions)
	@$(BIN)/python requirements/lock.py $(if $(UPGRADE),--upgrade)

format: .venv ## format the code and fix what the linter can fix
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

gallery: .venv ## render every sample viewport in every style into gallery/index.html (QUALITY=high for 4K)
	@PYTHONPATH=layers/common $(BIN)/python -m benchmarks.gallery $(if $(QUALITY),--quality $(QUALITY))

viewports: .venv-gallery ## draw the sample viewports of the gallery with Blender (rarely needed; needs Python 3.11 and OpenGL)
	@.venv-gallery/bin/python benchmarks/viewports

benchmark: .venv .venv-benchmark benchmark-requests ## measure functions and preview engine beside others, and write docs/performance.md
	@$(BIN)/python benchmarks/preview_engine.py

benchmark-requests: .venv .venv-peers build ## the part about functions: cold starts, requests, AWS calls and costs (needs valgrind)
	@PYTHONPATH=.:layers/common $(BIN)/python -m benchmarks.requests --python '$(PYTHON313)'

benchmark-captures: .venv .venv-captures ## measure the preview engine on captures of known scenes, and write docs/captures.md
	@PYTHONPATH=layers/common $(BIN)/python -m benchmarks.captures $(if $(ONLY),--only '$(ONLY)')

# ---------------------------------------------------------------- environments

.venv: .venv/ready
.venv-emulator: .venv-emulator/ready
.venv-sam: .venv-sam/ready
.venv-deploy: .venv-deploy/ready
.venv-gallery: .venv-gallery/ready
.venv-benchmark: .venv-benchmark/ready
.venv-peers: .venv-peers/ready
.venv-mutation: .venv-mutation/ready
.venv-clients: .venv-clients/ready
.node-clients: tests/clients/node_modules/ready
.node-uppy: tests/uppy/node_modules/ready
.venv-captures: .venv-captures/ready

$(UV):
	@command -v $(PYTHON) >/dev/null || { \
	  printf '✗ %s was not found. Install Python 3.11 or newer, or set its path: make PYTHON=/path/to/python3\n' '$(PYTHON)' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  printf '✗ %s is %s, but Python 3.11 or newer is needed. Set another path: make PYTHON=/path/to/python3\n' \
	    '$(PYTHON)' "$$($(PYTHON) --version 2>&1)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  printf '✗ This Python has no venv module. Install it; on Debian and Ubuntu: apt-get install python3-venv\n' >&2; exit 1; }
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

# The functions of a deployed stack run on the emulator's own Python, which has to be Lambda's.
# Other frameworks are measured on it too.
.venv-deploy/bin/python .venv-peers/bin/python: | $(UV) python313
	@$(UV) venv --quiet --clear --python '$(PYTHON313)' $(patsubst %/bin/python,%,$@)
.venv-deploy/ready: | .venv-deploy/bin/python
.venv-peers/ready: | .venv-peers/bin/python

# Without npm, the tests that need it are skipped.
tests/clients/node_modules/ready: tests/clients/package-lock.json
	@command -v npm >/dev/null || printf '→ npm is not installed: the clients in TypeScript and Uppy will not be tested\n'
	@! command -v npm >/dev/null || printf '→ installing clients from npm (first time, about 40 s)\n'
	$(call or_network,! command -v npm >/dev/null || { npm ci --silent --prefix tests/clients && touch $@; })

tests/uppy/node_modules/ready: tests/uppy/package-lock.json
	$(call or_network,! command -v npm >/dev/null || { npm ci --silent --prefix tests/uppy && touch $@; })

python313:
	@test -x '$(PYTHON313)' || { \
	  printf '✗ python3.13 was not found. The build for Lambda needs it. Install it, or set its path: make PYTHON313=/path/to/python3.13\n' >&2; exit 1; }
