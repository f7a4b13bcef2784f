"""How automations count by what they save and by whom they help, from the definitions."""

from collections import defaultdict
from collections.abc import Iterator

from tests.oracle.reference.book import Book, judge
from tests.oracle.reference.facts import Facts, Recipe, Run, TeamEvent
from tests.oracle.reference.instants import DAY

JUDGED_AFTER, RUNS_AT_LEAST = 90 * DAY, 5


def note_automation(book: Book, facts: Facts) -> None:
    """Notes all of it."""
    versions = {(recipe.automation_id, recipe.version): recipe for recipe in facts.recipes}
    for run in facts.runs:
        if run.started_at is not None and run.mode in (None, "live"):
            _note_savings(book, run, run.started_at, versions.get((run.automation_id or "", run.version)))
    by_automation: dict[str, list[Recipe]] = defaultdict(list)
    for recipe in facts.recipes:
        by_automation[recipe.automation_id].append(recipe)
    for automation, recipes in by_automation.items():
        _note_completion(book, facts, recipes, [run for run in facts.runs if run.automation_id == automation])
    _note_reuse(book, facts)


def saved(run: Run, recipe: Recipe | None) -> int | str:
    """Microseconds that a run saved, by whatever minutes were stated; or why nobody knows."""
    if run.mode is None:
        return "mode_unknown"
    if run.outcome is None:
        return "outcome_unknown"
    if recipe is None or recipe.manual_micros is None:
        return "manual_minutes_unknown"
    if recipe.basis is None:
        return "basis_unknown"
    if run.outcome != "succeeded":
        return 0
    if run.finished_at is None or run.started_at is None:
        return "finish_unknown"
    return recipe.manual_micros - (run.finished_at - run.started_at)


def _note_savings(book: Book, run: Run, at: int, recipe: Recipe | None) -> None:
    outcome = saved(run, recipe)
    basis = None if recipe is None else recipe.basis
    if basis is not None:
        book.amount("hours_saved", run, at, outcome, ("basis", basis))
    if basis == "declared" and not isinstance(outcome, str):
        outcome = "manual_minutes_declared"
    book.amount("hours_saved", run, at, outcome)


def _in_order(recipe: Recipe) -> tuple[bool, str]:
    return recipe.version is None, recipe.version or ""


def _note_completion(book: Book, facts: Facts, recipes: list[Recipe], runs: list[Run]) -> None:
    """An automation, at the version that was the first to be both formalised and tested."""
    ready = [
        (max(recipe.formalised_at, recipe.tested_at), *_in_order(recipe), recipe.team, recipe.basis)
        for recipe in recipes
        if recipe.formalised_at is not None and recipe.tested_at is not None
    ]
    if not ready:
        return
    at, _, _, team, basis = min(ready, key=lambda each: each[:3])
    if at > book.clock.as_of:
        return
    event = TeamEvent(team, facts.area_of(team, at))
    versions = {(recipe.automation_id, recipe.version): recipe for recipe in recipes}
    outcome: int | str = _use(
        [
            (run, versions.get((run.automation_id or "", run.version)))
            for run in runs
            if run.started_at is not None and at <= run.started_at < at + JUDGED_AFTER
        ]
    )
    if at + JUDGED_AFTER > book.clock.as_of:
        outcome = "immature"
    elif not book.cover.speaks("automations_completed", "cell", judge(event, book.organisation), at + JUDGED_AFTER):
        outcome = "runs_unknown"
    for split in (None, *([] if basis is None else [("basis", basis)])):
        book.amount("automations_completed", event, at, outcome, split)


def _use(runs: list[tuple[Run, Recipe | None]]) -> int | str:
    """1 for an automation that ran often enough and saved something, or why it does not count."""
    live = [(run, recipe) for run, recipe in runs if run.mode == "live"]
    unsaid = sum(run.mode is None for run, _ in runs)
    if len(live) + unsaid < RUNS_AT_LEAST:
        return "trivial"
    if len(live) < RUNS_AT_LEAST:
        return "mode_unknown"
    savings = [_whatever_basis(run, recipe) for run, recipe in live]
    if sum(saving for saving in savings if saving is not None) > 0:
        return 1
    return "saving_unknown" if None in savings else "trivial"


def _whatever_basis(run: Run, recipe: Recipe | None) -> int | None:
    if run.outcome is not None and run.outcome != "succeeded":
        return 0
    if run.outcome is None or recipe is None or recipe.manual_micros is None:
        return None
    if run.started_at is None or run.finished_at is None:
        return None
    return recipe.manual_micros - (run.finished_at - run.started_at)


def reuses(facts: Facts, as_of: int) -> Iterator[tuple[str | None, Recipe, int]]:
    """An automation derived from another team's: (team that had the recipe, first formalised version, its instant)."""
    by_automation: dict[str, list[Recipe]] = defaultdict(list)
    for recipe in facts.recipes:
        by_automation[recipe.automation_id].append(recipe)
    for recipes in by_automation.values():
        for origin in sorted({recipe.derived_from for recipe in recipes if recipe.derived_from is not None}):
            written = [r for r in recipes if r.derived_from == origin and r.formalised_at is not None]
            if not written:
                continue
            first = min(written, key=lambda recipe: (recipe.formalised_at or 0, *_in_order(recipe)))
            at = first.formalised_at or 0
            owner = _owner_then(by_automation.get(origin, []), at)
            if at <= as_of and (owner is None or owner != first.team):
                yield owner, first, at


def _note_reuse(book: Book, facts: Facts) -> None:
    """For the team that had the recipe."""
    for owner, first, at in reuses(facts, book.clock.as_of):
        outcome: int | str = "team_unknown" if first.team is None else 1
        book.amount(
            "recipe_reuse",
            TeamEvent(owner, facts.area_of(owner, at)),
            at,
            "recipe_unknown" if owner is None else outcome,
        )


def _owner_then(origins: list[Recipe], at: int) -> str | None:
    """The team of the last version written down by then, else of the first one."""
    dated = sorted(
        origins, key=lambda recipe: (recipe.formalised_at is None, recipe.formalised_at or 0, *_in_order(recipe))
    )
    begun = [recipe for recipe in dated if recipe.formalised_at is not None and recipe.formalised_at <= at]
    latest = [recipe for recipe in begun if recipe.formalised_at == begun[-1].formalised_at]
    chosen = (latest or dated)[:1]
    return chosen[0].team if chosen else None
