"""What a log of each record kind looks like: its columns, its file, and whether organisation.yml names it yet.

Belongs here: the one table of kinds. A kind that the pipeline learns to read gets its `feed` and `covers` here.
Does not belong here: rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Form = Literal["id", "word", "name", "instant", "date", "number", "count", "flag"]


@dataclass(frozen=True)
class Column:
    """One column of a log.

    `form` and `of` say how the integers or floats of the table column `column` are written: ids by their prefix, words
    of a vocabulary, names out of a list of the world, instants and dates as ISO 8601.
    The rest is the contract that a broken value breaks: `happened` cannot lie after the row was recorded, `not_before`
    names the column that it cannot precede, `high` bounds a number; unchecked columns are never broken. `is_start`:
    others are measured against it, so that moving it would break those too.
    """

    name: str
    form: Form
    of: str = ""
    column: str = ""
    happened: bool = False
    not_before: str = ""
    high: float | None = None
    is_checked: bool = True
    is_start: bool = False

    @property
    def holds(self) -> str:
        """The column of the simulator's table."""
        return self.column or self.name


@dataclass(frozen=True)
class Kind:
    """The log of one record kind. `record` names it; `twin` is what a second content under one key differs in."""

    name: str
    record: Column
    columns: tuple[Column, ...]
    twin: str = ""
    feed: str = ""
    covers: tuple[str, ...] = ()
    is_bulk: bool = False
    broken: bool = True
    order: tuple[str, ...] = field(default=("recorded_at", "record_key", "updated_at"))

    @property
    def suffix(self) -> str:
        """Of its files."""
        return ".parquet" if self.is_bulk else ".jsonl"

    @property
    def every(self) -> tuple[Column, ...]:
        """All columns of the log, the common ones of records.md last."""
        common = (
            Column("updated_at", "instant", is_checked=False),
            Column("recorded_at", "instant", is_checked=False),
            Column("is_deleted", "flag", is_checked=False),
        )
        return (self.record, *self.columns, *common)


def _id(name: str, prefix: str, column: str = "") -> Column:
    return Column(name, "id", prefix, column, is_checked=False)


def _word(name: str, vocabulary: str = "", column: str = "") -> Column:
    return Column(name, "word", vocabulary or name, column)


def _service(column: str = "service") -> Column:
    return Column("service_id", "name", "service", column)


def _team(column: str = "team") -> Column:
    return Column("team_id", "name", "team", column)


def _market() -> Column:
    return Column("market", "name", "market", is_checked=False)


def _text(name: str, of: str, column: str = "") -> Column:
    return Column(name, "name", of, column, is_checked=False)


def _at(name: str, column: str = "", not_before: str = "", *, is_start: bool = False) -> Column:
    """An instant that claims to have happened."""
    return Column(name, "instant", "", column, True, not_before, is_start=is_start)


def _plan(name: str, column: str = "", not_before: str = "", *, is_start: bool = False) -> Column:
    """An instant that may lie ahead."""
    return Column(name, "instant", "", column, False, not_before, is_start=is_start)


def _record(prefix: str, column: str) -> Column:
    return _id("source_record_id", prefix, column)


