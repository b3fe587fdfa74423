# Each target does its own set-up in .venv; repeated calls are instant.
PYTHON ?= python3
SHARED ?= $(or $(BUDGET_QA_SHARED),../shared)
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check install --quiet --constraint constraints.txt

EVAL_OPTIONS ?=
EVAL := $(BIN)/budget-qa eval run $(EVAL_OPTIONS)

SHARED_QUESTIONS := $(wildcard $(SHARED)/questions/*.jsonl)
SHARED_DOCUMENTS := $(wildcard $(SHARED)/corpus/seeds/*.txt $(SHARED)/corpus/putuo/*.pdf $(SHARED)/corpus/jiangsu/*.pdf)

.PHONY: setup run test lint eval extraction bench samples screenshots clean

setup: .venv/.dev

.venv/.made:
	$(PYTHON) -m venv .venv
	touch $@

# What the product itself needs: no torch, so that a first start is quick.
.venv/.base: .venv/.made pyproject.toml constraints.txt
	$(PIP) --editable .
	touch $@

.venv/.dev: .venv/.base
	$(PIP) --editable '.[dev,llm,models]'
	touch $@

run: .venv/.base
	$(BIN)/budget-qa serve --samples

# On two cores: browser tests mostly wait.
test: .venv/.dev
	$(BIN)/pytest -n 2 --dist loadfile

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The samples and the shared documents print some of the same figures: each set has a store of its own.
# Both are asked even where the first fails. After a change to a reader: make eval EVAL_OPTIONS=--reread
eval: .venv/.dev
	@failed=0; \
	$(EVAL) samples/questions.jsonl --documents samples --store out/eval/samples-store --out out/eval/samples || failed=1; \
	if [ -n "$(SHARED_QUESTIONS)" ]; then \
	    $(EVAL) $(SHARED_QUESTIONS) $(SHARED_DOCUMENTS:%=--documents %) --store out/eval/shared-store --out out/eval/shared || failed=1; \
	fi; \
	exit $$failed

# How exactly documents with known truth are read: some 15 minutes, most of them for the scans.
EXTRACTION := $(BIN)/budget-qa eval extraction
extraction: .venv/.dev
	$(EXTRACTION) --documents 200 --seed 5000 --formats pdf --min-accuracy 0.99
	$(EXTRACTION) --documents 100 --seed 5000 --formats xlsx,docx,html --min-accuracy 0.999
	$(EXTRACTION) --documents 30 --seed 4000 --scale 1 --formats scan

BENCH_ANSWERS := $(BIN)/budget-qa eval bench-answers
bench: .venv/.dev
	$(BIN)/budget-qa eval bench samples $(if $(wildcard $(SHARED)/corpus),--corpus $(SHARED)/corpus)
	$(BENCH_ANSWERS) samples/questions.jsonl --documents samples --store out/eval/samples-store
	$(if $(SHARED_QUESTIONS),$(BENCH_ANSWERS) $(SHARED_QUESTIONS) $(SHARED_DOCUMENTS:%=--documents %) --store out/eval/shared-store)

# Typesets the sample budgets again from their tables of figures; the bytes come out the same.
samples: .venv/.dev
	$(BIN)/budget-qa eval typeset samples

# Pictures of the page over the samples, for the READMEs; needs Chromium.
screenshots: .venv/.dev
	$(BIN)/python docs/screenshots.py

clean:
	rm -rf out .venv
