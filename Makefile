# `make` lists all commands. A command first installs what it needs; later runs skip that.

PYTHON ?= python3
PORT ?= 3000
CONFIG ?= staging
# Tests run the built functions here, so that they are built for this machine unless told otherwise.
ARCH ?= $(if $(filter arm64 aarch64,$(shell uname -m)),arm64,x86_64)
DEPLOYED_ARCH = $(shell sed -n '/^\[$(CONFIG)\.deploy/,/^\[/s/.*Architecture=\([a-z0-9_]*\).*/\1/p' samconfig.toml)
RUBY := $(shell command -v ruby)
NPM := $(shell command -v npm)
USES_SNAPSTART = $(shell sed -n '/^\[$(CONFIG)\.deploy/,/^\[/s/.*\(SnapStart=on\).*/\1/p' samconfig.toml)
EXAMPLES ?= 200
SCENES ?= 400
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

.PHONY: help demo dev cycles test fuzz mutation resume endurance soak check reconcile retag figures-rebuild usage-month redrive user revoke operator organization plan grant smoke build \
  image deploy contract lock format gallery covers viewports benchmark benchmark-requests benchmark-local benchmark-captures random-scenes verdicts \
  clients sdk-python sdk-ruby sdk-csharp sdk-typescript sdks models known-config python313 \
  panel panel-build plugins plugin-python plugin-blender plugin-freecad plugin-sketchup plugin-rhino plugin-revit plugin-autocad plugin-archicad \
  plugins-blender-hosts plugins-freecad-host plugins-sketchup-host plugins-rhino-host plugins-rhino-types \
  plugins-dotnet-hosts plugins-archicad-host plugins-sheet \
  .venv .venv-emulator .venv-sam .venv-deploy .venv-gallery .venv-benchmark .venv-peers .venv-mutation .venv-captures .venv-cycles .venv-clients .venv-sdks .venv-archicad .venv-rhino .node-clients .node-uppy .node-sdk .node-panel
.DELETE_ON_ERROR:

help: ## list all commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-27s%s\n", $$1, $$2 }'

demo: .venv .venv-emulator $(if $(MODEL),cycles) ## sign in, render one viewport and verify the webhook, on this machine (MODEL=1 for a 3D model)
	@MODEL=$(MODEL) $(BIN)/python -m local demo

dev: .venv .venv-emulator ## serve the API at http://127.0.0.1:3000/api/plugins until you stop it (PORT=3001 for another port)
	@PORT=$(PORT) $(BIN)/python -m local dev

test: .venv .venv-emulator ## run every test but the long ones, on all cores (WORKERS=0: one after another)
	@$(PYTEST) -m 'not long'

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

endurance: .venv .venv-emulator .venv-sdks ## count, delete, poll and queue at full length while processes are killed (20 minutes)
	@COUNTED_CHANGES=20000 DELETED_RENDERS=5000 POLLED_EVENTS=10000 QUEUED_ORDERS=50 QUEUE_KILLS=20 $(PYTEST) \
	  tests/integration/test_counting_once.py tests/integration/test_account_deletion.py \
	  tests/integration/test_polling_readers.py tests/sdks/test_queue_endurance.py

soak: .venv .venv-emulator ## load the local stack for 3 minutes while faults are injected, then count losses (SECONDS=600)
	@PYTHONPATH=.:layers/common $(BIN)/python -m tests.soak --seconds $(SECONDS)

check: python313 .venv .venv-emulator .venv-sam .venv-deploy .venv-sdks .node-uppy ## run what CI runs: format, lint, types, imports, template, build, SDKs, plugins, tests
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
	$(call say,SDKs and plugins; each is shown when it is done)
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target sdks
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target plugins
	$(call say,tests)
	@$(PYTEST) -m 'not played_by_make_sdks' --ignore tests/clients

sdk-python: .venv ## test the SDK for Python: models, types, its own tests, and every scenario
	$(call say,models of the SDKs)
	@$(BIN)/python -m sdks.generator --check
	$(call say,SDK for Python: types and tests)
	@cd sdks/python && ../../$(BIN)/mypy && ../../$(BIN)/python -m pytest -q
	$(call say,SDK for Python: scenarios)
	@$(BIN)/python -m sdks.conformance --runner '$(BIN)/python sdks/python/tests/conformance_runner.py' --report sdks/python/conformance.json

