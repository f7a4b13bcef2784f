"""An independent recomputation of every metric, from the raw files that organisation.yml names.

Plain Python, written from the specification apart from the SQL: it shares no code with the pipeline and
reads no landed or staged row. `compute` is the entry; the modules beside it hold one matter each.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests.oracle.reference import organisation as organisations
from tests.oracle.reference import (
    vendors_cstate,
    vendors_gitops,
    vendors_health_checks,
    vendors_image_tags,
    vendors_records,
    vendors_servicenow,
    vendors_statuspage,
    vendors_upptime,
)
from tests.oracle.reference.awards import Award, AwardKey, Awards, Test, TestKey
from tests.oracle.reference.book import Book, Clock
from tests.oracle.reference.cells import Cell, Key
from tests.oracle.reference.coverage import Cover
from tests.oracle.reference.disclosure import Why, suppressions, withhold
from tests.oracle.reference.facts import Facts
from tests.oracle.reference.fates import Context, Fates, folder_fates, is_blank
from tests.oracle.reference.guardrails import Guardrail, GuardrailKey, Guards
from tests.oracle.reference.highlights import Highlight, HighlightKey, Highlights
from tests.oracle.reference.instants import Calendar, UnparsableError, from_micros, parse_instant, to_micros
from tests.oracle.reference.integrity import Integrity, Signal, SignalKey, quarters_of
from tests.oracle.reference.links import links, mark_failures, mark_version_returns
from tests.oracle.reference.noting import fill
from tests.oracle.reference.noting_availability import note_availability
from tests.oracle.reference.noting_outages import note_outages
from tests.oracle.reference.noting_responses import Responses, note_answers, note_minutes
from tests.oracle.reference.noting_toil import note_toil
from tests.oracle.reference.openslo import of_folder
from tests.oracle.reference.organisation import Organisation
from tests.oracle.reference.ownership import Ownership, place
from tests.oracle.reference.readers import Row, read
from tests.oracle.reference.recognition import Recognition, RecognitionKey, recognition
from tests.oracle.reference.scores import TierDays, tier_days
from tests.oracle.reference.spine import Spine, existence

COLLECTORS = {
    "cstate_revisions": vendors_cstate.collect,
    "gitops_commits": vendors_gitops.collect,
    "image_tag_changes": vendors_image_tags.collect,
    "ownership_changes": vendors_image_tags.collect_ownership,
    "servicenow_audit": vendors_servicenow.collect,
    "statuspage_incidents": vendors_statuspage.collect,
    "upptime_checks": vendors_upptime.collect,
    "upptime_commits": vendors_upptime.collect_commits,
    "health_checks": vendors_health_checks.collect,
}


@dataclass(frozen=True)
class Oracle:
    """What the scorecard of an organisation must say at an instant."""

    as_of: datetime
    cells: dict[Key, Cell]
    exclusions: dict[tuple[Key, str], int]
    """Rows left out, by cell and reason."""
    fates: Fates
    facts: Facts
    guardrails: dict[GuardrailKey, Guardrail] = field(default_factory=dict)
    awards: dict[AwardKey, Award] = field(default_factory=dict)
    award_tests: dict[TestKey, Test] = field(default_factory=dict)
    links: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """(rule, deployment_id) of every unplanned incident."""
    tier_days: TierDays = field(default_factory=dict)
    """Days of services of each tier by entity and period."""
    signals: dict[SignalKey, Signal] = field(default_factory=dict)
    recognition: dict[RecognitionKey, Recognition] = field(default_factory=dict)
    highlights: dict[HighlightKey, Highlight] = field(default_factory=dict)
    withheld: Why = field(default_factory=dict)
    """Why cells are withheld; of what has nothing in it too."""
    split_keys: frozenset[Key] = frozenset()
    """The splits that there are, withheld ones too."""

    def rules(self) -> Counter[str]:
        """How many unplanned incidents each link rule decided."""
        return Counter(rule for rule, _ in self.links.values())


def _newest_record(organisation: Organisation, rows: dict[str, list[Row]]) -> int:
    newest = 0
    for source in organisation.sources:
        for row in rows[source.name]:
            text = row.values.get(source.cursor)
            if is_blank(text):
                continue
            try:
                newest = max(newest, parse_instant(str(text), source.zone, source.date_order))
            except UnparsableError:
                continue
    return newest


def _as_of(organisation: Organisation, rows: dict[str, list[Row]], asked: datetime | None) -> int:
    if asked is not None:
        return to_micros(asked)
    if isinstance(organisation.as_of_setting, int):
        return organisation.as_of_setting
    if organisation.as_of_setting == "last_record":
        return _newest_record(organisation, rows)
    raise ValueError(f"{organisation.name}: as_of {organisation.as_of_setting} needs an instant")


def compute(organisation_dir: Path, as_of: datetime | None = None) -> Oracle:
    """Recomputes all cells, exclusions and fates of an organisation folder.

    as_of: aware; None takes what organisation.yml states. Raises KeyError for an unset environment
    variable and FileNotFoundError for a source that is not there.
    """
    organisation, instant, facts, fates = _read(organisation_dir, as_of)
    return _measure(organisation, instant, facts, fates)


def compute_signals(organisation_dir: Path) -> dict[SignalKey, Signal]:
    """The integrity signals of an organisation folder alone, which rest on no cell."""
    organisation, instant, facts, _ = _read(organisation_dir, None)
    ownership, cover, _ = _placed(organisation, instant, facts)
    periods = quarters_of(cover, Calendar(organisation.zone))
    spans = existence(organisation, facts, ownership, instant)
    return Integrity(facts, organisation, ownership, cover, periods).signals(spans)


def _read(organisation_dir: Path, as_of: datetime | None) -> tuple[Organisation, int, Facts, Fates]:
    organisation = organisations.load(organisation_dir)
    rows = {source.name: read(source, organisation.folder) for source in organisation.sources}
    instant = _as_of(organisation, rows, as_of)
    facts, fates = Facts(), Fates(rows=folder_fates(organisation))
    records = vendors_records.Collected(of_folder(organisation.folder / "slos.yml", organisation.zone))
    for source in organisation.sources:
        context = Context(organisation, source, instant)
        if source.feed in vendors_records.FEEDS:
            records.add(source.feed, rows[source.name], context)
        else:
            COLLECTORS[source.feed](rows[source.name], context, facts, fates)
    records.finish(facts, fates)
    return organisation, instant, facts, fates


Links = dict[str, tuple[str, str | None]]


def _placed(organisation: Organisation, instant: int, facts: Facts) -> tuple[Ownership, Cover, Links]:
    """Owners, links and verdicts of the facts, filled in place."""
    ownership = Ownership(organisation, facts.owner_changes)
    place(facts, ownership)
    cover = Cover(organisation, ownership, instant)
    linked = links(facts.incidents, facts.deployments, instant)
    mark_failures(facts.deployments, {d for _, d in linked.values() if d is not None}, cover)
    mark_version_returns(facts.deployments)
    return ownership, cover, linked


def _measure(organisation: Organisation, instant: int, facts: Facts, fates: Fates) -> Oracle:
    ownership, cover, linked = _placed(organisation, instant, facts)
    book = Book(organisation.name, Clock(instant, Calendar(organisation.zone)), cover)
    fill(book, facts, linked)
    note_availability(book, facts, ownership)
    note_outages(book, facts, ownership, organisation)
    spans = existence(organisation, facts, ownership, instant)
    responses = Responses(book, facts)
    note_minutes(book, responses, organisation, ownership, spans)
    note_answers(book, responses, note_toil(book, facts, organisation, ownership))
    spine = Spine(organisation, book, cover, ownership)
    cells = {key: cell for entity, span in spans.items() for key, cell in spine.cells(entity, span)}
    why = suppressions(organisation, book, spine.periods, spans, cells)
    split_keys = frozenset(key for key in cells if key.dimension is not None)
    cells = withhold(cells, why)
    days = tier_days(organisation, ownership, spine.periods, instant)
    signals = Integrity(facts, organisation, ownership, cover, spine.periods).signals(spans)
    guards = Guards(organisation, facts, book, cells)
    guardrails = guards.verdicts()
    awards, tests = Awards(guards, spine, guardrails).rows()
    exclusions = spine.exclusions(cells)
    recognised = recognition(facts, book, guards.places)
    return Oracle(
        from_micros(instant), cells, exclusions, fates, facts, guardrails, awards, tests, linked, days, signals,
        recognised, Highlights(facts, book, cells, ownership).rows(guards.places), why, split_keys,
    )  # fmt: skip
