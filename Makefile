# make lab     opens JupyterLab on the course      (make lab ARGS="--no-browser --port 9999")
# make test    runs the tests                      (make test ARGS="-k email"; make test-fast: the quick ones; make test-all: the slow ones too)
# make help    lists the rest
#
# Needs Python 3.11 to 3.13, pip and make. PYTHON=... chooses another Python than the one found here.

VENV := .venv
BIN := $(VENV)/bin
SUITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do "$$p" -c '$(SUITS)' 2>/dev/null && echo "$$p" && break; done)
ARGS ?=
# Whole files go to a worker: tests of one file share the worlds that they open.
WORKERS ?= 2
# Compiled modules are kept whatever the environment says: else each process, of hundreds in a test run, compiles all of ecomlab again.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help lab hub test test-fast test-all lint bench course docs screenshots demo clean

help: ## lists what there is
	@sed -n 's/^\([a-z-]*\):.*## */  make \1	/p' Makefile | expand -t 20

lab: $(VENV)/lab.stamp ## opens JupyterLab on the course
	@$(BIN)/ecomlab lab $(ARGS)

hub: $(VENV)/hub.stamp ## a JupyterHub for a class on this machine
	@$(BIN)/jupyterhub --config deploy/jupyterhub/jupyterhub_config.py $(ARGS)

test: $(VENV)/dev.stamp ## runs the tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

test-fast: $(VENV)/dev.stamp ## without browser, nbgrader, packaging and whole courses
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not slow and not browser and not nbgrader and not packaging and not whole" $(ARGS)

test-all: $(VENV)/dev.stamp ## runs all tests, the slow ones too, all on DuckDB
	ECOMLAB_TEST_STORE=duckdb $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "" $(ARGS)

lint: $(VENV)/dev.stamp ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/lab.stamp ## the benchmarks, as ratios
	@$(BIN)/ecomlab bench $(ARGS)

course: $(VENV)/lab.stamp ## notebooks and assignments from the catalogue
	@$(BIN)/ecomlab course build $(ARGS)

docs: $(VENV)/docs.stamp ## the documentation as a site, in build/site
	@$(BIN)/python docs/site/build.py $(ARGS)

screenshots: $(VENV)/dev.stamp ## the pictures in docs/images, taken anew (needs Chromium)
	@$(BIN)/python docs/site/pictures.py $(ARGS)

demo: $(VENV)/lab.stamp ## a day of an e-commerce department, in a terminal
	@$(BIN)/ecomlab demo --day $(ARGS)

clean: ## removes the environment and everything built
	rm -rf $(VENV) build dist demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# The environment is made anew when a dependency changed, not when a file of the package did: it is installed editable.
$(VENV)/lab.stamp: pyproject.toml constraints.txt
	@"$(PYTHON)" -c '$(SUITS)' 2>/dev/null || { \
	  echo 'ecomlab needs Python 3.11, 3.12 or 3.13; PYTHON="$(PYTHON)" is none of them.'; \
	  echo 'Install one, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)'; exit 1; } >&2
	@test -x $(BIN)/pip || "$(PYTHON)" -m venv --clear $(VENV) 2>/dev/null || { \
	  echo 'This Python has no ensurepip; putting pip into $(VENV) by the pip there is.'; \
	  "$(PYTHON)" -m venv --clear --without-pip $(VENV) && "$(PYTHON)" -m pip --python $(BIN)/python install --quiet pip; }
	@echo 'Installing the laboratory into $(VENV); this takes a minute, once.'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[course]'
	@touch $@

# dev, hub, docs: an extra of pyproject.toml beside the laboratory.
$(VENV)/%.stamp: $(VENV)/lab.stamp
	@echo 'Installing the extra $* into $(VENV).'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$*]'
	@touch $@
