"""The policy of an organisation: policy.yml, or what is shipped, as rows. Every problem names file, line, key, remedy.

Belongs here: the keys of policy.yml, and what must hold among them. Does not belong here: what may be set
(policy_rules.py), scores and awards that are judged by it (dbt), the settings that facts rest on (vars of dbt_project).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from pipelines.extract.yaml_text import YamlError, load_text
from pipelines.hints import hint, nearest
from pipelines.policy_rules import (
    AWARDS,
    BASELINE,
    GUARDRAIL_IDS,
    GUARDRAILS,
    PILLARS,
    Scorable,
    Setting,
    is_role,
    scorable_metrics,
    why_not_scored,
    words_of,
)
from pipelines.roster import Row
from pipelines.yaml_part import Part

POLICY_FILE = "policy.yml"
DEFAULT_FILE = Path(__file__).with_name("default_policy.yml")
METRIC_COLUMNS = (
    "policy_version", "valid_from", "metric_id", "tier", "pillar", "pillar_weight", "weight", "floor", "target",
    "minimum_n", "phase", "excuses_no_exposure", "why",
)  # fmt: skip
SETTING_COLUMNS = ("policy_version", "valid_from", "section", "setting", "item", "value", "why")
EXCEPTION_COLUMNS = (
    "entity_type", "entity_id", "subject_type", "subject_id", "valid_from", "expires_on", "approver_role", "reason",
)  # fmt: skip
SECTIONS = ("policies", "baseline", "cohorts", "exceptions")
TIERS = ("1", "2", "3", "4")
PHASES = ("scored", "shown")
_GOAL = ("weight", "floor", "target", "minimum_n", "phase")
_SHIPPED = "default"
Values = Mapping[str, str | None]


@dataclass(frozen=True)
class Policy:
    """Rows of the three tables of a policy: text by column, None where nothing is stated."""

    metrics: tuple[Row, ...] = ()
    settings: tuple[Row, ...] = ()
    exceptions: tuple[Row, ...] = ()


@dataclass(frozen=True)
class _Goal:
    """What is aimed at in one tier; None: not stated, or at fault."""

    phase: str
    weight: Decimal | None
    floor: Decimal | None
    target: Decimal | None
    minimum_n: Decimal | None


@dataclass(frozen=True)
class _Metric:
    """A metric of a pillar, with a goal for each tier."""

    part: Part
    goals: Mapping[str, _Goal]
    excuses: bool
    why: str | None


def read_policy(path: Path, teams: Sequence[Row], services: Sequence[Row], problems: list[str]) -> Policy:
    """The policy of the folder; a section that it does not state is the shipped one. Problems are appended."""
    found: list[str] = []
    sections = _open(DEFAULT_FILE, found) | (_open(path, found) if path.exists() else {})
    scorable = scorable_metrics()
    versions = list(_versions(sections["policies"], scorable)) if "policies" in sections else []
    settings = [row for _, rows in versions for row in rows]
    if "baseline" in sections:
        settings += _baseline(sections["baseline"])
    if "cohorts" in sections:
        settings += _cohorts(sections["cohorts"], teams)
    known = {"team": _names(teams, "team_id"), "service": _names(services, "service_id")}
    exceptions = list(_exceptions(sections["exceptions"], known, scorable)) if "exceptions" in sections else []
    problems += dict.fromkeys(found)  # what stands once and holds for four tiers is one problem
    return Policy(tuple(row for rows, _ in versions for row in rows), tuple(settings), tuple(exceptions))


def _names(rows: Sequence[Row], column: str) -> dict[str, None]:
    return dict.fromkeys(row.text(column) for row in rows)


def _open(path: Path, problems: list[str]) -> dict[str, Part]:
    """The sections of a file; none if it cannot be read."""
    try:
        tree, lines = load_text(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path}: cannot be read ({error}); save it as UTF-8 text")
    except YamlError as error:
        problems.append(f"{path}:{error.line or 1}: {error.reason}; correct the YAML there")
    else:
        return Part(path, tree, lines, problems).keys(SECTIONS)
    return {}


def _text(value: Decimal | date | str | None) -> str | None:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else None if value is None else str(value)


def _why(keys: Mapping[str, Part], key: str = "why") -> str | None:
    return keys[key].text() if key in keys else None


# --- versions -----------------------------------------------------------------------------------------------------


def _versions(part: Part, scorable: Mapping[str, Scorable]) -> Iterator[tuple[list[Row], list[Row]]]:
    """Of each version the rows of metrics, and the rows of settings."""
    names: dict[str, int] = {}
    former: tuple[date, int] | None = None
    required = ("version", "why", "pillars", "guardrails", "awards")
    if part.value == []:
        part.complain("lists no version; give one, or remove the key: the shipped ones hold")
    for item in part.items():
        keys = item.keys((*required, "valid_from"), required)
        version = _version(keys["version"], names) if "version" in keys else None
        starts = _starts(item, keys, former)
        former = (starts, item.line) if starts else former
        head: Values = {"policy_version": version, "valid_from": _text(starts)}
        settings = [_setting(item, head, "policy", "version", version, _why(keys))]
        metrics: list[Row] = []
        if "pillars" in keys:
            pillar_metrics, pillar_settings = _pillars(keys["pillars"], head, scorable)
            metrics, settings = pillar_metrics, settings + pillar_settings
        shares = [metric for metric, known in scorable.items() if known.is_share]
        for section, known in (("guardrails", GUARDRAILS), ("awards", AWARDS)):
            if section in keys:
                for name, each in keys[section].keys(known, known).items():
                    settings += _settings(each, head, f"{section}.{name}", known[name], shares)
        yield metrics, settings


def _version(part: Part, names: dict[str, int]) -> str | None:
    name = part.text()
    if name is None:
        return None
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        part.complain(f"{name!r} is no name; write letters, digits, dots and dashes, such as 2026-q2")
    if name.startswith(_SHIPPED) and part.file != DEFAULT_FILE:
        part.complain(f"{name!r} is a name of what is shipped; give yours another, such as 2026-q2")
    if names.setdefault(name, part.line) != part.line:
        part.complain(f"{name!r} is the version of line {names[name]} already; rename one")
    return name


def _starts(item: Part, keys: Mapping[str, Part], former: tuple[date, int] | None) -> date | None:
    """The first day of a version; None for the first one that holds since ever."""
    if "valid_from" not in keys:
        if item.location[-1] != 0:
            item.at("valid_from").complain("is missing; only the first version may hold since ever")
        return None
    starts = keys["valid_from"].day()
    if starts and former and starts <= former[0]:
        keys["valid_from"].complain(
            f"{starts} is not later than that of the version of line {former[1]}: both would hold at once; "
            "order versions by their first day (one ends where the next begins)"
        )
    return starts


# --- pillars and metrics ------------------------------------------------------------------------------------------


def _pillars(part: Part, head: Values, scorable: Mapping[str, Scorable]) -> tuple[list[Row], list[Row]]:
    metrics: list[Row] = []
    settings: list[Row] = []
    weights: list[Decimal | None] = []
    for name, each in part.keys().items():
        if name not in PILLARS:
            each.complain(f"is no pillar that is scored{hint(name, PILLARS)} (outcomes are shown, and never scored)")
            continue
        keys = each.keys(("weight", "why", "metrics"), ("why", "metrics"))
        found = keys["metrics"].keys() if "metrics" in keys else {}
        judged = {metric: _metric(stated, metric, name, scorable) for metric, stated in found.items()}
        sound = {metric: value for metric, value in judged.items() if value}
        is_scored = any(goal.phase == "scored" for value in sound.values() for goal in value.goals.values())
        if sound and len(sound) == len(judged):
            _check_pillar(each, keys, list(sound.values()), is_scored)
        weight = _weight(keys["weight"]) if "weight" in keys else None
        if is_scored:
            weights.append(weight)
        settings.append(_setting(each, head, "pillars", name, _text(weight), _why(keys)))
        for metric, value in sound.items():
            metrics += _metric_rows(value, {**head, "metric_id": metric, "pillar": name}, weight)
    _check_sum(part, weights, "of the pillars")
    return metrics, settings


def _check_pillar(part: Part, keys: Mapping[str, Part], metrics: Sequence[_Metric], is_scored: bool) -> None:
    if not is_scored:
        if "weight" in keys:
            keys["weight"].complain("is for a pillar that is scored; remove it, or let a metric be scored")
        return
    if "weight" not in keys:
        part.at("weight").complain("is missing; add it")
    tiers: dict[tuple[Decimal | None, ...], list[str]] = {}
    for tier in TIERS:
        goals = [metric.goals[tier] for metric in metrics]
        tiers.setdefault(tuple(goal.weight for goal in goals if goal.phase == "scored"), []).append(tier)
    for weights, those in tiers.items():
        _check_sum(part, weights, "of its metrics" + (f" in tier {' and '.join(those)}" if len(tiers) > 1 else ""))


def _check_sum(part: Part, weights: Sequence[Decimal | None], of: str) -> None:
    """Weights that are missing or at fault have been complained of already."""
    given = [weight for weight in weights if weight is not None]
    total = sum(given, Decimal())
    if len(given) == len(weights) and total != 1:
        part.complain(f"the weights {of} sum to {_text(total)} and not to 1; change them until they do")


def _weight(part: Part) -> Decimal | None:
    weight = part.number(0, 1)
    if weight == 0:
        part.complain("is 0; write `phase: shown` for what does not count, or a weight above 0")
        return None
    return weight


def _metric(part: Part, metric_id: str, pillar: str, scorable: Mapping[str, Scorable]) -> _Metric | None:
    known = scorable.get(metric_id)
    if known is None:
        part.complain(why_not_scored(metric_id) or f"is no metric that may be scored{hint(metric_id, scorable)}")
        return None
    if known.pillar != pillar:
        part.complain(f"belongs to the pillar {known.pillar}; move it there")
        return None
    keys = part.keys((*_GOAL, "excuse_no_exposure", "tiers", "why"), ("why",))
    overrides = keys["tiers"].keys(TIERS) if "tiers" in keys else {}
    own = {tier: override.keys(_GOAL) for tier, override in overrides.items()}
    goals = {tier: _goal(part, {**keys, **own.get(tier, {})}, known) for tier in TIERS}
    for stated, those in [(keys, TIERS), *((value, (tier,)) for tier, value in own.items())]:
        if "weight" in stated and all(goals[tier].phase == "shown" for tier in those):
            stated["weight"].complain("is for what is scored; remove it, or write `phase: scored`")
    excuses = keys["excuse_no_exposure"].flag() if "excuse_no_exposure" in keys else False
    return _Metric(part, goals, bool(excuses), _why(keys))


def _goal(metric: Part, stated: Mapping[str, Part], known: Scorable) -> _Goal:
    """The goal of a tier: what it states, else what the metric does."""
    phase = (stated["phase"].choice(PHASES) if "phase" in stated else None) or PHASES[0]
    for key in ("floor", "target", *(("weight",) if phase == "scored" else ())):
        if key not in stated:
            metric.at(key).complain("is missing; add it here, or in every tier")
    floor, target = (stated[key].number(known.low, known.high) if key in stated else None for key in _GOAL[1:3])
    if floor is not None and target is not None and not known.agrees(floor, target):
        more, above = ("more", "above") if known.better == "up" else ("less", "below")
        stated["target"].complain(
            f"{_text(target)} is no better than the floor {_text(floor)}; of this metric {more} is better: "
            f"write a target {above} the floor"
        )
    weight = _weight(stated["weight"]) if "weight" in stated and phase == "scored" else None
    least = stated["minimum_n"].number(known.minimum_n, whole=True) if "minimum_n" in stated else None
    return _Goal(phase, weight, floor, target, least or Decimal(known.minimum_n))


def _metric_rows(metric: _Metric, head: Values, pillar_weight: Decimal | None) -> Iterator[Row]:
    for tier, goal in metric.goals.items():
        values = {
            **head, "tier": tier, "pillar_weight": _text(pillar_weight), "weight": _text(goal.weight),
            "floor": _text(goal.floor), "target": _text(goal.target), "minimum_n": _text(goal.minimum_n),
            "phase": goal.phase, "excuses_no_exposure": str(metric.excuses).lower(), "why": metric.why,
        }  # fmt: skip
        yield Row(metric.part.file, metric.part.line, {column: values[column] for column in METRIC_COLUMNS})


# --- settings -----------------------------------------------------------------------------------------------------


def _setting(
    part: Part, head: Values, section: str, setting: str, value: str | None, why: str | None, item: int = 1
) -> Row:
    own = {"section": section, "setting": setting, "item": str(item), "value": value, "why": why}
    values = {**head, **own}
    return Row(part.file, part.line, {column: values.get(column) for column in SETTING_COLUMNS})


def _settings(
    part: Part, head: Values, section: str, known: Mapping[str, Setting], shares: Sequence[str]
) -> Iterator[Row]:
    """A row for each setting, of a list for each of its entries."""
    needed = [name for name, setting in known.items() if not setting.is_optional]
    keys = part.keys((*known, "why"), (*needed, "why"))
    why = _why(keys)
    for name, setting in known.items():
        if name in keys:
            for item, value in enumerate(_values(keys[name], setting, shares), start=1):
                yield _setting(keys[name], head, section, name, value, why, item)


def _values(part: Part, setting: Setting, shares: Sequence[str]) -> list[str | None]:
    if setting.kind == "words":
        return [each.choice(words_of(setting, shares)) for each in part.items()]
    if setting.kind == "day":
        return [_text(part.day())]
    return [_text(part.number(setting.low, setting.high, whole=setting.kind == "count"))]


def _baseline(part: Part) -> list[Row]:
    rows = list(_settings(part, {}, "baseline", BASELINE, ()))
    stated = {row.text("setting"): row for row in rows}
    most, least = (stated[key].values["value"] if key in stated else None for key in ("quarters", "at_least"))
    if most and least and int(least) > int(most):
        part.at("at_least").complain(f"{least} is more than the {most} quarters; lower it")
    before = stated["before"].values["value"] if "before" in stated else None
    if before and before[5:] not in ("01-01", "04-01", "07-01", "10-01"):
        part.at("before").complain(f"{before} begins no quarter; write one such as {before[:4]}-04-01")
    return rows


def _cohorts(part: Part, teams: Sequence[Row]) -> list[Row]:
    """Cohorts of teams.csv, each with its days; a list that leaves one out is at fault."""
    known = dict.fromkeys(row.text("rollout_cohort") for row in teams if row.text("rollout_cohort"))
    rows = []
    found = part.keys()
    for name, each in found.items():
        if name not in known:
            each.complain(f"is no rollout_cohort of teams.csv{nearest(name, known) or '; add it there, or correct it'}")
        keys = each.keys(("starts_on", "scored_from", "why"), ("why",))
        starts, scored = (keys[key].day() if key in keys else None for key in ("starts_on", "scored_from"))
        if "scored_from" in keys and "starts_on" not in keys:
            each.at("starts_on").complain("is missing; a cohort is scored after it has started")
        elif starts and scored and scored < starts:
            keys["scored_from"].complain(f"{scored} is before {starts}, when the cohort starts; correct one of them")
        why = _why(keys)
        for setting, day in (("starts_on", starts), ("scored_from", scored)):
            rows.append(_setting(each, {}, f"cohorts.{name}", setting, _text(day), why))
    for name in known:
        if name not in found:
            part.complain(f"leaves out {name!r}, a rollout_cohort of teams.csv; add it, without days if it waits")
    return rows


# --- exceptions ---------------------------------------------------------------------------------------------------


def _exceptions(part: Part, known: Mapping[str, Mapping[str, None]], scorable: Mapping[str, Scorable]) -> Iterator[Row]:
    """Who is excused from what, from when until when, by which role and why."""
    subjects = {"metric": tuple(scorable), "guardrail": GUARDRAIL_IDS}
    required = ("reason", "approver_role", "from", "expires_on")
    spans: dict[tuple[str | None, ...], list[tuple[date, date, int]]] = {}
    for item in part.items():
        keys = item.keys((*known, *subjects, *required), required)
        entity_type, entity_id = _one_of(item, keys, known)
        subject_type, subject_id = _one_of(item, keys, subjects)
        starts, ends = (keys[key].day() if key in keys else None for key in ("from", "expires_on"))
        if starts and ends:
            key = (entity_type, entity_id, subject_type, subject_id)
            _check_span(keys["expires_on"], starts, ends, spans.setdefault(key, []))
        role = keys["approver_role"].text() if "approver_role" in keys else None
        if role and not is_role(role):
            keys["approver_role"].complain(
                f"{role!r} is no role; write one in small letters, such as head_of_engineering, and never a person"
            )
        values = (
            entity_type, entity_id, subject_type, subject_id, _text(starts), _text(ends), role, _why(keys, "reason"),
        )  # fmt: skip
        yield Row(item.file, item.line, dict(zip(EXCEPTION_COLUMNS, values, strict=True)))


def _one_of(
    item: Part, keys: Mapping[str, Part], known: Mapping[str, Mapping[str, None] | Sequence[str]]
) -> tuple[str | None, str | None]:
    """Which of some keys is given, and its value."""
    given = [key for key in known if key in keys]
    if len(given) != 1:
        item.complain(f"must name either a {' or a '.join(known)}; give one of them")
        return None, None
    return given[0], keys[given[0]].choice(tuple(known[given[0]]))


def _check_span(part: Part, starts: date, ends: date, others: list[tuple[date, date, int]]) -> None:
    """It expires after it begins, and no two of one subject hold at once."""
    if ends <= starts:
        part.complain(f"{ends} is not later than {starts}, when it begins; correct one of them")
    for first, last, line in others:
        if starts < last and first < ends:
            part.complain(f"the exception of line {line} holds at the same time; remove one, or let them meet")
    others.append((starts, ends, part.line))
