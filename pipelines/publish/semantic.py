"""The metrics of dbt's semantic layer, written from the seed that the models and the published table are made of.

Belongs here: how a row of the catalogue reads in MetricFlow's words, and which rows it cannot express, and why.
Does not belong here: any definition (dbt_project/seeds), entities and dimensions (dbt_project/models/semantic).

`python -m pipelines.publish.semantic FILE` writes it; `make docs` does so.
"""

import sys
from pathlib import Path
from typing import Any

import yaml

from pipelines.publish.catalogue import Metric, metrics

_HEAD = """\
# Written from the metric catalogue by `make docs`; change dbt_project/seeds/metric_catalogue.csv, not this.
# A metric is worked out from the parts of any service, team or area, by day, week, month, quarter or year. Where that
# is a published cell it is the published number; where it has no value, metric_values says why.
#
# Not here, because MetricFlow cannot work them out; ask for published_value, published_low and published_high instead:
"""
_SUMS = {"numerator": "Numerators", "denominator": "Denominators"}
_CELLS = {"value": "Value", "low": "Lower 95 % limit", "high": "Upper 95 % limit", "n": "n"}
_ADDITIVE = ("wilson", "jackknife", "jackknife_open", "poisson", "none")
_METHODS_WHY = {
    "kaplan_meier": "a median of clocks of which some still run, and MetricFlow's would drop those",
    "quartiles": "rests on the quartiles of such clocks",
    "histogram": "a percentile of merged buckets in the peak hours of each market",
    "weighted": "a measure of whole months or quarters, which no day has a part of",
    "mover": "a weighted mean over alert classes of what is above zero in each",
}
_METRICS_WHY = {
    "error_budget_remaining": "over a window of its own that ends with the period, and not over the period",
    "market_outage_minutes": "time that is united anew for every entity",
    "deployment_frequency": "above a service, its exposure is the longest of its services' days, and no sum",
}
"""Metrics of an additive method that do not add up from service and day, and why."""


_PEOPLE_WHY = "about people's working time, of which no part of a day is published"


def why_not(metric: Metric) -> str | None:
    """Why MetricFlow cannot express a metric of the catalogue; None if it can."""
    method = metric["interval_method"]
    if metric["people_records"]:
        return _PEOPLE_WHY
    if method not in _ADDITIVE:
        return _METHODS_WHY[method]
    return _METRICS_WHY.get(metric["metric_id"])


def document() -> str:
    """The whole file."""
    sums = [_sum(measure) for measure in _SUMS]
    expressed = [_metric(row) for row in metrics() if why_not(row) is None]
    content = {"version": 2, "metrics": [*sums, *expressed, *map(_cell, _CELLS)]}
    absent = [f"#   {row['metric_id']}: {why_not(row)}\n" for row in metrics() if why_not(row) is not None]
    return _HEAD + "".join(absent) + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)


def _sum(measure: str) -> dict[str, Any]:
    return _simple(
        f"parts_{measure}", _SUMS[measure], measure, "Their sum, which means something for one metric at a time."
    )


def _cell(column: str) -> dict[str, Any]:
    description = f"{_CELLS[column]} of a cell as published: one cell a row, or it is the greatest of several."
    return _simple(f"published_{column}", f"Published: {_CELLS[column]}", f"cell_{column}", description)


def _simple(name: str, label: str, measure: str, description: str) -> dict[str, Any]:
    parameters = {"measure": measure}
    return {"name": name, "label": label, "description": description, "type": "simple", "type_params": parameters}


def _metric(row: Metric) -> dict[str, Any]:
    of_metric = f"{{{{ Dimension('part__metric_id') }}}} = '{row['metric_id']}'"
    where = f"{of_metric} and {{{{ Dimension('part__split') }}}} is null"
    inputs, expression = {"numerator": "counted", "denominator": "exposed"}, "counted / nullif(exposed, 0)"
    if row["interval_method"] == "none":
        inputs, expression = {"numerator": "counted"}, "counted"
    if row["value_scale"]:
        expression = f"{float(row['value_scale']):g} * {expression}"
    needed = [{"name": f"parts_{part}", "alias": alias, "filter": where} for part, alias in inputs.items()]
    return {
        "name": row["metric_id"],
        "label": row["name"],
        "description": row["definition"],
        "type": "derived",
        "type_params": {"expr": expression, "metrics": needed},
        "config": {"meta": {"unit": row["unit"], "better": row["better"], "version": int(row["metric_version"])}},
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8")
