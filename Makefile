# Thin by intention: set-up lives in rag_app/setup/, everything else in the rag-app command.
PYTHON ?= python3
GPU ?= auto
EVAL ?=
BIN := .venv/bin

export Q DIR

.DEFAULT_GOAL := help
.PHONY: help setup run test test-slow lint style audit wheel ask ingest adapt eval bench-peers clean distclean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

setup: ## make .venv and build llama.cpp (GPU=auto|cpu|cuda|vulkan|metal)
	@$(PYTHON) -m rag_app.setup --gpu "$(GPU)"

run: setup ## set up, fetch the default models, read the digests, serve the page
	@$(BIN)/rag-app models pull
	@$(BIN)/rag-app ingest
	@$(BIN)/rag-app serve

test: setup ## lint and test; fetches the models that the tests need
	@$(BIN)/rag-app models pull
	@$(BIN)/rag-app models pull qwen2.5-coder-0.5b
	@$(MAKE) --no-print-directory style
	$(BIN)/python -m pytest -q -m "not slow and not browser" -n auto --maxprocesses 4 --dist loadfile
	$(BIN)/python -m pytest -q -m "browser and not slow" -n auto --maxprocesses 2 --dist loadfile

test-slow: setup ## the tests that take longer than a minute each
	$(BIN)/python -m pytest -q -m slow

lint: setup style ## check style, types, and who imports whom

style:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

audit: ## look every pinned package up among the known vulnerabilities (needs the network)
	@$(PYTHON) -m venv build/audit
	@build/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	@build/audit/bin/pip-audit --strict --no-deps --disable-pip --progress-spinner off --requirement requirements.lock || \
		{ echo "audit: not passed: the package above is vulnerable, or could not be looked up and nothing was audited"; exit 1; }

wheel: setup ## build dist/*.whl, which pip installs anywhere
	$(BIN)/python -m build --no-isolation

ask: setup ## answer one question: make ask Q="which papers improve video generation?"
	@$(BIN)/rag-app ask -- "$$Q"

ingest: setup ## add a folder of digests: make ingest DIR=~/digests
	@$(BIN)/rag-app ingest $${DIR:+"$$DIR"}

adapt: setup ## fine-tune the embedding model to the collection
	@$(BIN)/rag-app adapt

eval: setup ## score the project's own questions over the sample collection, in a home of its own
	@$(BIN)/rag-app models pull
	@$(BIN)/rag-app eval $(EVAL)

bench-peers: setup ## make the environment of LangChain and paper-qa for `rag-app bench peers`
	@$(BIN)/python -m rag_app.bench.peers_environment

clean: ## remove caches and build leftovers; keeps .venv, models and data
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find rag_app tests -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## also remove .venv; models and data stay
	rm -rf .venv
