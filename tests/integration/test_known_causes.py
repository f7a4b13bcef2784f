"""A generated organisation whose incidents have known causes: every one is linked to the right deployment."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.bench.generate import generate
from tests.support import scorecard


def test_every_known_cause_is_found(tmp_path: Path) -> None:
    organisation = generate(tmp_path / "organisation", deployments=20_000)
    done = scorecard("run", organisation, "--home", tmp_path / "home")
    assert done.returncode == 0, done.stderr
    links = tmp_path / "home/releases/current/tables/delivery.fct_incident_deployment_links.parquet"
    with duckdb.connect() as connection:
        counts = connection.execute(
            f"""
            select
                (select count(*) from '{organisation}/incidents.parquet'),
                count(*),
                count(*) filter (where replace(incident_id, 'i-', 'd-') = deployment_id),
                count(*) filter (where rule = 'last_before')
            from '{links}'
            """
        ).fetchone()
    assert counts is not None
    incidents, *linked = counts
    assert incidents > 1_000
    assert linked == [incidents] * 3
