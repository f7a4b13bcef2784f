"""The study as a Markdown table: power by signal and strength, and the share of false ones among all that fired."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from statsmodels.stats.proportion import proportion_confint

from pipelines.simulate.settings import SIGNALS
from tests.power.organisations import STRENGTHS, Studied


def written(studies: Sequence[Studied]) -> str:
    """Two tables: what was found, and what was accused."""
    seeds = {name: sorted({one.seed for one in studies if one.strength == name}) for name in STRENGTHS}
    head = " | ".join(f"{name} ({STRENGTHS[name]:g}), {len(found)} seeds" for name, found in seeds.items())
    lines = [f"| signal | {head} |", "|---" * (1 + len(STRENGTHS)) + "|"]
    for signal in SIGNALS:
        shares = [_power(signal, [one for one in studies if one.strength == name]) for name in STRENGTHS]
        lines.append(f"| {signal} | {' | '.join(shares)} |")
    lines += [
        "",
        "| strength | fired | of a cheat | look-alikes | false | false share of the fired, look-alikes apart |",
    ]
    lines.append("|---" * 6 + "|")
    for name in STRENGTHS:
        lines.append(_discoveries(name, [one for one in studies if one.strength == name]))
    steps = ("simulate", "land", "build")
    spent = [sum(one.seconds[step] for one in studies) / len(studies) for step in steps]
    each = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in zip(steps, spent, strict=True))
    return "\n".join([*lines, "", f"{len(studies)} organisations; {sum(spent):.0f} s each ({each})."])


def _power(signal: str, studies: Iterable[Studied]) -> str:
    """Cheats found of those planted, in any quarter; and their tested quarters that fired."""
    planted = found = quarters = fired_quarters = 0
    for one in studies:
        for cheat in [cheat for cheat in one.cheats if cheat[0] == signal]:
            tested = [
                row for row in one.rows if (row["signal_id"], row["entity_id"]) == cheat and row["status"] == "ok"
            ]
            fired = sum(row["is_fired"] for row in tested)
            planted, quarters = planted + 1, quarters + len(tested)
            found, fired_quarters = found + (fired > 0), fired_quarters + fired
    return f"{_share(found, planted)}; {fired_quarters} of {quarters} quarters"


def _discoveries(name: str, studies: Iterable[Studied]) -> str:
    true = alike = false = 0
    for one in studies:
        for row in (row for row in one.rows if row["is_fired"]):
            which = (row["signal_id"], row["entity_id"])
            if which in one.cheats:
                true += 1
            elif which in one.look_alikes:
                alike += 1
            else:
                false += 1
    return f"| {name} | {true + alike + false} | {true} | {alike} | {false} | {_share(false, true + false)} |"


def _share(hits: int, of: int) -> str:
    if not of:
        return "none"
    low, high = proportion_confint(hits, of, alpha=0.05, method="wilson")
    return f"{hits} of {of} ({100 * max(low, 0):.0f} to {100 * min(high, 1):.0f} %)"