sdk-ruby: .venv ## test the SDK for Ruby: syntax of Ruby 2.7, its own tests, and every scenario (skipped without Ruby)
ifeq ($(RUBY),)
	$(call say,Ruby is not installed: its SDK is not tested)
else
	$(call say,SDK for Ruby: syntax and tests)
	@if command -v rubocop >/dev/null; then cd sdks/ruby && rubocop --format quiet; else \
	  printf '→ rubocop is not installed: the syntax of Ruby 2.7 is not checked\n'; fi
	@cd sdks/ruby && ruby -w -e 'Dir["./test/test_*.rb"].sort.each { |path| require path }'
	$(call say,SDK for Ruby: scenarios)
	@$(BIN)/python -m sdks.conformance --runner 'ruby -w sdks/ruby/test/conformance_runner.rb' --report sdks/ruby/conformance.json
endif

sdk-csharp: .venv ## test the SDK for C#: models, its own tests, and every scenario (needs Mono)
	$(call say,SDK for C#: models and tests and scenarios)
	@$(BIN)/python -m sdks.generator --check
	@command -v mcs >/dev/null || printf '→ Mono is not installed: the SDK for C# will not be tested\n'
	@! command -v mcs >/dev/null || { $(MAKE) --no-print-directory -C sdks/csharp test && \
	  $(BIN)/python -m sdks.conformance --runner sdks/csharp/tests/conformance_runner --report sdks/csharp/conformance.json; }

sdk-typescript: .venv .node-sdk ## test the SDK for TypeScript: types, format, its own tests, and every scenario (skipped without npm)
ifeq ($(NPM),)
	$(call say,npm is not installed: the SDK for TypeScript is not tested)
else
	$(call say,SDK for TypeScript: types and tests)
	@cd sdks/typescript && npm run --silent check && npm run --silent build && npm test --silent
	$(call say,SDK for TypeScript: scenarios)
	@$(BIN)/python -m sdks.conformance --runner 'node sdks/typescript/.build/conformance-runner.js' \
	  --report sdks/typescript/conformance.json
endif

sdks: .venv-sdks sdk-python sdk-typescript sdk-ruby sdk-csharp ## test every SDK, and package them into dist/
	@$(BIN)/python -m sdks.conformance.table
	$(call say,packages)
	@rm -rf dist && mkdir dist
	@.venv-sdks/bin/python -m build --no-isolation --outdir dist sdks/python >/dev/null
	@.venv-sdks/bin/twine check --strict dist/*.whl dist/*.tar.gz
	@mkdir dist/renderiq-ruby && cp -r sdks/ruby/lib sdks/ruby/README.md sdks/ruby/LICENSE dist/renderiq-ruby
	@cd dist && ../$(BIN)/python -m zipfile -c renderiq-ruby.zip renderiq-ruby
ifneq ($(RUBY),)
	@cd dist && ruby -w -r ./renderiq-ruby/lib/renderiq -e 'puts "Ruby: renderiq #{Renderiq::VERSION} can be loaded"'
	@cd sdks/ruby && gem build --silent renderiq.gemspec --output ../../dist/renderiq-ruby.gem
endif
	@$(MAKE) --no-print-directory -C sdks/csharp package DIST='$(CURDIR)/dist' PYTHON='$(CURDIR)/$(BIN)/python'
ifneq ($(NPM),)
	@cd sdks/typescript && npm run --silent package
endif

plugins: panel plugin-python plugin-blender plugin-freecad plugin-sketchup plugin-rhino plugin-revit plugin-autocad plugin-archicad ## test every plugin without its host, and package them into dist/

plugin-python: .venv ## test what the plugins in Python share
	$(call say,what the plugins in Python share: types and tests)
	@cd plugins/python && ../../$(BIN)/mypy renderiq_plugin && ../../$(BIN)/python -m pytest -q --numprocesses 4

panel-build: .node-panel ## build the panel of the plugins into plugins/panel/dist/panel.html (skipped without npm)
ifeq ($(NPM),)
	$(call say,npm is not installed: the panel is not built)
else
	@cd plugins/panel && npm run --silent build
endif

panel: panel-build ## build the panel of the plugins and test it: types, format, protocol, and in Chromium (skipped without npm)
ifeq ($(NPM),)
	$(call say,npm is not installed: the panel is not tested)
else
	@cd plugins/panel && npm run --silent check && npm test --silent
endif

plugin-blender: .venv ## test the plugin for Blender, and package it into dist/ (API_URL=https://… for a server of its own)
	$(call say,plugin for Blender: types and tests)
	@$(BIN)/python plugins/blender/build.py --folder .local/plugin-blender >/dev/null
	@cd .local/plugin-blender && $(CURDIR)/$(BIN)/mypy --config-file $(CURDIR)/plugins/blender/pyproject.toml -p renderiq_blender
	@cd plugins/blender && ../../$(BIN)/python -m pytest -q --numprocesses 4
	@$(BIN)/python plugins/blender/build.py $(if $(API_URL),--url '$(API_URL)')

plugins-blender-hosts: .venv .venv-emulator .venv-gallery .venv-cycles ## play a user's story in real Blenders (15 minutes; 900 MB; needs Python 3.11 and 3.13, a window needs Debian's blender and xvfb; HOSTS=blender-window for one)
	@$(BIN)/python -m plugins.blender.hosts $(HOSTS)

plugin-revit: .venv panel-build ## test the add-in for Revit, and package it into dist/ (skipped without Mono; API_URL=https://… for a server of its own)
	@$(BIN)/python -m plugins.dotnet.build core revit --test $(if $(API_URL),--url '$(API_URL)')

plugin-autocad: .venv panel-build ## test the plugin for AutoCAD, and package it into dist/ (skipped without Mono; API_URL=https://… for a server of its own)
	@$(BIN)/python -m plugins.dotnet.build autocad --test $(if $(API_URL),--url '$(API_URL)')

plugins-dotnet-hosts: .venv .venv-emulator panel-build ## play the stories of users of Revit and AutoCAD: the tests' doubles, the real panel in Chromium, the local stack (10 minutes; HOSTS=revit for one)
	@$(BIN)/python -m plugins.dotnet.story $(HOSTS)

plugin-freecad: .venv ## test the plugin for FreeCAD, and package it into dist/ (API_URL=https://… for a server of its own)
	$(call say,plugin for FreeCAD: types and tests)
	@$(BIN)/python plugins/freecad/build.py --folder .local/plugin-freecad >/dev/null
	@cd .local/plugin-freecad/Renderiq && $(CURDIR)/$(BIN)/mypy --config-file $(CURDIR)/plugins/freecad/pyproject.toml -p renderiq_freecad
	@cd plugins/freecad && ../../$(BIN)/python -m pytest -q
	@$(BIN)/python plugins/freecad/build.py $(if $(API_URL),--url '$(API_URL)')

plugins-freecad-host: .venv .venv-emulator ## play a user's story in the real FreeCAD (3 minutes, 10 with the path tracer; needs Debian's freecad, xvfb, chromium and qt5-image-formats-plugins; the path tracer after make cycles)
	@$(BIN)/python -m plugins.freecad.hosts

plugin-sketchup: .venv panel-build ## test the plugin for SketchUp, and package it into dist/ (skipped without Ruby; API_URL=https://… for a server of its own)
ifeq ($(RUBY),)
	$(call say,Ruby is not installed: the plugin for SketchUp is not tested)
else
	$(call say,plugin for SketchUp: syntax and tests)
	@if command -v rubocop >/dev/null; then cd plugins/sketchup && rubocop --format quiet; else \
	  printf '→ rubocop is not installed: the syntax of Ruby 2.7 is not checked\n'; fi
	@$(BIN)/python plugins/sketchup/build.py --folder .local/plugin-sketchup >/dev/null
	@cd plugins/sketchup && ruby -w -e 'Dir["./test/test_*.rb"].sort.each { |path| require path }'
endif
	@test -f plugins/panel/dist/panel.html || printf '→ The panel is not built: the .rbz has no page\n'
	@$(BIN)/python plugins/sketchup/build.py $(if $(API_URL),--url '$(API_URL)')

plugins-sketchup-host: .venv .venv-emulator panel-build ## play the story of a user of SketchUp: the tests' double, the real panel in Chromium, the local stack (10 minutes; needs Ruby and Chromium)
	@$(BIN)/python -m plugins.sketchup.story

plugin-archicad: .venv .venv-archicad panel-build ## test the companion for ArchiCAD, and package it into dist/ (skipped without npm; API_URL=https://… for a server of its own)
ifeq ($(NPM),)
	$(call say,npm is not installed: the companion for ArchiCAD is not tested)
else
	$(call say,companion for ArchiCAD: types and tests)
	@$(BIN)/python plugins/archicad/build.py --folder .local/plugin-archicad >/dev/null
	@cd .local/plugin-archicad && $(CURDIR)/$(BIN)/mypy --config-file $(CURDIR)/plugins/archicad/pyproject.toml -p renderiq_archicad
	@cd plugins/archicad && ../../$(BIN)/python -m pytest -q --numprocesses 4
	$(call say,the archicad package of Graphisoft against the same double)
	@.venv-archicad/bin/python plugins/archicad/tests/official.py
	@$(BIN)/python plugins/archicad/build.py $(if $(API_URL),--url '$(API_URL)')
endif

plugins-archicad-host: .venv .venv-emulator panel-build ## play a user's story with the companion for ArchiCAD (3 minutes; needs Debian's chromium; IFC=<file> for the path tracer)
	@IFC='$(IFC)' $(BIN)/python -m plugins.archicad.hosts

plugin-rhino: .venv ## test the plugin for Rhino, and package it into dist/ (API_URL=https://… for a server of its own)
	$(call say,plugin for Rhino: types and tests)
	@$(BIN)/python plugins/rhino/build.py --folder .local/plugin-rhino >/dev/null
	@cd .local/plugin-rhino && $(CURDIR)/$(BIN)/mypy --config-file $(CURDIR)/plugins/rhino/pyproject.toml -p renderiq_rhino
	@cd plugins/rhino && ../../$(BIN)/python -m pytest -q --numprocesses 4
	@$(BIN)/python plugins/rhino/build.py $(if $(API_URL),--url '$(API_URL)')

plugins-rhino-types: .venv .venv-rhino plugin-rhino ## check the plugin for Rhino against Rhino's own stubs and openNURBS (280 MB on the disk)
	$(call say,plugin for Rhino: the types of RhinoCommon and Eto)
	@cd plugins/rhino && ../../.venv-rhino/bin/pyright
	$(call say,its cameras against openNURBS)
	@.venv-rhino/bin/python plugins/rhino/tests/opennurbs.py

plugins-rhino-host: .venv .venv-emulator ## play a user's story with the plugin for Rhino on a double of Rhino (3 minutes, 10 with the path tracer, which is there after make cycles)
	@$(BIN)/python -m plugins.rhino.hosts

plugins-sheet: .venv .venv-emulator .venv-gallery .venv-cycles ## capture sample models with the plugins in their real hosts, and write docs/plugins-sheet.jpg (15 minutes; KEPT=1 continues; hosts and models that are missing are left out)
	@PYTHONPATH=.:layers/common $(BIN)/python -m plugins.sheet $(if $(KEPT),--kept)

models: .venv ## generate the models of the SDKs from openapi.yaml
	@$(BIN)/python -m sdks.generator

clients: .venv .venv-emulator .venv-clients .node-clients ## lint openapi.yaml, and try the clients that seven generators make of it (15 minutes; needed when openapi.yaml changes)
	@$(PYTEST) tests/clients
	@$(BIN)/python -m tests.clients.tested

build: python313 .venv-sam ## build the layers and functions for this machine into .aws-sam/build (ARCH=arm64 or ARCH=x86_64)
	$(call say,building for $(ARCH) (the layers take about a minute the first time))
	@ARCH=$(ARCH) $(SAM) build --parameter-overrides Architecture=$(ARCH)

image: ## build the image of the path tracer and push it: IMAGE=<repository in ECR>:<tag> (needs Docker)
	@test -n '$(IMAGE)' || { printf '✗ Name the image: make image IMAGE=<account>.dkr.ecr.<region>.amazonaws.com/<name>:<tag>\n' >&2; exit 1; }
	@$(MAKE) --no-print-directory build ARCH=x86_64
	docker build --platform linux/amd64 --file path-tracer.Dockerfile --tag '$(IMAGE)' .
	docker push '$(IMAGE)'

deploy: known-config .venv ## build and deploy to AWS with the settings in samconfig.toml (CONFIG=staging or CONFIG=prod)
	@$(MAKE) --no-print-directory build ARCH=$(DEPLOYED_ARCH)
	@$(if $(USES_SNAPSTART),$(BIN)/python -m admin.snapshots .aws-sam/build/template.yaml)
	@$(SAM) deploy --config-env $(CONFIG) $(if $(CI),--no-confirm-changeset)

known-config:
	@case '$(CONFIG)' in staging|prod) ;; *) printf '✗ CONFIG is %s, but must be staging or prod.\n' '$(CONFIG)' >&2; exit 1 ;; esac

contract: .venv ## generate openapi.yaml, the document that the API serves, and docs/errors.md from the code
	@PYTHONPATH=.:layers/common $(BIN)/python -m contract

reconcile: .venv .venv-emulator ## check that all balances, ledgers and renders agree (STACK=name for a stack on AWS)
	@$(BIN)/python -m admin reconcile $(if $(STACK),--stack '$(STACK)')

retag: .venv .venv-emulator ## apply every user's retention to what is stored already (STACK=name)
	@$(BIN)/python -m admin retag $(if $(STACK),--stack '$(STACK)')

figures-rebuild: .venv .venv-emulator ## make the figures anew from the tables (STACK=name for a stack on AWS)
	@$(BIN)/python -m admin figures-rebuild $(if $(STACK),--stack '$(STACK)')

usage-month: .venv .venv-emulator ## publish the figures of a month to organizations that have not got them: MONTH=2026-11 (STACK=name)
	@$(BIN)/python -m admin usage-month '$(MONTH)' $(if $(STACK),--stack '$(STACK)')

redrive: .venv .venv-emulator ## move dead letters back to their queue: QUEUE=render, cycles, delivery, cleanup or account (STACK=name)
	@$(BIN)/python -m admin redrive '$(QUEUE)' $(if $(STACK),--stack '$(STACK)')

user: .venv .venv-emulator ## create a user with a temporary password: EMAIL=ada@example.com (STACK=name)
	@$(BIN)/python -m admin user '$(EMAIL)' $(if $(STACK),--stack '$(STACK)')

revoke: .venv .venv-emulator ## end a user's sessions and revoke its API keys: EMAIL=… (DISABLE=1 also bars it, STACK=name)
	@$(BIN)/python -m admin revoke '$(EMAIL)' $(if $(DISABLE),--disable) $(if $(STACK),--stack '$(STACK)')

organization: .venv .venv-emulator ## create an organization that a user owns: EMAIL=ada@example.com NAME='Atelier Nord' (STACK=name)
	@$(BIN)/python -m admin organization '$(EMAIL)' '$(NAME)' $(if $(STACK),--stack '$(STACK)')

plan: .venv .venv-emulator ## set the plan of an organization: ORGANIZATION=id PLAN=team, or LIMITS='--renders-at-once 8' (STACK=name)
	@$(BIN)/python -m admin plan '$(ORGANIZATION)' $(PLAN) $(LIMITS) $(if $(STACK),--stack '$(STACK)')

grant: .venv .venv-emulator ## grant credits: WHOSE=organization id or e-mail address CREDITS=500 REASON='Order 4711' (STACK=name)
	@$(BIN)/python -m admin grant '$(WHOSE)' '$(CREDITS)' '$(REASON)' $(if $(STACK),--stack '$(STACK)')

operator: .venv .venv-emulator ## let a user see the figures of everybody: EMAIL=… (REMOVE=1 takes that away, STACK=name)
	@$(BIN)/python -m admin operator '$(EMAIL)' $(if $(REMOVE),--remove) $(if $(STACK),--stack '$(STACK)')

smoke: export SMOKE_PASSWORD = $(PASSWORD)
smoke: .venv ## check a deployed API: URL=https://…/api/plugins EMAIL=… PASSWORD=… (WEBHOOK_URL=https://… for a receiver)
	@$(BIN)/python -m admin smoke '$(URL)' '$(EMAIL)' $(if $(WEBHOOK_URL),--webhook-url '$(WEBHOOK_URL)')

lock: .venv ## lock the versions of all dependencies in pyproject.toml (UPGRADE=1 for the newest versions)
	@$(BIN)/python requirements/lock.py $(if $(UPGRADE),--upgrade)

format: .venv ## format the code and fix what the linter can fix
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

cycles: python313 ## install the path tracer (Blender as a Python module: 450 MB to download, 1.2 GB on the disk)
	@test -e .venv-cycles/ready || printf '→ the path tracer: about 450 MB from the Python package index and 1.2 GB on the disk\n'
	@$(MAKE) --no-print-directory .venv-cycles

gallery: .venv ## render every sample viewport in every style into gallery/index.html (QUALITY=high for 4K)
	@PYTHONPATH=layers/common $(BIN)/python -m benchmarks.gallery $(if $(QUALITY),--quality $(QUALITY))

covers: .venv ## make the covers of styles that have none, from the gallery's viewports (ALL=1 makes every cover again)
	@PYTHONPATH=.:layers/common $(BIN)/python -m benchmarks.covers $(if $(ALL),--all)
	@PYTHONPATH=.:layers/common $(BIN)/python -m tests.unit.test_style_pictures

viewports: .venv-gallery ## draw the sample viewports of the gallery with Blender (rarely needed; needs Python 3.11 and OpenGL)
	@.venv-gallery/bin/python benchmarks/viewports

benchmark: .venv .venv-benchmark benchmark-requests benchmark-local ## measure functions, local stack and preview engine, and write docs/performance.md
	@$(BIN)/python benchmarks/preview_engine.py
	@PYTHONPATH=.:layers/common $(BIN)/python -m benchmarks.engine_inputs

benchmark-requests: .venv .venv-peers build ## the part about functions: cold starts, requests, AWS calls and costs (needs valgrind)
	@PYTHONPATH=.:layers/common $(BIN)/python -m benchmarks.requests --python '$(PYTHON313)'

benchmark-local: .venv .venv-emulator ## the part about the local stack: requests of 1 to 32 clients, webhooks, growth (3 minutes)
	@PYTHONPATH=.:layers/common $(BIN)/python -m benchmarks.local_stack

benchmark-captures: .venv .venv-captures ## measure the preview engine on captures of known scenes, and write docs/captures.md
	@PYTHONPATH=layers/common $(BIN)/python -m benchmarks.captures $(if $(ONLY),--only '$(ONLY)')

random-scenes: .venv ## throw 400 random scenes at the preview engine, without and with guides (SCENES=4000 for more; 15 minutes)
	@PYTHONPATH=layers/common $(BIN)/python -m benchmarks.captures.random_scenes --scenes $(SCENES)

verdicts: .venv ## compare what the preview engine makes of captures, compressed and scaled, with what it makes of them as they are (FOLDERS=…)
	@PYTHONPATH=layers/common $(BIN)/python -m benchmarks.captures.verdicts $(if $(ONLY),--only '$(ONLY)') $(FOLDERS)

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
.venv-sdks: .venv-sdks/ready
.venv-archicad: .venv-archicad/ready
.venv-rhino: .venv-rhino/ready
.node-clients: tests/clients/node_modules/ready
.node-uppy: tests/uppy/node_modules/ready
.node-sdk: sdks/typescript/node_modules/ready
.node-panel: plugins/panel/node_modules/ready
.venv-captures: .venv-captures/ready
.venv-cycles: .venv-cycles/ready

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
.venv-deploy/bin/python .venv-peers/bin/python .venv-cycles/bin/python: | $(UV) python313
	@$(UV) venv --quiet --clear --python '$(PYTHON313)' $(patsubst %/bin/python,%,$@)
.venv-deploy/ready: | .venv-deploy/bin/python
.venv-peers/ready: | .venv-peers/bin/python
.venv-cycles/ready: | .venv-cycles/bin/python

# Without npm, the tests that need it are skipped.
tests/clients/node_modules/ready: tests/clients/package-lock.json
	@command -v npm >/dev/null || printf '→ npm is not installed: the clients in TypeScript and Uppy will not be tested\n'
	@! command -v npm >/dev/null || printf '→ installing clients from npm (first time, about 40 s)\n'
	$(call or_network,! command -v npm >/dev/null || { npm ci --silent --prefix tests/clients && touch $@; })

sdks/typescript/node_modules/ready: sdks/typescript/package-lock.json
	$(call or_network,! command -v npm >/dev/null || { npm ci --silent --prefix sdks/typescript && touch $@; })

plugins/panel/node_modules/ready: plugins/panel/package-lock.json
	$(call or_network,! command -v npm >/dev/null || { npm ci --silent --prefix plugins/panel && touch $@; })

tests/uppy/node_modules/ready: tests/uppy/package-lock.json
	$(call or_network,! command -v npm >/dev/null || { npm ci --silent --prefix tests/uppy && touch $@; })

python313:
	@test -x '$(PYTHON313)' || { \
	  printf '✗ python3.13 was not found. The build for Lambda needs it. Install it, or set its path: make PYTHON313=/path/to/python3.13\n' >&2; exit 1; }
