# Every task is one command; scripts/dev.py (standard library only) does the work.
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help setup demo test engines lint docs notebooks bench fuzz peers check clean

help:  ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## make .venv and build the extension
demo:   ## read the bundled export, print the scorecard, write build/report.html
test:   ## all Rust and Python tests, doctests too
engines: ## the tests on Spark and Dask, which they install (Spark needs Java)
lint:   ## formatting, clippy, ruff, mypy, stubs
docs:   ## the documentation site in build/site, warnings are errors
notebooks: ## the notebooks with their outputs, in build/notebooks
bench:  ## the benchmarks
fuzz:   ## each parser against a fuzzer, FUZZ_SECONDS=60 each
peers:  ## the same work in polars, DuckDB and pandas, compared
check:  ## lint, test, docs, and each benchmark once
clean:  ## remove .venv, build and target

setup demo test engines lint docs notebooks bench fuzz peers check clean:
	@$(PYTHON) scripts/dev.py $@
