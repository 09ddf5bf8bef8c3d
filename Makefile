# Every target does its own set-up: a fresh machine needs Python 3.11+ (with pip and venv), make and git.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

run: $(VENV)/.runtime ## start the whole factory on this machine
	@$(BIN)/thumbnail-factory run

stop: ## stop a factory started with make run
	@test -x $(BIN)/thumbnail-factory && $(BIN)/thumbnail-factory stop || echo "Nothing is installed here, so nothing runs."

demo: $(VENV)/.runtime ## drive the whole conversation without a person; pictures go to out/ (PROVIDER=gemini-stand-in)
	@$(BIN)/thumbnail-factory demo $(if $(PROVIDER),--provider $(PROVIDER))

test: $(VENV)/.development ## run every test (embedded PostgreSQL, real SDKs, loopback servers)
	@$(BIN)/python -m pytest

coverage: $(VENV)/.development ## the tests again, and which lines they reach
	@$(BIN)/python -m pytest --cov --cov-report=term-missing

check: $(VENV)/.development ## format, lint, types, import contracts, known vulnerabilities
	@$(BIN)/python -m scripts.check

format: $(VENV)/.development ## put the code in the house format
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

gallery: $(VENV)/.runtime ## draw every look in every format, into out/gallery/
	@$(BIN)/python -m app.demo.gallery

bench: $(VENV)/.development ## the speed table: ratios in one run, target beside the figure
	@$(BIN)/python -m tests.bench

check-money: $(VENV)/.development ## every way of losing a credit, tried and counted
	@$(BIN)/python -m tests.money

trial: $(VENV)/.development ## 1,000 random briefs drawn and measured: what no picture may do, counted
	@$(BIN)/python -m tests.trial

lock: ## renew the locked dependencies (needs uv)
	@sh scripts/lock.sh

$(VENV)/.runtime: requirements.lock pyproject.toml scripts/install.sh
	@sh scripts/install.sh $(PYTHON) $(VENV) requirements.lock runtime

$(VENV)/.development: requirements-dev.lock pyproject.toml scripts/install.sh
	@sh scripts/install.sh $(PYTHON) $(VENV) requirements-dev.lock development

clean: ## remove the installation (data in .factory/ stays)
	@rm -rf $(VENV)

.PHONY: help run stop demo test coverage check format gallery bench check-money trial lock clean
