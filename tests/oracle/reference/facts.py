"""The few records that the metrics rest on, with the columns of records.md that they need. No logic."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(slots=True)
class Event:
    """A change of an incident; `actor` is automation, person or None."""

    incident_id: str
    at: int
    name: str
    actor: str | None = None
    field: str | None = None
    from_value: str | None = None
    to_value: str | None = None
    record: str = ""
    """Source and identifier there."""
    recorded_at: int | None = None
    """When it became known; None when it happened."""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """A version of an incident that states its end, and when it was written down."""

    source: str
    incident_id: str
    resolved_at: int
    recorded_at: int


@dataclass(slots=True)
class Incident:
    """An incident as known at as_of. Instants in microseconds, None unknown."""

    incident_id: str
    service: str | None = None
    team: str | None = None
    """Stated by the source, else filled from ownership."""
    area: str | None = None
    severity: str | None = None
    is_planned: bool | None = None
    customer_impact: bool | None = None
    impact_started_at: int | None = None
    detected_at: int | None = None
    detected_by: str | None = None
    declared_at: int | None = None
    acknowledged_at: int | None = None
    mitigated_at: int | None = None
    resolved_at: int | None = None
    closed_at: int | None = None
    is_resolved: bool = False
    resolved_by: str | None = None
    caused_by: str | None = None
    fingerprint: str | None = None
    first_resolved_at: int | None = None
    first_reopened_at: int | None = None
    events: list[Event] = field(default_factory=list)

    @property
    def started_at(self) -> int | None:
        """The anchor: the start of the impact, else the declaration."""
        return self.declared_at if self.impact_started_at is None else self.impact_started_at

    @property
    def start_basis(self) -> str:
        """Which of the two the anchor is."""
        return "declared" if self.impact_started_at is None else "impact"


@dataclass(slots=True)
class Hit:
    """A service and market that an incident hit, as told; None: its main service, no market told, its own start."""

    incident_id: str
    service: str | None
    market: str | None
    started_at: int | None
    ended_at: int | None
    recorded_at: int | None


@dataclass(frozen=True, slots=True)
class Approval:
    """What is told of an approval; nothing told is None."""

    requested_at: int | None
    given_at: int | None
    expires_at: int | None
    by_another: bool | None


@dataclass(slots=True)
class Deployment:
    """One rollout to one environment."""

    deployment_id: str
    service: str | None
    environment: str | None
    version: str | None
    started_at: int | None
    finished_at: int | None = None
    outcome: str | None = None
    exposed_share: float | None = None
    strategy: str | None = None
    first_commit_at: int | None = None
    failed_at: int | None = None
    restored_at: int | None = None
    tests: str | None = None
    gates_skipped: int | None = None
    abort_trigger: str | None = None
    rollback_of: str | None = None
    rollback_trigger: str | None = None
    is_unplanned_fix: bool | None = None
    change_count: int | None = None
    lines_changed: int | None = None
    trigger: str | None = None
    change_kind: str | None = None
    approval: Approval | None = None
    team: str | None = None
    area: str | None = None
    is_failed: bool | None = None
    is_version_return: bool | None = None

    @property
    def deployed_at(self) -> int | None:
        """The anchor: the end of the rollout, else its start."""
        return self.started_at if self.finished_at is None else self.finished_at

    @property
    def is_production(self) -> bool | None:
        """Whether it counts for the delivery metrics; None when the environment is unknown."""
        return None if self.environment is None else self.environment == "production"


@dataclass(slots=True)
class Run:
    """One execution of an automation."""

    run_id: str
    service: str | None
    mode: str | None
    outcome: str | None
    started_at: int | None
    is_taken_over: bool = False
    is_harmful: bool = False
    incident_id: str | None = None
    automation_id: str | None = None
    version: str | None = None
    alert_id: str | None = None
    finished_at: int | None = None
    has_harmed: bool = False
    trigger: str | None = None
    approval: Approval | None = None
    team: str | None = None
    area: str | None = None


@dataclass(slots=True)
class Recipe:
    """A version of an automation, as its owner registered it."""

    automation_id: str
    version: str | None
    formalised_at: int | None
    tested_at: int | None
    alert_classes: tuple[str, ...] = ()
    valid_to: int | None = None
    team: str | None = None
    manual_micros: int | None = None
    """What the manual way takes."""
    basis: str | None = None
    derived_from: str | None = None
    risk: str | None = None
    valid_from: int | None = None
    record: str = ""
    """Source and identifier there."""


@dataclass(slots=True)
class TeamEvent:
    """What happened to a team, and to no service of it."""

    team: str | None
    area: str | None
    service: None = None


@dataclass(slots=True)
class Alert:
    """One firing."""

    alert_id: str
    service: str | None
    alert_class: str | None
    at: int | None
    was_paged: bool | None
    action_taken: bool | None
    incident_id: str | None
    resolved_at: int | None = None
    resolved_by: str | None = None
    is_held_out: bool | None = None
    team: str | None = None
    area: str | None = None


@dataclass(slots=True)
class ToilEntry:
    """Manual work, or a day of a team; its team, where it names none, is the owner of its service."""

    entry_id: str
    team: str | None
    service: str | None
    incident_id: str | None
    at: int | None
    micros: int | None
    basis: str | None
    area: str | None = None
    source: str = ""
    recorded_at: int = 0


@dataclass(slots=True)
class CapacityEvent:
    """A scaling action, or a breach of capacity."""

    event_id: str
    service: str | None
    at: int | None
    event: str
    team: str | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Objective:
    """A version of an objective; instants in microseconds, None open."""

    slo_id: str
    service: str
    sli: str
    starts: int | None
    ends: int | None
    budgeting: str = "occurrences"
    objective: Fraction = Fraction(1, 2)
    slice_target: Fraction | None = None
    window_days: int | None = None
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """Good and valid events of the interval that begins at an instant; seconds unknown: None."""

    at: int
    good: int
    valid: int
    seconds: int | None


@dataclass(slots=True)
class Exclusion:
    """An agreed window that does not count, if it was agreed before it began."""

    exclusion_id: str
    slo_id: str | None
    service: str | None
    starts: int
    ends: int
    registered_at: int | None
    sli: str | None = None
    invalid_reason: str | None = None

    def judge(self, objective: Objective | None) -> None:
        """Fills service and indicator from the objective in force when the window begins, and why it does not count."""
        if objective is not None:
            self.service, self.sli = self.service or objective.service, objective.sli
        elif self.slo_id is not None:
            self.invalid_reason = "slo_unknown"
            return
        if self.registered_at is None:
            self.invalid_reason = "registration_unknown"
        elif self.registered_at >= self.starts:
            self.invalid_reason = "registered_after_start"


@dataclass(slots=True)
class SloHour:
    """What was measured of an objective in a market within one hour; no service: nobody states the objective."""

    slo_id: str
    market: str | None
    at: int
    samples: int = 0
    good: int = 0
    valid: int = 0
    service: str | None = None
    sli: str | None = None
    stated: Objective | None = None
    """The version in force when the hour began."""
    parts: list[Sample] = field(default_factory=list)
    is_agreed: bool = False
    """Whether its samples lie in windows agreed not to count, from start to end."""
    team: str | None = None
    area: str | None = None


@dataclass(slots=True)
class Episode:
    """A time in which an objective's budget burnt fast; [at, ends] are instants."""

    slo_id: str
    service: str
    at: int
    ends: int
    team: str | None = None
    area: str | None = None


