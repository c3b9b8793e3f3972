# The same names at the desk and in CI. Needs Python >= 3.11 and make; everything else goes into $(VENV).

VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
EXTRAS := tokenizers,arrow,ann,zstd,torch,keras,sklearn,translate,explore
# PyTorch comes first and pinned: left to the extras, the newest one would bring gigabytes for GPUs.
TORCH  ?= torch==2.13.0

.DEFAULT_GOAL := help
.PHONY: help install fix check test test-all coverage bench demo clean

help:              ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

install: $(STAMP)  ## a virtual environment in $(VENV) with rowspace and its tools

# The newest Python that really runs: a name on the path may be a stand-in for one not installed.
$(BIN)/python:
	@found=; for python in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	        found=$$python; break; fi; done; \
	if [ -z "$$found" ]; then \
	    echo "error: no Python 3.11 or newer was found on the path" >&2; \
	    echo "hint: install one (python3.11 or later), then run make again" >&2; exit 1; fi; \
	echo "making $(VENV) with $$($$found --version)"; \
	$$found -m venv $(VENV) || { rm -rf $(VENV); \
	    echo "error: $$found cannot make a virtual environment" >&2; \
	    echo "hint: install its venv module (on Debian and Ubuntu: python3-venv)" >&2; exit 1; }

$(STAMP): pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet '$(TORCH)'
	$(BIN)/python -m pip install --quiet --editable '.[$(EXTRAS)]' --group dev
	@touch $@

fix: $(STAMP)      ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: $(STAMP)    ## lint, format, types, the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: $(STAMP)     ## the default tests, some minutes on two cores
	$(BIN)/pytest -q -m "not slow"

test-all: $(STAMP) ## every test
	$(BIN)/pytest -q

coverage: $(STAMP) ## the default tests with the compiler off, line by line
	NUMBA_DISABLE_JIT=1 $(BIN)/coverage run -m pytest -q -m "not slow"
	$(BIN)/coverage combine
	$(BIN)/coverage report

bench: $(STAMP)    ## speed and quality beside other libraries
	$(BIN)/python -m benchmarks.words

demo: $(STAMP)     ## train on Python's own documentation and look at the result
	$(BIN)/rowspace demo

clean:             ## remove what the tools left behind (not $(VENV))
	rm -rf .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov build dist
