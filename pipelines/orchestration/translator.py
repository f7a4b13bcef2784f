"""How dbt's resources appear in Dagster: groups by layer, owners, descriptions and columns."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator

OWNERS = ["team:analytics-engineering"]


def source_key(source: Mapping[str, Any]) -> dg.AssetKey:
    """A source's asset: as its meta says, else schema and table."""
    stated = source.get("meta", {}).get("dagster", {}).get("asset_key")
    return dg.AssetKey(stated or [source["source_name"], source["name"]])


def column_schema(columns: Mapping[str, Mapping[str, Any]]) -> dg.TableSchema:
    """Columns with their types and descriptions, as the catalogue shows them."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(name, type=column.get("data_type") or "string", description=column.get("description"))
            for name, column in columns.items()
        ]
    )


class ScorecardTranslator(DagsterDbtTranslator):
    """Groups follow the folders of dbt_project/models; keys are schema and table."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Schema and table, so that a key reads like the relation in the warehouse."""
        if dbt_resource_props["resource_type"] == "source":
            return source_key(dbt_resource_props)
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer; a mart's area is a group of its own."""
        if dbt_resource_props["resource_type"] == "seed":
            return "seeds"
        layers = [part for part in dbt_resource_props["fqn"][1:-1] if part != "marts"]
        return str(layers[0]) if layers else None

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """Every asset has an owner."""
        return OWNERS
