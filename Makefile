# `make demo` and `make test` are all a newcomer needs; both set up what they use, in .venv.
PYTHON ?= python3
ENGINE ?= offline
N ?= 20000
SEED ?= 1
SHARE ?= 1
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test e2e check lint docs tables fuzz mutate guard bench results bench-fleet matrix formal attack certificates

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | sort | awk -F'\t' '{ printf "make %-12s %s\n", $$1, $$2 }'

$(READY): requirements.txt requirements-offline.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo 'Python 3.10 or newer is needed: make PYTHON=/path/to/python3 ...' >&2; exit 1; }
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV) || { echo 'python3 cannot make virtual environments (on Debian: apt-get install python3-venv)' >&2; exit 1; }
	@echo 'Installing what demo and tests need into $(VENV), once (a minute or two) ...'
	@$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

demo: $(READY) ## the examples against the pack, without CLI or account; ENGINE=pulumi for the real `pulumi preview`
	@$(RUN) tools/demo.py --engine $(ENGINE)

test: $(READY) ## every test that needs Python only
	@$(RUN) -m pytest -n auto --dist worksteal -q -m 'not e2e' --cov --cov-report=
	@$(RUN) -m coverage report --skip-covered --include='bucketpolicy/*,crossguard/*' --fail-under=100
	@$(RUN) -m coverage report --skip-covered --include='offline/*' --fail-under=90

e2e: $(READY) ## the real Pulumi CLI, a loopback Pulumi Cloud, a real S3 server
	@$(RUN) tools/build_cli.py
	@$(RUN) -m pytest -n 2 -q -m e2e

lint: $(READY) ## format, lint, types, import contracts, generated files
	@$(RUN) -m ruff format --check --quiet . || { echo 'run: .venv/bin/ruff format .' >&2; exit 1; }
	@$(RUN) -m ruff check --quiet .
	@$(RUN) -m mypy --no-error-summary __main__.py bin/launch.py bin/set_up.py conformance bucketpolicy crossguard policies offline verifier tools benchmarks tests
	@report=$$($(VENV)/bin/lint-imports 2>&1) || { echo "$$report"; exit 1; }
	@$(RUN) tools/make_tables.py --check
	@$(RUN) tools/make_verifier_tables.py --check
	@$(RUN) tools/make_conformance.py --check
	@$(RUN) tools/gen_docs.py --check
	@$(RUN) tools/run_readme.py --check

docs: $(READY) ## regenerate the policy pages, the README's outputs and the conformance suite
	@$(RUN) tools/gen_docs.py
	@$(RUN) tools/run_readme.py
	@$(RUN) tools/make_conformance.py

tables: $(READY) ## regenerate the tables of S3 actions and condition keys
	@$(RUN) tools/make_tables.py
	@$(RUN) tools/make_verifier_tables.py

check: lint test e2e ## everything that CI checks

formal: $(READY) ## check the proof that what the verifier accepts is denied, and compare the two (needs Coq and OCaml): N=100000
	@command -v coqc > /dev/null && command -v ocamlfind > /dev/null || { echo 'coqc or ocamlfind is missing: apt-get install coq ocaml-findlib' >&2; exit 1; }
	@sed -n '/^Theorem accepted_is_denied/,/\.$$/p' formal/Certificate.v
	@start=$$(date +%s); coqc -q formal/Certificate.v && echo "Checked in $$(($$(date +%s) - start)) seconds."
	@$(RUN) tools/compare_with_model.py $(if $(filter file,$(origin N)),2000,$(N)) $(SEED)

fuzz: $(READY) ## random documents against the oracles: N=1000000 SEED=7
	@$(RUN) tools/fuzz.py $(N) $(SEED)

certificates: $(READY) ## what is denied and what was tampered with, put to the verifier (long): N=100000 for so many of both
	@$(RUN) tools/certificates.py $(N) $(N)

attack: $(READY) ## hostile requests, states, documents and faults of the machine: SHARE=0.1 for a tenth
	@$(RUN) tools/attack.py $(SHARE)

mutate: $(READY) ## mutation testing of bucketpolicy/ (long)
	@$(RUN) tools/mutate.py

guard: $(READY) ## mutants of the core against what stops a wrong denial (long): MUTANTS=300 SEED=1 for so many
	@$(RUN) tools/measure_guard.py $(MUTANTS) --seed $(SEED)

bench: $(READY) ## speed of the core, the pack and the offline commands
	@for bench in benchmarks/bench_*.py; do echo "== $$bench"; $(RUN) $$bench || exit 1; done

results: $(READY) ## all of that, with growth and instruction counts, written into benchmarks/RESULTS.md and docs/performance.md's plots (20 minutes, on an idle machine)
	@$(RUN) benchmarks/results.py

matrix: $(READY) ## the supported versions, as far as they can be had: WORD='Python 3.12' for some, OPTIONS=--full for every test, --write for the page
	@$(RUN) tools/matrix.py $(if $(WORD),'$(WORD)') $(OPTIONS)

bench-fleet: $(READY) ## a million buckets through `analyze`, here and on a cluster (15 minutes, 15 GB): SHARE=0.05 for a twentieth
	@$(RUN) benchmarks/fleet.py $(SHARE)
