"""policy.yml: what is right becomes rows; what is wrong is named with file, line, key and remedy, all at once."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import organisation, policy
from pipelines.errors import UserError
from pipelines.policy_rules import PILLARS, is_role, scorable_metrics, why_not_scored
from pipelines.publish import policy_document
from tests.support import ROOT
from tests.unit.landing_support import load, write_folder

TEAMS = "shop,Shop,,5,,pilot,,,\nbase,Base,,5,,later,,,\n"
WEB = "web,Web,,1,,,\n"
Change = Callable[[dict[str, Any]], Any]


@cache
def _sound() -> str:
    shipped = yaml.safe_load(policy.DEFAULT_FILE.read_text())
    (first,) = shipped["policies"]
    second = copy.deepcopy(first) | {"valid_from": "2026-04-01", "version": "two"}
    return yaml.safe_dump(
        {
            "policies": [first | {"version": "one"}, second],
            "baseline": shipped["baseline"],
            "cohorts": {
                "pilot": {"starts_on": "2026-01-01", "scored_from": "2026-04-01", "why": "first"},
                "later": {"why": "waits"},
            },
            "exceptions": [
                {
                    "team": "shop", "metric": "lead_time", "reason": "a move", "approver_role": "head_of_engineering",
                    "from": "2026-01-01", "expires_on": "2026-02-01",
                },
                {
                    "service": "web", "guardrail": "harm", "reason": "a trial", "approver_role": "cto",
                    "from": "2026-01-01", "expires_on": "2026-02-01",
                },
            ],
        },
        sort_keys=False,
    )  # fmt: skip


def sound() -> dict[str, Any]:
    """A policy without a fault, of two versions."""
    tree: dict[str, Any] = yaml.safe_load(_sound())
    return tree


def read(folder: Path, tree: dict[str, Any]) -> policy.Policy:
    write_folder(folder, teams=TEAMS, services=WEB)
    (folder / "policy.yml").write_text(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True))
    return organisation.load(folder).policy


def problems(folder: Path, tree: dict[str, Any]) -> list[str]:
    """What is wrong, without the file and the line, after a look at the line."""
    with pytest.raises(UserError) as caught:
        read(folder, tree)
    lines = (folder / "policy.yml").read_text().splitlines()
    said = []
    for problem in caught.value.problems:
        found = re.fullmatch(rf"{re.escape(str(folder / 'policy.yml'))}:(\d+): (.*)", problem)
        assert found, problem
        assert 1 <= int(found[1]) <= len(lines), problem
        said.append(found[2])
    return said


def metric(tree: dict[str, Any], pillar: str, metric_id: str, version: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = tree["policies"][version]["pillars"][pillar]["metrics"][metric_id]
    return found


def test_a_folder_without_the_file_has_the_shipped_policy(tmp_path: Path) -> None:
    shipped = load(tmp_path).policy
    assert {row.text("policy_version") for row in shipped.metrics} == {"default-1"}
    assert {row.values["valid_from"] for row in shipped.metrics} == {None}
    assert not shipped.exceptions
    scored = [row for row in shipped.metrics if row.text("phase") == "scored" and row.text("tier") == "1"]
    assert {row.text("pillar") for row in scored} == set(PILLARS)
    assert "deployment_frequency" not in {row.text("metric_id") for row in shipped.metrics}


def test_a_sound_policy_becomes_rows_of_every_version_metric_and_tier(tmp_path: Path) -> None:
    rows = read(tmp_path, sound())
    shown = {
        (row.text("policy_version"), row.text("tier")): (
            row.text("floor"), row.text("target"), row.values["valid_from"]
        )
        for row in rows.metrics if row.text("metric_id") == "incident_rate"
    }  # fmt: skip
    assert shown == {
        **{("one", tier): ("4", "1", None) for tier in "234"}, ("one", "1"): ("2", "0.5", None),
        **{("two", tier): ("4", "1", "2026-04-01") for tier in "234"}, ("two", "1"): ("2", "0.5", "2026-04-01"),
    }  # fmt: skip
    cohorts = [(row.text("section"), row.text("setting"), row.values["value"]) for row in rows.settings[-4:]]
    assert cohorts == [
        ("cohorts.pilot", "starts_on", "2026-01-01"), ("cohorts.pilot", "scored_from", "2026-04-01"),
        ("cohorts.later", "starts_on", None), ("cohorts.later", "scored_from", None),
    ]  # fmt: skip
    assert [row.text("subject_id") for row in rows.exceptions] == ["lead_time", "harm"]


def test_what_the_file_leaves_out_is_as_shipped(tmp_path: Path) -> None:
    tree = sound()
    own = {"cohorts": tree["cohorts"], "exceptions": []}
    rows = read(tmp_path, own)
    assert {row.text("policy_version") for row in rows.metrics} == {"default-1"}
    assert ("baseline", "quarters", "4") in {
        (row.text("section"), row.text("setting"), row.text("value")) for row in rows.settings
    }


def _weight(tree: dict[str, Any]) -> None:
    metric(tree, "delivery", "lead_time")["weight"] = 0.24


def _version(tree: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = tree["policies"][0]
    return found


def _exception(**change: Any) -> Change:
    def plant(tree: dict[str, Any]) -> None:
        tree["exceptions"][0] |= change

    return plant


def _metric(pillar: str, metric_id: str, **change: Any) -> Change:
    def plant(tree: dict[str, Any]) -> None:
        metric(tree, pillar, metric_id).update(change)

    return plant


def _added(pillar: str, metric_id: str) -> Change:
    def plant(tree: dict[str, Any]) -> None:
        goal = {"phase": "shown", "floor": 0, "target": 1, "why": "x"}
        _version(tree)["pillars"][pillar]["metrics"][metric_id] = goal

    return plant


def _at(*path: str | int, value: Any) -> Change:
    def plant(tree: Any) -> None:
        for part in path[:-1]:
            tree = tree[part]
        tree[path[-1]] = value

    return plant


def _gone(*path: str | int) -> Change:
    def plant(tree: Any) -> None:
        for part in path[:-1]:
            tree = tree[part]
        del tree[path[-1]]

    return plant


FIRST = ("policies", 0)
DELIVERY = (*FIRST, "pillars", "delivery", "metrics")
RAILS = (*FIRST, "guardrails")
FAULTS: dict[str, tuple[Change, str]] = {
    "weights of a pillar": (_weight, "pillars.delivery: the weights of its metrics sum to 0.99 and not to 1"),
    "weights of the pillars": (
        _at(*FIRST, "pillars", "toil", "weight", value=0.3),
        "pillars: the weights of the pillars sum to 1.1 and not",
    ),
    "weights of a tier": (
        _metric("delivery", "lead_time", tiers={3: {"weight": 0.5}}),
        "pillars.delivery: the weights of its metrics in tier 3 sum to 1.25",
    ),
    "weight of 0": (_metric("delivery", "lead_time", weight=0), "lead_time.weight: is 0; write `phase: shown`"),
    "weight missing": (_gone(*DELIVERY, "lead_time", "weight"), "lead_time.weight: is missing"),
    "weight of what is shown": (
        _metric("delivery", "green_path_share", weight=0.1),
        "green_path_share.weight: is for what is scored",
    ),
    "weight of a pillar that is not scored": (
        _at(
            *FIRST,
            "pillars",
            "toil",
            "metrics",
            value={"toil_share": {"phase": "shown", "floor": 0.5, "target": 0.2, "why": "x"}},
        ),
        "toil.weight: is for a pillar that is scored",
    ),
    "floor is target": (
        _metric("delivery", "lead_time", target=168),
        "lead_time.target: 168 is no better than the floor",
    ),
    "wrong direction down": (
        _metric("delivery", "lead_time", target=200),
        "of this metric less is better: write a target below the floor",
    ),
    "wrong direction up": (
        _metric("delivery", "tested_share", target=0.5),
        "of this metric more is better: write a target above the floor",
    ),
    "wrong direction in a tier": (
        _metric("delivery", "lead_time", tiers={2: {"floor": 24}}),
        "target: 24 is no better than the floor 24",
    ),
    "share in per cent": (
        _metric("delivery", "tested_share", target=98),
        "target: '98' is out of range; write a number from 0 to 1",
    ),
    "no number": (_metric("delivery", "lead_time", floor="a week"), "lead_time.floor: 'a week' is no number"),
    "not finite": (_metric("delivery", "lead_time", floor=".nan"), "lead_time.floor: '.nan' is no number"),
    "too fine": (_metric("delivery", "tested_share", floor="0.1234567"), "is too fine; write at most six decimals"),
    "negative": (_metric("delivery", "lead_time", target=-1), "lead_time.target: '-1' is out of range"),
    "least n below the catalogue's": (
        _metric("delivery", "lead_time", minimum_n=4),
        "minimum_n: '4' is out of range; write a number of at least 5",
    ),
    "unknown tier": (_metric("delivery", "lead_time", tiers={5: {"floor": 9}}), "tiers.5: is not a known key"),
    "unknown phase": (
        _metric("delivery", "lead_time", phase="score"),
        "phase: 'score' is not allowed; did you mean 'scored'?",
    ),
    "unknown key": (
        _metric("delivery", "lead_time", flor=1),
        "lead_time.flor: is not a known key; did you mean 'floor'?",
    ),
    "unknown metric": (_added("delivery", "lead_tim"), "is no metric that may be scored; did you mean 'lead_time'?"),
    "another pillar's metric": (_added("delivery", "reopen_rate"), "reopen_rate: belongs to the pillar reliability"),
    "context only": (_added("delivery", "deployment_frequency"), "deployment_frequency: is context only"),
    "a count": (_added("delivery", "averted_outages"), "averted_outages: is a sum or a count"),
    "an outcome": (_added("delivery", "customer_satisfaction"), "customer_satisfaction: is an outcome"),
    "pillar of outcomes": (_at(*FIRST, "pillars", "outcomes", value={}), "outcomes: is no pillar that is scored"),
    "why missing": (_gone(*DELIVERY, "lead_time", "why"), "lead_time.why: is missing"),
    "not a flag": (
        _metric("delivery", "lead_time", excuse_no_exposure="perhaps"),
        "'perhaps' is neither; write true or",
    ),
    "an address": (_metric("delivery", "lead_time", why="ask jo@acme.example"), "why: holds an address; remove it"),
    "overlap": (
        _at("policies", 0, "valid_from", value="2026-04-01"),
        "2026-04-01 is not later than that of the version of line",
    ),
    "no first day": (_gone("policies", 1, "valid_from"), "valid_from: is missing; only the first version"),
    "no day": (_at("policies", 1, "valid_from", value="2026-02-30"), "valid_from: '2026-02-30' is no day"),
    "version twice": (_at("policies", 1, "version", value="one"), "'one' is the version of line"),
    "a shipped name": (_at("policies", 1, "version", value="default-2"), "is a name of what is shipped"),
    "a version's end": (_at("policies", 0, "valid_to", value="2026-04-01"), "valid_to: is not a known key"),
    "no version": (_at("policies", value=[]), "policies: lists no version"),
    "a section": (_at("pilars", value={}), "pilars: is not a known key; known: policies"),
    "guardrail left out": (_gone(*RAILS, "harm"), "guardrails.harm: is missing; add it"),
    "guardrail unknown": (_at(*RAILS, "harms", value={}), "harms: is not a known key; did you mean 'harm'?"),
    "guardrail's setting left out": (_gone(*RAILS, "escalation", "sev2_minutes"), "sev2_minutes: is missing"),
    "guardrail's limit": (_at(*RAILS, "harm", "limit_per_1000", value=1001), "limit_per_1000: '1001' is out of range"),
    "allowance of half": (_at(*RAILS, "risk_taking", "allowance", value=0.5), "write a whole number"),
    "change kind": (_at(*RAILS, "oversight", "critical_change_kinds", value=["features"]), "did you mean 'feature'?"),
    "metric of a guardrail": (_at(*RAILS, "non_inferiority", "metrics", value=["karma"]), "metrics.0: 'karma' is not"),
    "no share of events": (
        _at(*RAILS, "non_inferiority", "metrics", value=["lead_time"]),
        "metrics.0: 'lead_time' is not",
    ),
    "level of a test": (_at(*FIRST, "awards", "sustained_improvement", "alpha", value=0), "alpha: '0' is out of range"),
    "one quarter": (
        _at(*FIRST, "awards", "sustained_improvement", "quarters", value=1),
        "quarters: '1' is out of range",
    ),
    "baseline longer than it is": (_at("baseline", "at_least", value=5), "at_least: 5 is more than the 4 quarters"),
    "baseline within a quarter": (
        _at("baseline", "before", value="2026-02-01"),
        "before: 2026-02-01 begins no quarter",
    ),
    "cohort unknown": (
        _at("cohorts", "pilots", value={"why": "x"}),
        "pilots: is no rollout_cohort of teams.csv; did you",
    ),
    "cohort left out": (_gone("cohorts", "later"), "cohorts: leaves out 'later'"),
    "scored before it is shown": (
        _at("cohorts", "pilot", "scored_from", value="2025-12-31"),
        "is before 2026-01-01, when",
    ),
    "scored and never shown": (
        _gone("cohorts", "pilot", "starts_on"),
        "starts_on: is missing; a cohort is scored after",
    ),
    "a person's name": (_exception(approver_role="Jane Smith"), "approver_role: 'Jane Smith' is no role"),
    "a person's login": (_exception(approver_role="jsmith"), "approver_role: 'jsmith' is no role"),
    "a person's address": (_exception(approver_role="head@acme.example"), "approver_role: holds an address"),
    "expired before it begins": (_exception(expires_on="2026-01-01"), "2026-01-01 is not later than 2026-01-01, when"),
    "no expiry": (_gone("exceptions", 0, "expires_on"), "exceptions.0.expires_on: is missing"),
    "no reason": (_gone("exceptions", 0, "reason"), "exceptions.0.reason: is missing"),
    "unknown team": (_exception(team="shopp"), "team: 'shopp' is not allowed; did you mean 'shop'?"),
    "team and service": (_exception(service="web"), "exceptions.0: must name either a team or a service"),
    "neither metric nor guardrail": (_gone("exceptions", 0, "metric"), "must name either a metric or a guardrail"),
    "two exceptions at once": (
        lambda tree: tree["exceptions"].append(
            tree["exceptions"][0] | {"from": "2026-01-31", "expires_on": "2026-03-01"}
        ),
        "exceptions.2.expires_on: the exception of line",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_named(tmp_path: Path, fault: str) -> None:
    plant, expected = FAULTS[fault]
    tree = sound()
    plant(tree)
    said = problems(tmp_path, tree)
    assert any(expected in problem for problem in said), said


def test_all_problems_are_named_at_once_and_each_once(tmp_path: Path) -> None:
    tree = sound()
    metric(tree, "delivery", "lead_time")["floor"] = "a week"  # holds for four tiers
    metric(tree, "toil", "toil_share", version=1)["flor"] = 1
    tree["exceptions"][1]["approver_role"] = "Jane Smith"
    said = problems(tmp_path, tree)
    assert [problem.partition(":")[0] for problem in said] == [
        "policies.0.pillars.delivery.metrics.lead_time.floor",
        "policies.1.pillars.toil.metrics.toil_share.flor",
        "exceptions.1.approver_role",
    ]


def test_a_problem_names_the_line(tmp_path: Path) -> None:
    tree = sound()
    metric(tree, "delivery", "lead_time")["floor"] = "nowhere else"
    with pytest.raises(UserError) as caught:
        read(tmp_path, tree)
    lines = (tmp_path / "policy.yml").read_text().splitlines()
    (place,) = [number for number, line in enumerate(lines, start=1) if "nowhere else" in line]
    assert caught.value.problems[0].startswith(f"{tmp_path / 'policy.yml'}:{place}: ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be keys and values"),
        ("policies: [", "correct the YAML"),
        ("policies: 1\npolicies: 2\n", "given twice"),
    ],
)
def test_a_file_that_is_none_is_named(tmp_path: Path, text: str, said: str) -> None:
    write_folder(tmp_path, services=WEB)
    (tmp_path / "policy.yml").write_text(text)
    with pytest.raises(UserError, match=said):
        organisation.load(tmp_path)


@pytest.mark.parametrize("role", ["head_of_engineering", "cto", "operations-manager", "review board"])
def test_roles_are_roles(role: str) -> None:
    assert is_role(role)


def test_what_may_be_scored_is_what_has_a_direction_limits_and_no_size() -> None:
    scorable = scorable_metrics()
    assert len(scorable) == 36
    never = {
        "deployment_frequency", "rollback_rate", "averted_outages", "manual_intervention_minutes", "hours_saved",
        "automations_completed", "recipe_reuse", "customer_satisfaction", "customer_retention", "peak_latency",
        "market_outage_minutes",
    }  # fmt: skip
    assert not never & scorable.keys()
    assert all(why_not_scored(metric_id) for metric_id in never)
    assert {each.better for each in scorable.values()} == {"up", "down"}
    assert {each.pillar for each in scorable.values()} == set(PILLARS)


def test_the_document_is_what_the_shipped_policy_says() -> None:
    document = ROOT / "docs" / "policy.md"
    assert document.read_text(encoding="utf-8") == policy_document.markdown(), "run `make docs`"


def test_a_change_of_the_shipped_policy_alone_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "default_policy.yml"
    changed.write_text(policy.DEFAULT_FILE.read_text().replace("target: 0.05 ", "target: 0.04 "))
    monkeypatch.setattr(policy, "DEFAULT_FILE", changed)
    monkeypatch.setattr(policy_document, "DEFAULT_FILE", changed)
    with pytest.raises(AssertionError, match="make docs"):
        test_the_document_is_what_the_shipped_policy_says()


def test_every_number_of_the_shipped_policy_stands_in_a_line_that_is_explained() -> None:
    """By its own comment, or by the `why` of the block that it is in."""
    tree = yaml.safe_load(policy.DEFAULT_FILE.read_text())

    def unexplained(node: Any, is_explained: bool = False) -> int:
        if isinstance(node, dict):
            explained = is_explained or bool(str(node.get("why", "")).strip())
            return sum(unexplained(value, explained) for value in node.values())
        if isinstance(node, list):
            return sum(unexplained(value, is_explained) for value in node)
        return int(isinstance(node, int | float) and not is_explained)

    assert unexplained(tree) == 0
    assert unexplained({"harm": {"limit_per_1000": 5}}) == 1


NUMBERS = st.integers(0, 1_000_000).map(lambda millionths: Decimal(millionths) / 1_000_000)


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    """Any policy of one pillar: two metrics, goals that differ by tier, weights that sum to 1."""
    tree = sound()
    goals = {}
    weights = [draw(st.integers(1, 999_999)) for _ in range(5)]
    for metric_id, better in (("tested_share", "up"), ("change_fail_rate", "down")):
        tiers: dict[int, dict[str, Any]] = {}
        for tier in range(5):  # the first is the metric's own
            low, high = sorted(draw(st.lists(NUMBERS, min_size=2, max_size=2, unique=True)))
            weight = Decimal(weights[tier]) / 1_000_000
            tiers[tier] = {
                "floor": str(low if better == "up" else high), "target": str(high if better == "up" else low),
                "weight": f"{weight if better == 'up' else 1 - weight:f}",
            }  # fmt: skip
        stated = draw(st.sets(st.integers(1, 4)))
        goals[metric_id] = {**tiers[0], "tiers": {tier: tiers[tier] for tier in stated}, "why": draw(st.just("why"))}
    shared = set(goals["tested_share"]["tiers"]) & set(goals["change_fail_rate"]["tiers"])
    for goal in goals.values():  # weights change in both metrics or in none
        for tier, override in goal["tiers"].items():
            if tier not in shared:
                del override["weight"]
    version = tree["policies"][0]
    version["pillars"] = {"delivery": {"weight": 1, "why": "all", "metrics": goals}}
    return {"policies": [version]}


@settings(max_examples=60, deadline=None)
@given(tree=policies())
def test_any_sound_policy_survives_as_rows(tmp_path_factory: pytest.TempPathFactory, tree: dict[str, Any]) -> None:
    rows = read(tmp_path_factory.mktemp("policy"), tree).metrics
    assert len(rows) == 8
    goals = tree["policies"][0]["pillars"]["delivery"]["metrics"]
    for row in rows:
        goal = goals[row.text("metric_id")]
        held = goal | goal["tiers"].get(int(row.text("tier")), {})
        for column in ("floor", "target", "weight"):
            assert Decimal(row.text(column)) == Decimal(held[column])
    for tier in "1234":
        assert sum(Decimal(row.text("weight")) for row in rows if row.text("tier") == tier) == 1
