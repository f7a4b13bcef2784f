"""The released scorecard against the oracle, cell by cell, for the shipped organisations.

The release is made by the pipeline through its command line; the oracle reads the raw files alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from _pytest.mark import ParameterSet

from tests.oracle import released as beside
from tests.oracle.reference import Oracle, compute, policy, scores

ORGANISATIONS = Path(__file__).resolve().parents[2] / "organisations"
CASES = [
    ("example", None),
    ("example", "2026-02-19T12:00:00Z"),
    ("jenkins", None),
    ("jenkins", "2023-06-01T00:00:00Z"),
    ("govuk", None),
    ("github_status", None),
    ("upptime", None),
    ("statuspage", None),
    ("servicenow", None),
    ("servicenow", "2016-06-01T00:00:00Z"),
]


@dataclass(frozen=True)
class Pair:
    """A release, and what it must say."""

    release: Path
    oracle: Oracle


@cache
def _oracle(name: str, as_of: str | None) -> Oracle:
    moment = None if as_of is None else datetime.fromisoformat(as_of).astimezone(UTC)
    return compute(ORGANISATIONS / name, moment)


def _cases() -> list[ParameterSet]:
    """`make test` sees the past of the example; that of the others takes as long as they do."""
    return [
        pytest.param(
            (name, as_of),
            id=f"{name}-{(as_of or 'own')[:10]}",
            marks=pytest.mark.slow if as_of and name != "example" else [],
        )
        for name, as_of in CASES
    ]


@pytest.fixture(scope="module", params=_cases())
def pair(request: pytest.FixtureRequest, released: Callable[..., Path]) -> Pair:
    name, as_of = request.param
    release = released(name, as_of)
    return Pair(release, _oracle(name, as_of))


def test_every_cell_says_the_same(pair: Pair) -> None:
    published = beside.published_cells(pair.release)
    assert published, "the release holds no cell"
    beside.compare_cells(pair.oracle, published)


def test_every_change_from_the_period_before_says_the_same(pair: Pair) -> None:
    beside.compare_changes(pair.oracle, beside.published_changes(pair.release))


def test_outcomes_beside_reliability_say_the_same(pair: Pair) -> None:
    beside.compare_associations(pair.oracle, pair.release)


def test_every_integrity_signal_says_the_same(pair: Pair) -> None:
    beside.compare_signals(pair.oracle.signals, beside.published_signals(pair.release))


def test_every_guardrail_and_award_says_the_same(pair: Pair) -> None:
    beside.compare_guardrails(pair.oracle, pair.release)
    beside.compare_awards(pair.oracle, pair.release)


def test_every_recognition_says_the_same(pair: Pair) -> None:
    assert bool(pair.oracle.recognition) == any(key.entity_type == "team" for key in pair.oracle.cells)
    beside.compare_recognition(pair.oracle, pair.release)


def test_every_highlight_says_the_same(pair: Pair) -> None:
    beside.compare_highlights(pair.oracle, pair.release)


def test_nothing_published_looks_like_a_person(pair: Pair) -> None:
    assert beside.persons(pair.release) == []


@pytest.mark.parametrize(
    ("text", "is_seen"),
    [
        ("jo.doe@example.org", True), ("see @jodoe", True), ("(@jo-doe)", True), ("Caller 7", True),
        ("drain-queue@1", False), ("@acme/web", False), ("held by nobody", False),
    ],
)  # fmt: skip
def test_the_look_for_persons_sees_one_in_any_table(tmp_path: Path, text: str, is_seen: bool) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("<style>@media print {}</style>", encoding="utf-8")
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    table = pyarrow.table({"n": [1], "version": [text]})
    pyarrow.parquet.write_table(table, tmp_path / "tables" / "delivery.fct_deployments.parquet")
    assert beside.persons(tmp_path) == ([f"delivery.fct_deployments.version: {text}"] if is_seen else [])
    (tmp_path / "manifest.json").write_text(f'{{"title": "{text}"}}', encoding="utf-8")
    assert any(line.startswith("manifest.json") for line in beside.persons(tmp_path)) is (is_seen and "@" in text)


def test_the_same_is_withheld_for_the_same_reasons(pair: Pair) -> None:
    beside.compare_suppressions(pair.oracle, pair.release)


def test_the_same_rows_are_left_out_for_the_same_reasons(pair: Pair) -> None:
    beside.compare_exclusions(pair.oracle, beside.published_exclusions(pair.release))


def test_every_landed_row_has_the_same_fate(pair: Pair) -> None:
    rows, _ = beside.published_fates(pair.release)
    beside.compare_counts("fates of rows differ", pair.oracle.fates.rows, rows)


def test_every_record_of_a_row_that_fans_out_has_the_same_fate(pair: Pair) -> None:
    _, records = beside.published_fates(pair.release)
    sources = {key[0] for key in records}
    expected = {key: n for key, n in pair.oracle.fates.records.items() if key[0] in sources}
    beside.compare_counts("fates of records differ", expected, records)


def test_the_policy_says_what_the_folder_does(pair: Pair, request: pytest.FixtureRequest) -> None:
    name, _ = request.node.callspec.params["pair"]
    for table, rows in policy.tables(ORGANISATIONS / name).items():
        shown = [dict(sorted(row.items())) for row in beside.rows_of(pair.release, table)]
        for row in shown:
            del row["release_id"]
        assert sorted(map(repr, shown)) == sorted(repr(dict(sorted(row.items()))) for row in rows), table


def test_every_score_says_the_same(pair: Pair, request: pytest.FixtureRequest) -> None:
    name, _ = request.node.callspec.params["pair"]
    folder, draws = ORGANISATIONS / name, beside.published_draws(pair.release)
    expected = scores.scores(folder, pair.oracle.cells, pair.oracle.tier_days, draws)
    assert expected.metrics, "the policy scores nothing"
    beside.compare_scores(expected, pair.release)


def test_the_release_knows_no_more_than_the_oracle(pair: Pair) -> None:
    table = pyarrow.parquet.read_table(pair.release / "tables/scorecard.metric_values.parquet", columns=["as_of"])
    assert {moment.replace(tzinfo=UTC) for moment in table["as_of"].unique().to_pylist()} == {pair.oracle.as_of}
