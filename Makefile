# What CI calls, a person calls. `make help` lists it.
PYTHON ?= python3
VENV   ?= .venv
SEMANTIC ?= .venv-semantic
BIN    := $(VENV)/bin
SCORECARD_REAL_DATA ?= $(wildcard $(abspath ../shared/data))
export SCORECARD_REAL_DATA
export DAGSTER_DISABLE_TELEMETRY := 1
export DO_NOT_TRACK := 1
# Tests start many processes: each would compile the product's modules anew.
unexport PYTHONDONTWRITEBYTECODE
SCORECARD_HOME ?= $(abspath .scorecard)
JOBS ?= 2
SEEDS ?= 50
POWER ?= power.jsonl
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help scorecard test coverage test-all test-oracle test-faults test-spark test-spark-all test-semantic lint dev bench bench-growth power goodhart award-study lock docs dbt-docs model wheel clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/setup.stamp: requirements/setup.txt
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed, this is " + sys.version'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements/setup.txt
	touch $@

$(VENV)/runtime.stamp: $(VENV)/setup.stamp requirements/runtime.txt pyproject.toml
	$(BIN)/uv pip install -q --python $(BIN)/python --compile-bytecode --no-deps --require-hashes -r requirements/runtime.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/parsed.stamp: $(VENV)/runtime.stamp $(shell find dbt_project -name '*.sql' -o -name '*.yml' -o -name '*.csv')
	$(BIN)/python -m pipelines.orchestration.dbt_project
	touch $@

$(VENV)/dev.stamp: $(VENV)/runtime.stamp requirements/dev.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --compile-bytecode --no-deps --require-hashes -r requirements/dev.txt
	touch $@

$(VENV)/spark.stamp: $(VENV)/dev.stamp requirements/spark.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --compile-bytecode --no-deps --require-hashes -r requirements/spark.txt
	touch $@

scorecard: $(VENV)/parsed.stamp  ## set up, and publish the scorecard of the embedded demo organisation
	$(BIN)/scorecard run organisations/demo

test: $(VENV)/dev.stamp $(VENV)/parsed.stamp  ## set up, and pass the tests (minutes)
	$(PYTEST) -n $(JOBS) --dist loadfile -m "not slow"

coverage: $(VENV)/dev.stamp $(VENV)/parsed.stamp  ## the same tests, and which lines they ran; tracing takes two thirds more CPU
	$(PYTEST) -n $(JOBS) --dist loadfile -m "not slow" --cov --cov-report=term:skip-covered

test-oracle: $(VENV)/dev.stamp $(VENV)/parsed.stamp  ## the plain-Python oracle against the real organisations; twins of cheats
	$(PYTEST) -n $(JOBS) --dist loadfile tests/oracle tests/integration tests/goodhart

test-faults: $(VENV)/dev.stamp $(VENV)/parsed.stamp  ## planted faults, kill -9 at twenty instants, determinism
	$(PYTEST) -n $(JOBS) --dist loadfile tests/faults

test-spark: $(VENV)/spark.stamp $(VENV)/parsed.stamp  ## every macro and statistic on Spark says what it says on DuckDB (needs Java 17 or 21)
	SCORECARD_REQUIRE_SPARK=1 $(PYTEST) -m "not slow" tests/spark

test-spark-all: $(VENV)/spark.stamp $(VENV)/parsed.stamp  ## every published table of the example, real organisations and demo, row by row (much longer)
	SCORECARD_REQUIRE_SPARK=1 $(PYTEST) tests/spark

$(SEMANTIC)/stamp: $(VENV)/setup.stamp requirements/semantic.txt
	$(PYTHON) -m venv $(SEMANTIC)
	$(BIN)/uv pip install -q --python $(SEMANTIC)/bin/python --compile-bytecode --no-deps --require-hashes -r requirements/semantic.txt
	touch $@

test-semantic: $(VENV)/dev.stamp $(VENV)/parsed.stamp $(SEMANTIC)/stamp  ## MetricFlow, asked for what was published, says the same
	SCORECARD_METRICFLOW=$(abspath $(SEMANTIC))/bin/mf $(PYTEST) tests/semantic

test-all: lint coverage test-oracle test-faults test-semantic test-spark-all  ## everything, in parts that CI can run one by one

lint: $(VENV)/dev.stamp  ## ruff, mypy --strict, import-linter, sqlfluff, no dialect outside macros/portable
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint -q --processes $(JOBS) dbt_project/models dbt_project/tests
	$(BIN)/python -m tests.lint.portable

dev: $(VENV)/parsed.stamp  ## the Dagster UI on the demo organisation (SCORECARD_ORGANISATION: on another)
	mkdir -p $(SCORECARD_HOME)/dagster && cp pipelines/orchestration/dagster.yaml $(SCORECARD_HOME)/dagster/
	DAGSTER_HOME=$(SCORECARD_HOME)/dagster SCORECARD_HOME=$(SCORECARD_HOME) \
	SCORECARD_ORGANISATION=$${SCORECARD_ORGANISATION:-organisations/demo} $(BIN)/dagster dev -w workspace.yaml

bench: $(VENV)/dev.stamp $(VENV)/parsed.stamp  ## time and memory of shipped organisations and of samples, beside bare DuckDB (half an hour)
	$(BIN)/python -m tests.bench organisations samples

bench-growth: $(VENV)/spark.stamp $(VENV)/parsed.stamp  ## how cost grows to 63 million events, on DuckDB and Spark (hours)
	$(BIN)/python -m tests.bench simulation growth dora memory days

goodhart: $(VENV)/dev.stamp $(VENV)/parsed.stamp  ## whether cheating pays: the table of docs/goodhart.md, three minutes a seed (SEEDS=5)
	$(BIN)/python -m tests.goodhart docs/goodhart.md --seeds $(SEEDS)

power: $(VENV)/dev.stamp $(VENV)/parsed.stamp  ## how often integrity signals find what is planted: make power SEEDS=3 (50: hours)
	$(BIN)/python -m tests.power --seeds $(SEEDS) --keep $(POWER) --jobs $(JOBS)

lock: $(VENV)/setup.stamp  ## write the locked requirements anew
	for f in setup runtime dev spark semantic; do $(BIN)/uv pip compile -q --override requirements/override.txt --generate-hashes --no-header --no-annotate \
	  --universal --python-version 3.11 --exclude-newer "$$($(PYTHON) -c 'import datetime as d; print(d.date.today() - d.timedelta(7))')" \
	  --no-emit-index-url requirements/$$f.in -o requirements/$$f.txt || exit 1; done

docs: $(VENV)/runtime.stamp  ## write docs/metric_catalogue.md, docs/policy.md and the metrics of the semantic layer from what they tell of
	$(BIN)/python -m pipelines.publish.catalogue docs/metric_catalogue.md
	$(BIN)/python -m pipelines.publish.policy_document docs/policy.md
	$(BIN)/python -m pipelines.publish.semantic dbt_project/models/semantic/_semantic__metrics.yml

award-study: $(VENV)/dev.stamp  ## how often chance wins an award, and how soon improvement does: the tables of docs/awards.md (minutes)
	$(BIN)/python -m tests.awards docs/awards.md

dbt-docs: $(VENV)/parsed.stamp  ## dbt's page of the models, columns and lineage of the last run's warehouse
	SCORECARD_HOME=$(SCORECARD_HOME) $(BIN)/python -m pipelines.orchestration.dbt_docs

model: $(VENV)/parsed.stamp  ## build one model and its tests on the last run's warehouse: make model M=metric_alerts
	SCORECARD_HOME=$(SCORECARD_HOME) $(BIN)/python -m pipelines.orchestration.model $(M)

wheel: $(VENV)/dev.stamp $(VENV)/parsed.stamp  ## the installable package, in dist/
	$(BIN)/python -m build --wheel --no-isolation -o dist .

clean:  ## remove what make made
	rm -rf $(VENV) $(SEMANTIC) build dist *.egg-info .scorecard
