# Everything is in bootstrap.py, which needs Python 3.11+ and nothing else. PYTHON chooses another Python.
PYTHON ?= python3

.PHONY: help run up env frontend check fix test verify demo clean

help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12
	@echo
	@echo "PORT, DURE_HOME, DATABASE_URL …  .venv/bin/dure settings"
	@echo "every other command              .venv/bin/dure help"

run: ## make what is missing, start everything, fill a demo market at first; prints the address to open
	@$(PYTHON) bootstrap.py run

up: ## the same without the demo market
	@$(PYTHON) bootstrap.py up

env: ## the Python environment alone
	@$(PYTHON) bootstrap.py env

frontend: ## the browser's files alone
	@$(PYTHON) bootstrap.py frontend

check: ## what has to hold before a commit: style, types, floors, migrations, translations
	@$(PYTHON) bootstrap.py check

fix: ## put right what a machine can: layout, order of imports, entries missing from the catalogues
	@$(PYTHON) bootstrap.py fix

test: ## the whole suite, browser journeys included; ARGS="-k name" chooses
	@$(PYTHON) bootstrap.py test $(ARGS)

verify: ## recompute every invariant from the rows of the running house
	@.venv/bin/dure verify

demo: ## make the demo market anew by the journey's own actions
	@.venv/bin/dure demo build

clean: ## throw away what was built (not the data in .dure)
	@rm -rf .venv frontend/node_modules src/dure/sites/design/static/dist .mypy_cache .ruff_cache .pytest_cache
