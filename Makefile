# The one way to run anything here: each target makes .venv itself, from python3 alone.
.PHONY: serve test lint bench contract-url mutants node clean
PYTHON ?= python3
BIN := .venv/bin

serve: .venv/ready
	$(BIN)/fauxlate serve $(ARGS)

test: .venv/ready .venv-rpc/ready node
	$(BIN)/pytest $(ARGS)

lint: .venv/ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/ready
	$(BIN)/python -m benchmarks $(ARGS)

# The contract tests against an emulator of its own that cannot be scripted.
contract-url: .venv/ready .venv-rpc/ready node
	$(BIN)/python -m contract_tests.apart $(ARGS)

# How many single alterations of tables and engine the contract tests notice.
mutants: .venv/ready .venv-rpc/ready
	$(BIN)/python -m contract_tests.mutants $(ARGS)

.venv/ready: requirements.txt pyproject.toml
	@echo "pip fills .venv, once; that takes a minute or two"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@

# The last release of the Alibaba SDK that signs the old way (RPC, HMAC-SHA1); it cannot live beside the newest.
.venv-rpc/ready: requirements-rpc.txt
	$(PYTHON) -m venv .venv-rpc
	.venv-rpc/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-rpc.txt
	touch $@

# The Node SDKs; without node their tests are skipped and say so (in CI they fail).
NODE := $(patsubst %/package.json,%/node_modules,$(wildcard contract_tests/node/*/package.json))
node: $(if $(shell command -v npm),$(NODE))

contract_tests/node/%/node_modules: contract_tests/node/%/package.json
	cd $(@D) && npm install --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error
	touch $@

clean:
	rm -rf contract_tests/node/*/node_modules .venv .venv-rpc .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist
