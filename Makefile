# What README and CI call.  Everything is installed into .venv; nothing outside it is touched.
PYTHON ?= python3.11
VENV ?= .venv
BIN = $(VENV)/bin

export QT_QPA_PLATFORM ?= offscreen
export QTWEBENGINE_CHROMIUM_FLAGS ?= --disable-gpu --no-sandbox

.PHONY: demo test coverage mutants lint types bench docs package state clean

# a stamp per set of dependencies: re-installed only when setup.py changes
$(VENV)/.demo: setup.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable ".[gui]"
	touch $@

$(VENV)/.test: setup.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	touch $@ $(VENV)/.demo

demo: $(VENV)/.demo
	$(BIN)/python -P -m orangecontrib.customs.headless.demo

# the pages that F1 opens; installing makes them, too
HELP = orangecontrib/customs/help/index.html
$(HELP): tools/help_pages.py $(shell find doc -name '*.md' -o -name '*.png') | $(VENV)/.test
	$(BIN)/python tools/help_pages.py $(@D)

# a file of tests at a time on each core; more than four would only take memory
test: $(VENV)/.test $(HELP)
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

# how much of the package the tests run, without what runs in processes of its own
coverage: $(VENV)/.test $(HELP)
	$(BIN)/python -m coverage run -m pytest
	$(BIN)/python -m coverage report

# minutes: puts faults into a copy, each of which some test must notice
mutants: $(VENV)/.test
	$(BIN)/python tests/mutants.py

lint: $(VENV)/.test
	$(BIN)/ruff check orangecontrib tests benchmarks tools setup.py

types: $(VENV)/.test
	$(BIN)/python tools/types.py

bench: $(VENV)/.test
	for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

docs:
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable ".[gui,doc]"
	$(BIN)/python -m sphinx -n -W -b html doc doc/_build/html

# wheel and sdist, as they go to PyPI
package:
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet "build>=1" "twine>=6"
	rm -rf dist
	$(BIN)/python -m build
	$(BIN)/python -m twine check --strict dist/*

# states in the shipped workflows what they leave unsaid
state: $(VENV)/.demo
	$(BIN)/python tools/state_settings.py workflows/*.ows

clean:
	rm -rf $(VENV) doc/_build build dist orangecontrib/customs/help *.egg-info
