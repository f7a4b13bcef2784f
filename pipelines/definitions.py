"""The one Definitions object. Nothing is built or read at import: Dagster calls `defs` when it loads."""

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """Every asset, check, job, schedule and sensor of the product."""
    from pipelines.orchestration.build import build_definitions

    return build_definitions()
