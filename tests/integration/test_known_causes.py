"""A generated organisation whose history is known by construction: causes of incidents, rollbacks, automation runs."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.bench.generate import SERVICES, generate
from tests.support import release_here


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The generated folder, and the tables of its release."""
    folder = tmp_path_factory.mktemp("known")
    organisation = generate(folder / "organisation", deployments=20_000)
    return organisation, release_here(organisation, folder / "home") / "tables"


def one_row(query: str) -> tuple[int, ...]:
    with duckdb.connect() as connection:
        (row,) = connection.execute(query).fetchall()
    return tuple(row)


def test_every_known_cause_is_found(bench: tuple[Path, Path]) -> None:
    organisation, tables = bench
    incidents, *linked = one_row(f"""
        select
            (select count(*) from '{organisation}/incidents.parquet'),
            count(*),
            count(*) filter (where replace(incident_id, 'i-', 'd-') = deployment_id),
            count(*) filter (where rule = 'last_before')
        from '{tables}/delivery.fct_incident_deployment_links.parquet'
    """)
    assert incidents > 1_000
    assert linked == [incidents] * 3


def test_every_known_rollback_is_found(bench: tuple[Path, Path]) -> None:
    """The 6th of every 50 deployments of a service undoes the 5th. Versions live for weeks: none is a return (D23)."""
    undone, rightly, returns, rows = one_row(f"""
        select
            count(*) filter (where has_rollback),
            count(*) filter (where has_rollback and cast(split_part(deployment_id, '-', 3) as int) % 50 = 5),
            count(*) filter (where is_version_return),
            count(*)
        from '{bench[1]}/delivery.fct_deployments.parquet'
    """)
    assert (undone, rightly, returns, rows) == (SERVICES, SERVICES, 0, 20_000)


def test_every_run_is_counted_as_what_it_was(bench: tuple[Path, Path]) -> None:
    """Of 40 runs of a service the 20th and the 40th fail; with 40 none is dry."""
    counted = one_row(f"""
        select sum(numerator), sum(denominator) from '{bench[1]}/scorecard.metric_values.parquet'
        where metric_id = 'automation_success' and entity_type = 'portfolio' and period_type = 'month'
            and dimension is null
    """)
    assert counted == (SERVICES * 38, SERVICES * 40)