@dataclass(slots=True)
class Review:
    """A review of an incident; service, and team where none is named, are the incident's."""

    postmortem_id: str
    incident_id: str | None
    team: str | None
    started_at: int | None
    published_at: int | None
    teams_present: int | None
    service: str | None = None
    area: str | None = None
    record: str = ""
    """Source and identifier there."""


@dataclass(slots=True)
class Action:
    """What a review agreed on; service, and team where none is named, are the review's."""

    action_id: str
    postmortem_id: str | None
    team: str | None
    due_at: int | None
    done_at: int | None
    service: str | None = None
    area: str | None = None


@dataclass(slots=True)
class Contribution:
    """Something that a team shared, as one row tells it."""

    record: str
    """Source and identifier there."""
    contribution_id: str
    team: str | None
    at: int
    kind: str
    reused_by: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """What a thing was in [starts, ends); None is open."""

    thing: str
    starts: int | None
    ends: int | None
    word: str | None


@dataclass(slots=True)
class LatencyBucket:
    """Requests of a service in a market within one hour that took more than `lower` and at most `upper` ms."""

    source: str
    service: str
    market: str | None
    at: int
    upper: float | None
    lower: float = 0.0
    samples: int = 0
    requests: int = 0
    threshold: float | None = None
    is_zone_known: bool = False
    is_peak: bool | None = None
    team: str | None = None
    area: str | None = None


@dataclass(slots=True)
class Measure:
    """A business measure of a market; days are ordinals, the value is in millionths."""

    metric: str
    market: str | None
    first_day: int
    last_day: int
    millionths: int | None
    n: int | None
    service: str | None = None
    team: str | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Market:
    """A version of a market; instants in microseconds, None open."""

    name: str
    is_critical: bool | None
    starts: int | None
    ends: int | None


@dataclass(slots=True)
class OwnerChange:
    """From an instant on a service belongs to a team, or to none."""

    service: str
    at: int
    team: str | None


@dataclass
class Facts:
    """Everything staged of all sources."""

    incidents: list[Incident] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    recipes: list[Recipe] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    toil: list[ToilEntry] = field(default_factory=list)
    capacity_events: list[CapacityEvent] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    contributions: list[Contribution] = field(default_factory=list)
    slo_hours: list[SloHour] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    objectives: list[Objective] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    markets: list[Version] = field(default_factory=list)
    latency: list[LatencyBucket] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    objectives: list[Objective] = field(default_factory=list)
    criticality: list[Market] = field(default_factory=list)
    """In the order of their beginning."""
    owner_changes: list[OwnerChange] = field(default_factory=list)
    area_of: Callable[[str | None, int], str | None] = lambda team, at: None
    """The area of a team at an instant, once ownership is known."""


def note_reopening(incident: Incident, events: Sequence[Event], *, without_events: int | None) -> None:
    """Fills first_resolved_at and first_reopened_at from the events.

    without_events: the first resolution of an incident that has no event of its resolution.
    """
    incident.events = sorted(events, key=lambda event: event.at)
    resolved = [event.at for event in events if event.name == "resolved"]
    incident.first_resolved_at = min(resolved) if resolved else without_events
    first = incident.first_resolved_at
    if first is not None:
        reopened = [event.at for event in events if event.name == "reopened" and event.at >= first]
        incident.first_reopened_at = min(reopened) if reopened else None
