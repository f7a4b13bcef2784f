"""docs/policy.md, written from the shipped policy and from the names that a policy may use.

Belongs here: how the policy reads as tables. Does not belong here: any number or reason of it (default_policy.yml).

`python -m pipelines.publish.policy_document docs/policy.md` writes it; `make docs` does so.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from pipelines.policy import DEFAULT_FILE, Policy, read_policy
from pipelines.policy_rules import AWARDS, BASELINE, GUARDRAILS, PILLARS, Setting, scorable_metrics
from pipelines.publish import catalogue
from pipelines.roster import Row

_HEAD = """\
# The policy

Generated from `pipelines/default_policy.yml` by `make docs`; change that, not this.

`policy.yml` in the organisation's folder says what metrics are held against: floors, targets and weights by tier,
limits of guardrails, rules of awards, days of the roll-out, and exceptions. `scorecard check` names all that is wrong
with it. A section that it leaves out is the shipped one; without the file all of it is.
`organisations/example/policy.yml` is one of two versions.

A score is 0 at the floor and 100 at the target, straight between them. A period is judged by the version that holds on
its first day, so that the score of the last quarter stays one of the last quarter's policy.
"""
_KEYS = """\
## Keys

| key | means | must be |
|---|---|---|
| `policies` | versions, oldest first | at least one |
| `policies[].version` | its name | letters, digits, `.`, `-`; names that begin with `default` are of what is shipped |
| `policies[].valid_from` | its first day in the reporting time zone; it ends where the next begins | later than that \
of the one before; only the first may leave it out, and then holds since ever |
| `policies[].why`, and every `why` | the reason, for those who are judged by it | given; no address of a person |
| `pillars.<pillar>.weight` | share of the pillar in the whole | above 0; those of the scored pillars sum to 1; left \
out where no metric is scored |
| `pillars.<pillar>.metrics.<metric>` | a metric of that pillar | one of those below |
| `… .weight` | share of the metric in its pillar | above 0; those of the scored metrics sum to 1 in every tier |
| `… .floor`, `… .target` | the values of 0 and of 100, in the metric's unit | the target better than the floor |
| `… .minimum_n` | below this n it is not scored | at least the catalogue's, which holds where it is left out |
| `… .phase` | `scored`, or `shown`: published with its goal and in no score | `scored` where it is left out |
| `… .excuse_no_exposure` | whether a period in which nothing could happen leaves the pillar complete | `false` where \
it is left out |
| `… .tiers.<1 to 4>` | another weight, floor, target, minimum_n or phase for services of that tier | |
| `guardrails`, `awards`, `baseline` | see below | all of them are stated, none can be left out of its section |
| `cohorts.<cohort>` | `starts_on`: from when its teams see their scorecard; `scored_from`: from when it counts | \
every `rollout_cohort` of teams.csv, or none; a day that is not decided is left out |
| `exceptions[]` | `team` or `service`; `metric` or `guardrail`; `reason`; `approver_role`; `from`; `expires_on` (the \
first day after it) | it expires; no two of one subject at once; the approver is a role in small letters such as \
`head_of_engineering`, never a person |

The settings that facts rest on (`rollback_window_hours` and others) are not here: they are vars of the dbt project, and
`scorecard.policy_settings` shows them as section `facts`.
"""
_TABLES = """\
## Tables

| table | one row is |
|---|---|
| `scorecard.policy` | a version, metric and tier, all four tiers written out |
| `scorecard.policy_settings` | a value of a guardrail, an award, a pillar or the baseline; of a list, an entry |
| `scorecard.policy_cohorts` | a cohort with its days |
| `scorecard.policy_exceptions` | an exception |
| `scorecard.guardrails` | a guardrail of a team or the portfolio in a month or quarter, and what would restore it |
| `scorecard.awards` | an award of a team in a quarter, granted or withheld ([awards.md](awards.md)) |
| `scorecard.award_tests` | a scored metric that it was tested on |

