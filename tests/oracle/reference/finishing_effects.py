"""From the tallies of alerts answered and left alone to the cells of net_automation_effect."""

from collections import Counter
from collections.abc import Iterator

from tests.oracle.reference import intervals
from tests.oracle.reference.cells import EMPTY, Cell, Split, Tally
from tests.oracle.reference.finishing import finish_ratio, status_of
from tests.oracle.reference.noting_effects import ALERT_CLASS, HELD_OUT

Parts = dict[Split, Tally]


def finish_effect(whole: Tally, parts: Parts, covered: bool, closed: bool) -> Iterator[tuple[Split, Cell]]:
    """The whole, each class, those with and without comparison, and what was left alone."""
    answered = {split[1]: tally for split, tally in parts.items() if split is not None and split[0] == ALERT_CLASS}
    alone = {split[1]: tally for split, tally in parts.items() if split is not None and split[0] == HELD_OUT}
    yield None, _cell(whole, answered, alone, covered, closed, list(alone.values()))
    for name, tally in answered.items():
        beside = [alone[name]] if name in alone else []
        yield (ALERT_CLASS, name), _cell(tally, {name: tally}, alone, covered, closed, beside)
    for name, tally in alone.items():
        yield (HELD_OUT, name), finish_ratio(tally, covered, closed)
    for effect in ("net", "gross"):
        chosen = {
            name: tally
            for name, tally in answered.items()
            if tally.n and (alone.get(name, EMPTY).n == 0) == (effect == "gross")
        }
        if chosen:
            sums = Tally(
                sum(tally.numerator for tally in chosen.values()), sum(tally.n for tally in chosen.values()),
                sum((tally.excluded for tally in chosen.values()), Counter()),
            )  # fmt: skip
            beside = [alone[name] for name in chosen if name in alone]
            yield ("effect", effect), _cell(sums, chosen, alone, covered, closed, beside)


def _cell(
    tally: Tally, answered: dict[str, Tally], alone: dict[str, Tally], covered: bool, closed: bool, beside: list[Tally]
) -> Cell:
    """A cell of some classes; one of which nothing was left alone leaves it provisional at best."""
    excluded = Counter(tally.excluded)
    excluded["immature"] += sum(each.excluded["immature"] for each in beside)
    status = status_of(tally.n, +excluded, covered)
    counted = {name: each for name, each in answered.items() if each.n}
    if status == "ok" and any(alone.get(name, EMPTY).n == 0 for name in counted):
        status = "provisional"
    value, low, high = None, None, None
    if status in ("ok", "provisional"):
        value, low, high = intervals.joined_effects(
            [
                (each.n, intervals.beyond((each.numerator, each.n), (other.numerator, other.n)))
                for each, other in ((each, alone.get(name, EMPTY)) for name, each in counted.items())
            ]
        )
    return Cell(tally.numerator, tally.n, tally.n, 0, value, low, high, status, closed)
