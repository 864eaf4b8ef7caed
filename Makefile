# The one way to run anything here: each target makes .venv itself, from python3 alone.
.PHONY: serve test lint bench contract-url contract-application mutants fuzz long docs docs-serve node clean
PYTHON ?= python3
BIN := .venv/bin
# Each process of a test compiles the sources anew where Python may not keep what it compiled.
unexport PYTHONDONTWRITEBYTECODE

# The server alone; what tests need besides is installed by the first target that runs them.
serve: .venv/server
	@$(BIN)/fauxlate serve $(ARGS)

# On all cores; `ARGS="-n0 …"` runs in one process. What compares times runs by itself first.
ALONE := emulator/tests/testing/plugin/test_cost.py::test_a_sandbox_costs_a_test_what_a_fixture_of_pytest_httpserver_does
test: .venv/ready .venv-rpc/ready node
	$(if $(ARGS),,$(BIN)/pytest -q $(ALONE))
	$(BIN)/pytest -n auto --dist loadgroup $(or $(ARGS),--deselect $(ALONE))

lint: .venv/ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: .venv/ready
	$(BIN)/python -m benchmarks $(ARGS)

# The contract tests against an emulator of its own that cannot be scripted.
contract-url: .venv/ready .venv-rpc/ready node
	$(BIN)/python -m contract_tests.harness.without_admin $(ARGS)

# The contract tests against the emulator as an application of a plain aiohttp.
contract-application: .venv/ready .venv-rpc/ready node
	$(BIN)/pytest -n auto --dist loadgroup -q contract_tests --target application $(ARGS)

# How many single alterations of tables and engine the contract tests notice.
mutants: .venv/ready .venv-rpc/ready
	$(BIN)/python -m contract_tests.mutants $(ARGS)

# What nobody would send: bytes, altered requests, scenario files. `make fuzz SEED=7 MINUTES=10 TARGET=requests`
fuzz: .venv/ready
	$(BIN)/python -m contract_tests.fuzz --seed $(or $(SEED),0) --minutes $(or $(MINUTES),1) $(addprefix --target ,$(TARGET)) $(ARGS)

# The long form of the tests that have one, and a million requests that nobody would send; it takes hours.
WEB := emulator/tests/web
LONG := $(WEB)/front/test_pipelines.py $(WEB)/front/test_leaving_clients.py $(WEB)/test_large_requests.py
long: .venv/ready
	$(BIN)/python -m contract_tests.fuzz --seed $(or $(SEED),0) --requests 1000000 --target bytes --target requests
	FAUXLATE_LONG=1 $(BIN)/pytest $(LONG)

# The site of the documents, one build for each language, in site/; a dead link or anchor fails it.
docs: .venv/server .venv-docs/ready
	$(BIN)/python -m docs.generator --site
	.venv-docs/bin/zensical build --strict --clean --config-file docs/en.yml
	.venv-docs/bin/zensical build --strict --clean --config-file docs/zh.yml
	rm -rf site && mkdir site && cp docs/root/* site/ && mv docs/.build/en docs/.build/zh site/

# The site while it is written, in one language: `make docs-serve ARGS=zh`.
docs-serve: .venv/server .venv-docs/ready
	$(BIN)/python -m docs.generator --site
	.venv-docs/bin/zensical serve --config-file docs/$(or $(ARGS),en).yml

PIP := -m pip install --quiet --disable-pip-version-check

.venv/server: requirements.txt pyproject.toml
	@echo "pip installs the server into .venv, once; that takes some seconds"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python $(PIP) -r requirements.txt
	@$(BIN)/python $(PIP) --no-build-isolation --no-deps -e .
	@touch $@

.venv/ready: .venv/server requirements-dev.txt
	@echo "pip installs SDKs, test tools and linters into .venv, once; that takes a minute or two"
	@$(BIN)/python $(PIP) -r requirements-dev.txt
	@touch $@

# The last release of the Alibaba SDK that signs the old way (RPC, HMAC-SHA1); it cannot live beside the newest.
.venv-rpc/ready: requirements-rpc.txt
	$(PYTHON) -m venv .venv-rpc
	.venv-rpc/bin/python $(PIP) -r requirements-rpc.txt
	touch $@

.venv-docs/ready: requirements-docs.txt
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python $(PIP) -r requirements-docs.txt
	touch $@

# The Node SDKs; without node their tests are skipped and say so (in CI they fail).
NODE := $(patsubst %/package.json,%/node_modules,$(wildcard contract_tests/node/*/package.json))
node: $(if $(shell command -v npm),$(NODE))

contract_tests/node/%/node_modules: contract_tests/node/%/package.json
	cd $(@D) && npm install --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error
	touch $@

clean:
	rm -rf contract_tests/node/*/node_modules .venv .venv-rpc .venv-docs site docs/.build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist
