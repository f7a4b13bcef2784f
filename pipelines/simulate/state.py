"""What truly happened: every record kind of a simulation, before anybody wrote it down.

Belongs here: the order in which the kinds are made. Does not belong here: logs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.simulate import (
    alerts,
    automations,
    deployments,
    incident_story,
    incidents,
    learning,
    objectives,
    outcomes,
    toil,
)
from pipelines.simulate.table import Table
from pipelines.simulate.world import World

Say = Callable[[str], None]


@dataclass
class State:
    """The world, and a table a record kind (but SLI samples and histograms, which are made day by day)."""

    world: World
    tables: dict[str, Table]

    def __getitem__(self, kind: str) -> Table:
        return self.tables[kind]

    def forget(self, kind: str) -> None:
        """Its rows are written, and nothing else needs them."""
        del self.tables[kind]

    def copy(self) -> State:
        """Tables of its own, so that what is reported may differ from what happened."""
        return State(self.world, {kind: table.copy() for kind, table in self.tables.items()})


def simulate(world: World, say: Say) -> State:
    """Everything that happens in this world. `say` gets a word a step."""
    say("deployments")
    rollouts = deployments.simulate(world).compact()
    say("incidents")
    troubles = incidents.simulate(world, rollouts).compact()
    hits = incident_story.services_hit(world, troubles)
    say("alerts and automation")
    books = automations.runbooks(world)
    versions = automations.versions(world, books)
    warnings = alerts.simulate(world, troubles, books).compact()
    runs = automations.runs(world, versions, troubles, warnings).compact()
    say("toil, objectives, learning, outcomes")
    slos = objectives.simulate(world, troubles)
    reviews = learning.postmortems(world, troubles)
    return State(
        world,
        {
            "deployments": rollouts,
            "incidents": troubles,
            "incident_events": incident_story.events(world, troubles),
            "incident_services": hits,
            "automations": versions,
            "automation_runs": runs,
            "alerts": warnings,
            "toil_entries": toil.simulate(world, troubles).compact(),
            "capacity_events": toil.capacity_events(world),
            "slos": slos,
            "slo_exclusions": objectives.exclusions(world, slos),
            "postmortems": reviews,
            "postmortem_actions": learning.actions(world, reviews),
            "contributions": learning.contributions(world),
            "outcomes": outcomes.simulate(world, hits),
        },
    )