KINDS: tuple[Kind, ...] = (
    Kind(
        "incidents",
        _record("INC-", "incident"),
        (
            _id("incident_id", "INC-", "incident"), _service("service_name"), _team("team_id"), _word("severity"),
            _plan("impact_started_at", is_start=True), _at("detected_at"), _at("declared_at", is_start=True),
            _at("acknowledged_at"), _at("mitigated_at", not_before="impact_started_at"),
            _at("resolved_at", not_before="impact_started_at"), _at("closed_at", not_before="impact_started_at"),
            _word("detected_by"), _word("resolved_by"), Column("is_planned", "flag"),
            Column("customer_impact", "flag", is_checked=False), _text("fingerprint", "fingerprint"),
            _id("caused_by_deployment_id", "dep-"),
        ),
        twin="fingerprint",
        feed="records_incidents",
        covers=(
            "incidents", "incidents.detected_at", "incidents.acknowledged_at", "incidents.mitigated_at",
            "incidents.resolved_by", "incidents.reopened", "incidents.fingerprint",
            "incidents.impact",
        ),
    ),
    Kind(
        "incident_events",
        _record("ev-", "event_id"),
        (
            _id("incident_id", "INC-", "incident"), _at("event_at"), _word("event"),
            Column("field", "word", "field", is_checked=False), _text("from_value", "value"),
            _text("to_value", "value"), _word("actor"),
        ),
        twin="to_value",
        feed="records_incident_events",
        covers=("incident_events",),
    ),
    Kind(
        "incident_services",
        _record("hit-", "hit"),
        (
            _id("incident_id", "INC-", "incident"), _service(), _market(),
            _at("impact_started_at", is_start=True), _at("impact_ended_at", not_before="impact_started_at"),
        ),
        twin="market",
        feed="records_incident_services",
        covers=("incident_services",),
    ),
    Kind(
        "deployments",
        _record("dep-", "deployment"),
        (
            _id("deployment_id", "dep-", "deployment"), _service("service_name"),
            Column("environment", "word", "environment", is_checked=False), _id("version", "v"),
            _plan("first_commit_at"), _at("started_at", is_start=True), _at("finished_at", not_before="started_at"),
            _word("outcome", "deployment_outcome"), _at("failed_at", is_start=True),
            _at("restored_at", not_before="failed_at"), _word("strategy"), Column("exposed_share", "number", high=1),
            _word("trigger", "actor"), _word("tests"), Column("gates_skipped", "count"), _word("abort_trigger"),
            _id("rollback_of", "dep-"), _word("rollback_trigger", "actor"), _word("change_kind"),
            Column("is_unplanned_fix", "flag"), Column("change_count", "count"), Column("lines_changed", "count"),
            _plan("approval_requested_at"), _plan("approved_at"), Column("approver_differs", "flag"),
        ),
        twin="version",
        feed="records_deployments",
        covers=(
            "deployments", "deployments.outcome", "deployments.version", "deployments.is_unplanned_fix",
            "deployments.first_commit_at", "deployments.failed_at", "deployments.tests", "deployments.strategy",
            "deployments.gates_skipped", "deployments.abort_trigger", "deployments.rollback_of",
            "deployments.trigger", "deployments.change_kind", "deployments.approval",
        ),
    ),
    Kind(
        "automations",
        _record("rb-", "row"),
        (
            _text("automation_id", "automation", "automation"), _id("version", "v"), _team(),
            _text("name", "automation", "automation"), _text("alert_classes", "alert_class", "alert_class"),
            _word("risk"), _plan("formalised_at"), _plan("tested_at"), Column("manual_minutes", "number"),
            _word("manual_minutes_basis", "basis"), _text("derived_from", "automation"),
            _plan("valid_from", "live_from", is_start=True), _plan("valid_to", "live_to", "valid_from"),
        ),
        twin="name",
        feed="records_automations",
        covers=("automations",),
    ),
    Kind(
        "automation_runs",
        _record("run-", "run"),
        (
            _id("run_id", "run-", "run"), _text("automation_id", "automation", "automation"), _id("version", "v"),
            _service(), _word("trigger", "run_trigger"), _id("incident_id", "INC-", "incident"),
            _id("alert_id", "al-", "alert"), _at("started_at", is_start=True),
            _at("finished_at", not_before="started_at"), _word("outcome", "run_outcome"), _word("mode"),
            _plan("approval_requested_at"), _plan("approved_at"),
            _plan("approval_expires_at"), Column("approver_differs", "flag"), _at("taken_over_at"), _at("reversed_at"),
            _id("harmed_incident_id", "INC-"),
        ),
        twin="version",
        feed="records_automation_runs",
        covers=(
            "automation_runs", "automation_runs.outcome", "automation_runs.taken_over_at", "automation_runs.harm",
            "automation_runs.approval",
        ),
    ),
    Kind(
        "alerts",
        _record("al-", "alert"),
        (
            _id("alert_id", "al-", "alert"), _service(), _text("alert_class", "alert_class"), _at("fired_at"),
            _at("resolved_at", not_before="fired_at"), _word("resolved_by", "alert_resolved_by"),
            Column("was_paged", "flag"), Column("action_taken", "flag"), _id("incident_id", "INC-", "incident"),
            Column("is_held_out", "flag"),
        ),
        feed="records_alerts",
        covers=("alerts",),
        is_bulk=True,
        broken=False,
    ),
    Kind(
        "toil_entries",
        _record("toil-", "entry"),
        (
            _id("entry_id", "toil-", "entry"), _team(), _service(), _id("incident_id", "INC-", "incident"),
            Column("category", "word", "toil_category", is_checked=False), _at("performed_at"),
            Column("minutes", "number"), _word("basis", "toil_basis"),
        ),
        twin="category",
        feed="records_toil_entries",
        covers=("toil_entries",),
    ),
    Kind(
        "capacity_events",
        _record("cap-", "event_id"),
        (_id("event_id", "cap-"), _service(), _at("happened_at"), _word("event", "capacity_event")),
        twin="event_id",
        feed="records_capacity_events",
        covers=("capacity_events",),
    ),
    Kind(
        "slos",
        _record("slov-", "row"),
        (
            _id("slo_id", "slo-", "slo"), _service(), _word("sli"), _word("budgeting"),
            Column("objective", "number", high=1), Column("slice_target", "number", high=1),
            Column("window_days", "count"), Column("threshold_ms", "number"), _plan("valid_from", is_start=True),
            _plan("valid_to", not_before="valid_from"),
        ),
        twin="slo_id",
        feed="records_slos",
        covers=("slos",),
    ),
    Kind(
        "slo_exclusions",
        _record("excl-", "exclusion"),
        (
            _id("exclusion_id", "excl-", "exclusion"), _id("slo_id", "slo-", "slo"), _service(),
            _plan("starts_at", is_start=True), _plan("ends_at", not_before="starts_at"), _at("registered_at"),
            _text("reason", "exclusion_reason", "reason"),
        ),
        twin="reason",
        feed="records_slo_exclusions",
        covers=("slo_exclusions",),
    ),
    Kind(
        "postmortems",
        _record("pm-", "postmortem"),
        (
            _id("postmortem_id", "pm-", "postmortem"), _id("incident_id", "INC-", "incident"), _team(),
            _at("started_at", is_start=True), _at("published_at", not_before="started_at"),
            Column("participants", "count"), Column("teams_present", "count"),
        ),
        twin="incident_id",
        feed="records_postmortems",
        covers=("postmortems",),
    ),
    Kind(
        "postmortem_actions",
        _record("act-", "action"),
        (
            _id("action_id", "act-", "action"), _id("postmortem_id", "pm-", "postmortem"), _team(), _plan("due_at"),
            _at("done_at"),
        ),
        twin="postmortem_id",
        feed="records_postmortem_actions",
        covers=("postmortem_actions",),
    ),
    Kind(
        "contributions",
        _record("con-", "contribution"),
        (
            _id("contribution_id", "con-", "contribution"), _team(), _at("contributed_at"),
            _word("kind", "contribution"), Column("reused_by_team_id", "name", "team", "reused_by"),
        ),
        twin="contribution_id",
        feed="records_contributions",
        covers=("contributions",),
    ),
    Kind(
        "outcomes",
        _record("out-", "outcome"),
        (
            _word("measure"), _market(), Column("period_start_on", "date", "", "period_start", is_checked=False),
            Column("period_end_on", "date", "", "period_end", is_checked=False), Column("value", "number"),
            Column("n", "count"),
        ),
        twin="market",
        feed="records_outcomes",
        covers=("outcomes",),
    ),
    Kind(
        "markets",
        _record("market-", "row"),
        (
            _market(), Column("is_critical", "flag"), _text("time_zone", "market_zone", "market"),
            _plan("valid_from", is_start=True), _plan("valid_to", not_before="valid_from"),
        ),
        feed="records_markets",
        covers=("markets",),
        broken=False,
    ),
    Kind(
        "signal_reviews",
        _record("review-", "review"),
        (
            _text("signal_id", "signal", "signal"), _text("entity_id", "team", "team"),
            Column("period_start_on", "date", "", "period_start", is_checked=False), _word("verdict"),
            _text("reason", "review_reason", "reason"), _at("reviewed_at"),
        ),
        feed="records_signal_reviews",
        covers=("signal_reviews",),
        broken=False,
    ),
)  # fmt: skip
BY_NAME = {kind.name: kind for kind in KINDS}


def kind_of(name: str) -> Kind:
    """The kind of that name."""
    return BY_NAME[name]
