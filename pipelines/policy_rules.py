"""What a policy may set: metrics that may be scored, guardrails, awards, roles.

Belongs here: names and limits that policy.yml is held against. Does not belong here: reading it (policy.py).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pipelines.publish import catalogue
from pipelines.yaml_part import MOST

PILLARS = ("reliability", "delivery", "automation", "toil", "learning")
CHANGE_KINDS = ("feature", "fix", "security", "routine")
GUARDRAIL_IDS = (
    "oversight", "audit_trail", "harm", "risk_taking", "over_automation", "escalation", "non_inferiority",
)  # fmt: skip
_ROLES = frozenset({
    "architect", "board", "chair", "chief", "cio", "ciso", "committee", "coo", "council", "cto", "director", "group",
    "head", "lead", "leader", "manager", "officer", "owner", "president", "principal", "vp",
})  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """One setting: a number within limits, a day, or a list of known words; `meaning` is for people."""

    meaning: str
    low: int | Decimal = 0
    high: int | Decimal = MOST
    kind: Literal["number", "count", "day", "words"] = "number"
    words: tuple[str, ...] = ()
    is_optional: bool = False


_METRICS = ("(metrics)",)
_ALPHA = Decimal("0.0001")
GUARDRAILS: Mapping[str, Mapping[str, Setting]] = {
    "oversight": {
        "critical_change_kinds": Setting(
            "automated deployments of these kinds to services of `critical_tiers` need an approval; critical "
            "automations always do",
            kind="words", words=CHANGE_KINDS,
        ),
        "critical_tiers": Setting("tiers of those services", kind="words", words=("1", "2", "3", "4")),
    },
    "harm": {"limit_per_1000": Setting("most automation_harm, in 1,000 live runs", high=1000)},
    "risk_taking": {
        "allowance": Setting("feature deployments on an exhausted error budget that a period may have", kind="count"),
    },
    "over_automation": {"takeover_limit": Setting("most takeover_rate", high=1)},
    "escalation": {
        "sev1_minutes": Setting("minutes within which a sev1 is acknowledged or escalated", low=1),
        "sev2_minutes": Setting("the same for a sev2", low=1),
    },
    "non_inferiority": {
        "metrics": Setting("shares of events that must not be worse than the baseline", kind="words", words=_METRICS),
        "alpha": Setting("level of the one-sided test that says worse", low=_ALPHA, high=1),
    },
}  # fmt: skip
AWARDS: Mapping[str, Mapping[str, Setting]] = {
    "sustained_improvement": {
        "alpha": Setting(
            "level of the pooled one-sided test in a year, after Holm over the scored metrics and its four quarters",
            low=_ALPHA,
            high=1,
        ),
        "quarters": Setting("closed quarters in a row that must each be better than the baseline", low=2, kind="count"),
    },
}
BASELINE: Mapping[str, Setting] = {
    "quarters": Setting("closed quarters that the frozen baseline is made of", low=2, kind="count"),
    "at_least": Setting("with fewer of them there is no baseline", low=2, kind="count"),
    "before": Setting(
        "first day after the baseline; left out: the baseline is the first quarters of the data", kind="day",
        is_optional=True,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Scorable:
    """A metric that may be scored: its pillar, its better direction, and what its floor and target lie between.

    is_share: of countable events, so that two periods can be tested against each other exactly.
    """

    pillar: str
    better: str
    minimum_n: int
    low: int
    high: int
    is_share: bool

    def agrees(self, floor: Decimal, target: Decimal) -> bool:
        """Whether the target is better than the floor."""
        return target > floor if self.better == "up" else target < floor


def scorable_metrics() -> dict[str, Scorable]:
    """The metrics of the catalogue that may be scored (DECISIONS.md, D81), by id."""
    return {row["metric_id"]: _scorable(row) for row in catalogue.metrics() if not _why_not(row)}


def why_not_scored(metric_id: str) -> str | None:
    """Why a metric of the catalogue may not be scored; None for one that may, or that is none."""
    return next((_why_not(row) for row in catalogue.metrics() if row["metric_id"] == metric_id), None)


def _why_not(row: catalogue.Metric) -> str | None:
    if row["better"] not in ("up", "down"):
        return "is context only: neither more nor less of it is better; remove it"
    if row["pillar"] not in PILLARS:
        return "is an outcome, shown beside the scores and never scored; remove it"
    if row["interval_method"] == "none":
        return "is a sum or a count: it grows with the team and has no limits; remove it"
    return None


def _scorable(row: catalogue.Metric) -> Scorable:
    is_open = row["interval_method"] == "jackknife_open" and row["unit"] == "ratio"
    high = {"ratio": 1, "per 1,000": 1000}.get(row["unit"], MOST)
    is_share = row["interval_method"] == "wilson"
    return Scorable(row["pillar"], row["better"], int(row["minimum_n"]), -MOST if is_open else 0, high, is_share)


def is_role(text: str) -> bool:
    """Whether a text is a role such as head_of_engineering: small letters, one word of it a role, none a name."""
    return bool(re.fullmatch(r"[a-z][a-z0-9]*([ _-][a-z0-9]+)*", text)) and bool(_ROLES & set(re.split("[ _-]", text)))


def words_of(setting: Setting, shares: Sequence[str]) -> Sequence[str]:
    """The words that a setting knows; `shares` are the metrics that can be compared exactly."""
    return shares if setting.words == _METRICS else setting.words