`is_retroactive` says that a row became known after the day from which it holds: somebody moved a goalpost, or stated it
with hindsight. What the folder was first landed with never is. The manifest of a release names the versions.
"""


def markdown() -> str:
    """The whole document. Raises ValueError if the shipped policy is at fault."""
    problems: list[str] = []
    shipped = read_policy(DEFAULT_FILE, (), (), problems)
    if problems:
        raise ValueError("\n".join(problems))
    return "\n".join([_HEAD, _KEYS, _scorable(), _shipped(shipped), _TABLES])


def _scorable() -> str:
    by_pillar = {
        pillar: [f"`{metric}`" for metric, known in scorable_metrics().items() if known.pillar == pillar]
        for pillar in PILLARS
    }
    listed = "".join(f"- {pillar}: {', '.join(metrics)}\n" for pillar, metrics in by_pillar.items())
    return (
        "## Metrics that may be scored\n\n"
        "Those of the catalogue of which more, or less, is better, and that have limits. Never scored are metrics of\n"
        "context, sums and counts (they grow with the team, and have no limits), and outcomes "
        f"([DECISIONS.md](../DECISIONS.md), D81).\n\n{listed}"
    )


def _shipped(shipped: Policy) -> str:
    settings = {(row.text("section"), row.text("setting")): row for row in shipped.settings}
    version = settings["policy", "version"]
    parts = [f"## The shipped policy, `{version.text('value')}`\n\n{version.text('why')}\n"]
    units = {row["metric_id"]: row["unit"] for row in catalogue.metrics()}
    for pillar, rows in groupby(shipped.metrics, lambda row: row.text("pillar")):
        head = settings["pillars", pillar]
        parts.append(
            f"### {pillar.capitalize()}: weight {head.text('value')}\n\n{head.text('why')}\n\n"
            "| metric | weight | floor | target | unit | why |\n|---|---|---|---|---|---|\n"
            + "".join(
                _goal(metric, list(tiers), units) for metric, tiers in groupby(rows, lambda r: r.text("metric_id"))
            )
        )
    parts.append(_rules("Guardrails", "guardrails", GUARDRAILS, shipped.settings))
    parts.append(_rules("Awards", "awards", AWARDS, shipped.settings))
    parts.append(_rules("Baseline", "", {"baseline": BASELINE}, shipped.settings))
    return "\n".join(parts)


def _goal(metric: str, rows: Sequence[Row], units: Mapping[str, str]) -> str:
    usual = rows[-1]
    shown = [usual.text("weight") or "shown", *(_by_tier(rows, column) for column in ("floor", "target"))]
    excuse = " Nothing could happen: excused." if usual.text("excuses_no_exposure") == "true" else ""
    return f"| `{metric}` | {' | '.join(shown)} | {units[metric]} | {usual.text('why')}{excuse} |\n"


def _by_tier(rows: Sequence[Row], column: str) -> str:
    """The value of the last tier, and those of tiers that differ from it."""
    usual = rows[-1].text(column)
    others = [f"tier {row.text('tier')}: {row.text(column)}" for row in rows if row.text(column) != usual]
    return f"{usual} ({'; '.join(others)})" if others else usual


def _rules(title: str, section: str, known: Mapping[str, Mapping[str, Setting]], rows: Iterable[Row]) -> str:
    lines = [f"### {title}\n\n| setting | means | shipped | why |\n|---|---|---|---|\n"]
    stated = list(rows)
    for name, settings in known.items():
        prefix = f"{section}." if section else ""
        for setting, meaning in settings.items():
            found = [row for row in stated if row.values["section"] == prefix + name and row.text("setting") == setting]
            value = ", ".join(f"`{row.text('value')}`" for row in found) or "left out"
            why = found[0].text("why") if found else ""
            lines.append(f"| `{prefix}{name}.{setting}` | {meaning.meaning} | {value} | {why} |\n")
    return "".join(lines)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(markdown(), encoding="utf-8")
