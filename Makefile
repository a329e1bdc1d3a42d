# Perseus. `make demo` shows it, `make test` proves it.
#   make demo [ARGS="--no-serve"]   the whole story on an embedded database, then the screens on a loopback address
#   make test                       format, lint, types, imports and the suite
#   make soak                       the long properties at their full numbers
#   make bench                      one JSON line a figure, each beside its limit
#   make docs                       the reference pages of every check and code, from the catalogue
#   make mutants                    changes the verifiers in thousands of ways, and counts those that no test notices
#   make fmt                        put the source into its one format
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := demo
.PHONY: demo test soak bench docs mutants fmt lock clean

ARGS ?=
PYTHON ?= python3
BIN := .venv/bin
ROOTS := specs trust registry issuers holders verifiers perseus
CORE := trust registry issuers holders verifiers
SOURCE := $(ROOTS) tests bench

# The embedded database, the screens and the tests stand on the loopback address; nothing is fetched after installation.
demo: .venv/.runtime
	@$(BIN)/perseus demo $(ARGS)

# Files run in the order of their names, a file on one worker: those of tests/service share a town, and the last one ends its consents.
test: .venv/.test
	$(BIN)/ruff format --check --quiet $(SOURCE)
	$(BIN)/ruff check --quiet $(SOURCE)
	$(BIN)/mypy
	$(BIN)/basedpyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term $(ARGS)
	@for root in $(CORE); do echo "$$root $$($(BIN)/coverage report --precision=2 --format=total --include="$$root/*") % covered"; \
	  $(BIN)/coverage report --precision=2 --include="$$root/*" >/dev/null; done

soak: .venv/.test
	PERSEUS_SOAK=1 HYPOTHESIS_PROFILE=soak $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

bench: .venv/.test
	@$(BIN)/python -m bench $(ARGS)

docs: .venv/.test
	cd tests && ../$(BIN)/python -m support.check_pages

# It works on a copy of the tree in mutants/, and takes up where it was stopped. ARGS="verifiers.checks.use*" takes some alone.
mutants: .venv/.test
	$(BIN)/mutmut run --max-children 2 $(ARGS)
	$(BIN)/mutmut results

fmt: .venv/.test
	$(BIN)/ruff check --quiet --fix-only $(SOURCE)
	$(BIN)/ruff format $(SOURCE)

clean:
	rm -rf .venv mutants .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

# What the test environment holds includes what running needs, so a tested checkout starts its demo at once.
.venv/.runtime: requirements/runtime.txt pyproject.toml
	@$(call install,requirements/runtime.txt)
	@touch $@

# The oracle is what the tests hold us against and no resolver can lock beside us: IB1's library asks for an older cryptography, and
# works with ours. It stands in a folder of its own, so that what is installed stays without contradiction.
.venv/.test: requirements/test.txt requirements/oracle.txt pyproject.toml
	@$(call install,requirements/test.txt); pip install --no-deps --require-hashes --upgrade --target .venv/oracle -r requirements/oracle.txt
	@touch .venv/.runtime $@

# (1) uv where it is on PATH, else venv and pip; a venv that lacks the pip it needs is made anew.
# (2) Only what the lock names, by its hash: the lock is whole, so nothing is resolved and a release made later changes nothing.
# (3) The project itself, editable, built by the locked hatchling.
define install
if command -v uv >/dev/null; then \
  test -x $(BIN)/python || uv venv --quiet --python $(PYTHON) .venv; \
  pip() { uv pip "$$1" --quiet --python $(BIN)/python "$${@:2}"; }; \
else \
  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Perseus needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1)" >&2; exit 1; }; \
  $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "sudo apt-get install -y python3-venv" >&2; exit 1; }; \
  $(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv; \
  pip() { $(BIN)/python -m pip "$$1" --quiet --disable-pip-version-check "$${@:2}"; }; \
fi; \
echo "Setting up .venv from $(1) (once)" >&2; \
pip install --no-deps --require-hashes -r $(1); \
pip install --no-deps --no-build-isolation -e .; \
pip check >/dev/null || pip check >&2
endef

# Names, versions and hashes only: no address of any registry stands in a lock. ARGS="--upgrade" takes newer versions.
LOCK := .venv/lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --build-deps-for=editable \
  --no-header --no-annotate --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options $(ARGS)

lock:
	$(PYTHON) -m venv .venv/lock
	.venv/lock/bin/pip install --quiet pip-tools
	$(LOCK) -o requirements/runtime.txt pyproject.toml
	$(LOCK) --extra=test --extra=postgresql -c requirements/runtime.txt -o requirements/test.txt pyproject.toml
