"""Whether a cheating team scores higher than its honest twin by more than chance: on real twins, and by hand."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from pipelines.simulate.settings import SIGNALS
from tests.goodhart.__main__ import BEGIN, END, table
from tests.goodhart.twins import KINDS, Place, Score, lost, rises, scores_builder, twins
from tests.power.organisations import cheats_of
from tests.support import ROOT

KNOWN_TO_PAY = {
    ("credit_for_self_clearing", "automation"),
    ("credit_for_self_clearing", "overall"),
    ("deployment_splitting", "delivery"),
    ("silent_incident", "delivery"),
    ("trivial_padding", "automation"),
}
"""Cheats that raise a score, and which: DECISIONS.md (D105) says so of each."""
Q1 = date(2026, 1, 1)
DOCUMENT = ROOT / "docs" / "goodhart.md"


def score(value: float | None, high: float | None = None, status: str = "ok") -> Score:
    return Score(value, None if high is None else 2 * (value or 0.0) - high, high, status)


def test_a_rise_beyond_the_twins_band_pays() -> None:
    """By hand: 60 with a band up to 66. 66 does not pay, 66.1 does; without a band any rise does."""
    places = [Place("red", Q1, pillar) for pillar in ("overall", "toil", "learning", "delivery")]
    honest = dict(zip(places, (score(60, 66), score(60, 66), score(50), score(None)), strict=True))
    cheating = dict(zip(places, (score(66, 70), score(66.1, 70), score(50.1), score(90, 95)), strict=True))
    found = {rise.place.pillar: rise.pays for rise in rises(honest, cheating, [("late_edit", "red")])}
    assert found == {"overall": False, "toil": True, "learning": True}
    assert list(rises(honest, cheating, [("late_edit", "blue")])) == []
    assert lost(honest, cheating, "red", "delivery") == (0, 1)
    assert lost(cheating, honest, "red", "delivery") == (1, 0)


def test_the_table_names_what_pays() -> None:
    place = Place("red", Q1, "automation")
    honest, cheating = {place: score(60, 66)}, {place: score(80, 90)}
    found = list(rises(honest, cheating, [("trivial_padding", "red")]))
    row = next(line for line in table(found, dict.fromkeys(KINDS, (0, 0))) if "trivial_padding" in line)
    assert row == "| trivial_padding | 0 | none | 0 | automation: +20.0 of 6.0 | 1 of 1 | 0, 0 |"


def test_the_document_tells_of_every_cheat_and_no_other_pays() -> None:
    text = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")]
    told = {row[0]: row for row in rows if row[0] in KINDS}
    assert set(told) == set(KINDS)
    paying = {(name, "overall") for name, row in told.items() if row[3] != "0"}
    paying |= {(name, row[4].partition(":")[0]) for name, row in told.items() if not re.match("0 of", row[5])}
    assert paying <= KNOWN_TO_PAY
    decision = (ROOT / "DECISIONS.md").read_text(encoding="utf-8").partition("**D105.")[2].partition("**D")[0]
    assert all(name in decision for name, _ in paying)


@pytest.mark.slow
def test_no_cheat_raises_a_score_by_more_than_chance(tmp_path: Path) -> None:
    """Two whole organisations: minutes."""
    honest, cheating = twins(1, tmp_path, scores_builder(2))
    found = list(rises(honest, cheating, cheats_of(1)))
    assert {rise.signal for rise in found} == set(SIGNALS)
    paying = {(rise.signal, rise.place.pillar) for rise in found if rise.pays}
    assert paying <= KNOWN_TO_PAY
