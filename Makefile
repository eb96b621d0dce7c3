# Everything a fresh machine with Python, make and git needs. `make help` lists it.
PYTHON ?= python3
DEMO ?= 1
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --quiet

FAULTS := tests/faults $(wildcard tests/delivery/test_*.py) tests/bounces tests/replies/test_imap.py tests/test_migrations.py

.PHONY: help run test faults check format clean
help:      ## list the commands
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*## / - /'

run: $(VENV)/installed  ## start everything on this machine: make run [PORT=8123] [PHONEIN_DATA=/folder] [DEMO=0]
	@$(if $(PORT),PORT=$(PORT)) $(if $(PHONEIN_DATA),PHONEIN_DATA="$(PHONEIN_DATA)") exec $(VENV)/bin/phonein up $(if $(filter 0,$(DEMO)),--no-demo)

test: $(VENV)/tested  ## the whole suite: both databases, queue, mail, browser
	@$(VENV)/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not faults"

faults: $(VENV)/tested  ## the fault matrix whole, with what takes long: docs/reliability.md
	@$(VENV)/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(FAULTS)

check: $(VENV)/checked  ## formatter, linter, types, house rules
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/python -m pytest -q tests/test_house_rules.py

format: $(VENV)/checked  ## put every file into the one format
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

clean:     ## forget what was installed
	rm -rf $(VENV)

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing Phonein (once)…"
	@$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/tested: pyproject.toml constraints.txt tests/prepare.py tests/engines/package-lock.json | $(VENV)/bin/python
	@echo "Installing what the tests need (once)…"
	@$(PIP) install -c constraints.txt -e '.[test,dev]'
	@$(VENV)/bin/python tests/prepare.py
	@touch $@ $(VENV)/installed $(VENV)/checked

$(VENV)/checked: pyproject.toml constraints.txt | $(VENV)/bin/python
	@$(PIP) install -c constraints.txt -e '.[test,dev]'
	@touch $@ $(VENV)/installed
