"""The page, its words and its pictures."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from pipelines.publish import drawing, page, words
from tests import scratch_warehouse

VOID = {"meta", "br", "line", "rect", "circle", "polygon", "polyline", "input", "link"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0412, "0.0412"),
        (3.2, "3.2"),
        (12.34, "12.3"),
        (123.4, "123"),
        (1240.4, "1,240"),
        (95, "95"),
        (100, "100"),
    ],
)
def test_number(value: float, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(("minutes", "text"), [(15, "15 min"), (119, "119 min"), (180, "3 h"), (2880, "2 days")])
def test_duration(minutes: float, text: str) -> None:
    assert words.duration(minutes) == text


def test_unknown_is_said_and_never_zero() -> None:
    for status, said in words.STATUS_WORDS.items():
        if status not in words.SHOWN:
            assert words.value_text(None, None, "ratio", status) == said
            assert "0" not in said and said
    assert words.value_text(0.0, 0.0, "ratio", "ok") == "0 %"


def test_a_median_that_was_not_reached_is_more_than() -> None:
    assert words.value_text(None, 300.0, "minutes", "ok") == "> 5 h"
    assert words.value_text(None, None, "minutes", "ok") == "more than half are still open"
    assert words.interval(300.0, None, "minutes") == "from 5 h, no upper bound"


def test_both_ends_of_an_interval_have_one_unit() -> None:
    assert words.interval(117.0, 154.2, "minutes") == "1.95 h to 2.57 h"
    assert words.interval(25.1, 131.0, "minutes", 52.2) == "25.1 min to 131 min"  # one unit for a value and its ends


def test_period_names() -> None:
    assert words.period_name("month", date(2026, 3, 1)) == "March 2026"
    assert words.period_name("quarter", date(2026, 10, 1)) == "Q4 2026"
    assert words.period_name("week", date(2026, 3, 30)) == "week of 2026-03-30"


def test_a_gap_in_the_trend_stays_a_gap() -> None:
    """Two runs of known months are two lines; the unknown month between is not drawn at zero."""
    known = [drawing.Point(f"m{i}", 1.0, 0.5, 2.0) for i in range(2)]
    drawn = drawing.trend([*known, drawing.Point("gap", None, None, None), *known], "trend")
    assert drawn.count("<polyline") == 2


def test_an_open_interval_reaches_the_edge_and_says_so() -> None:
    drawn = drawing.interval_bar(None, 3.0, None, 10.0, "open")
    assert 'class="range open"' in drawn and "<circle" not in drawn


def test_labels_are_escaped() -> None:
    assert "<script" not in drawing.interval_bar(1, 0, 2, 2, '"><script>')


class _Balance(HTMLParser):
    """Fails on tags that do not match; collects ids, references and attributes that would load something."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if (name == "href" and (value or "").startswith("#")) or name == "aria-labelledby":
                self.references.append((value or "").lstrip("#"))
            if name in ("src", "href") and not (value or "").startswith("#"):
                self.loads.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    settings = scratch_warehouse.build(tmp_path_factory.mktemp("page"))[1]
    scratch_warehouse.change(
        settings,
        "update scorecard.metric_values set status = 'missing_source', value = null, low = null, high = null "
        "where metric_id = 'rework_rate'; "
        "update scorecard.metric_values set entity_name = '<b>Checkout</b>' where entity_id = 'checkout'",
    )
    con = duckdb.connect(str(settings.warehouse_path), read_only=True)
    return page.render(con, page.Heading("Scratch & Sons", "20260402T000000Z-abc", "2026-04-02T00:00:00.000000Z"))


def test_the_page_is_whole_and_loads_nothing(html: str) -> None:
    parser = _Balance()
    parser.feed(html)
    assert parser.open == [] and parser.loads == []
    assert len(parser.ids) == len(set(parser.ids))
    assert set(parser.references) <= set(parser.ids)
    assert "<script" not in html and "@import" not in html and "url(" not in html
    assert '<html lang="en">' in html and "prefers-color-scheme: dark" in html


def test_the_page_says_what_it_is_about(html: str) -> None:
    assert "Scratch &amp; Sons" in html and "20260402T000000Z-abc" in html and "2026-04-02 00:00 UTC" in html
    assert "March 2026" in html and "Q1 2026" in html
    assert html.count('role="img"') > 10
    assert all("<title>" in part for part in html.split("<svg")[1:])


def test_unknown_is_in_words_on_the_page(html: str) -> None:
    card = html[html.index("<h3>Rework rate</h3>") :].partition("</article>")[0]
    assert "No source speaks of this" in card
    assert not re.search(r"\b0 %", card)


def test_names_from_outside_are_escaped(html: str) -> None:
    assert "<b>Checkout" not in html and "&lt;b&gt;Checkout" in html


def test_entities_stand_in_alphabetical_order(html: str) -> None:
    table = html[html.index('id="team"') :].partition("</section>")[0]
    names = re.findall(r'<tr><th scope="row">([^<]+)</th>', table)
    assert names == sorted(names, key=str.casefold) and names == ["Finding", "Payments"]


def test_an_organisation_without_teams_shows_none(tmp_path: Path) -> None:
    settings = scratch_warehouse.build(tmp_path)[1]
    scratch_warehouse.change(settings, "delete from scorecard.metric_values where entity_type in ('team', 'area')")
    con = duckdb.connect(str(settings.warehouse_path), read_only=True)
    html = page.render(con, page.Heading("S", "r", "2026-04-02T00:00:00.000000Z"))
    assert 'id="team"' not in html and 'id="service"' in html


def test_a_release_without_a_closed_period_has_a_page(tmp_path: Path) -> None:
    settings = scratch_warehouse.build(tmp_path)[1]
    scratch_warehouse.change(settings, "update scorecard.metric_values set is_closed = false")
    con = duckdb.connect(str(settings.warehouse_path), read_only=True)
    assert "No month is closed yet" in page.render(con, page.Heading("S", "r", "2026-04-02T00:00:00.000000Z"))
