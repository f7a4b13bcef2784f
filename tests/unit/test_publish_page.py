"""The page, its words and its pictures."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.publish import changes, drawing, gates, page, recognition, scores, words
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
        "update scorecard.metric_values set status = 'missing_source', value = null, low = null, high = null "
        "where metric_id = 'reopen_rate' and period_start_on > '2026-01-01'; "
        "update scorecard.metric_values set status = 'missing_source', value = null, low = null, high = null "
        "where metric_id = 'reopen_rate' and period_type = 'quarter'; "
        # The scratch warehouse has one closed quarter: what it had before is invented.
        "update scorecard.changes set previous_value = 2 * value, change_kind = 'difference', change = -value, "
        "change_low = -1.5 * value, change_high = -0.5 * value, change_unit = 'ratio', verdict = 'better', "
        "reason = null where metric_id = 'change_fail_rate' and period_type = 'quarter'; "
        "update scorecard.changes set previous_value = 50, change_kind = 'ratio', change = 1.1, change_low = 0.5, "
        "change_high = null, change_unit = 'x', verdict = 'unclear', reason = null "
        "where metric_id = 'time_to_restore' and period_type = 'quarter'; "
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
    card = card_of(html, "Reopen rate")
    assert "No source speaks of this" in card.partition("Last known")[0]
    assert not re.search(r"\b0 %", card.partition("Last known")[0])


def test_what_no_source_ever_spoke_of_is_one_line_of_its_pillar(html: str) -> None:
    """With sixty metrics, of which a log may tell a dozen, a card each would hide the dozen."""
    delivery = html[html.index('<h2 id="delivery">') :].partition("</section>")[0]
    assert "No source speaks of: Rework rate. Unknown is not zero." in delivery
    assert "<h3>Rework rate</h3>" not in html


def card_of(html: str, name: str) -> str:
    return html[html.index(f"<h3>{name}</h3>") :].partition("</article>")[0]


def test_a_change_is_said_in_words_with_its_interval(html: str) -> None:
    better, unclear, alone = (card_of(html, n) for n in ("Change fail rate", "Time to restore", "Automation success"))
    assert "<strong>Q1 2026 better than Q4 2025</strong>" in better
    assert re.search(r"-[\d.]+ points</span> <span class=.quiet.>\(-[\d.]+ to -[\d.]+ points\)", better)
    assert "<strong>Q1 2026 unclear against Q4 2025</strong>" in unclear
    assert "+10 %" in unclear and "(from -50 %, no upper bound)" in unclear and "Q4 2025 was 50 min" in unclear
    assert "Q1 2026 nothing to compare with in Q4 2025" in alone


def test_what_changed_stands_first_and_leads_to_its_card(html: str) -> None:
    said = html[html.index('id="changed"') :].partition("</section>")[0]
    assert html.index('id="changed"') < html.index('id="reliability"')
    assert "What changed: Q1 2026 against Q4 2025" in said
    assert "Of 2 metrics that can be judged, 1 is better, 0 worse, and 1 unclear" in said
    assert re.search(r'href="#metric-change_fail_rate">Change fail rate</a>: -[\d.]+ points', said)
    assert "by chance" in said


def test_entities_say_whether_they_changed(html: str) -> None:
    table = html[html.index('id="team"') :].partition("</section>")[0]
    assert re.search(r">better -[\d.]+ points</span>", table) and ">unclear</span>" in table


@pytest.mark.parametrize(
    ("kind", "ends", "unit", "said"),
    [
        ("difference", (-0.0612, -0.118, -0.0034), "ratio", "-6.12 points (-11.8 to -0.34 points)"),
        ("difference", (0.16, -0.2, 0.5), "per service-month", "+0.16 per service-month (-0.2 to +0.5)"),
        ("ratio", (0.7, 0.504, 1.0074), "x", "-30 % (-49.6 % to +0.74 %)"),
        ("ratio", (3.2, None, 9.0), "x", "+220 % (up to +800 %, no lower bound)"),
        ("difference", (5.0, 1.0, None), "minutes", "+5 min (from +1 min, no upper bound)"),
        ("difference", (-2.0, None, None), "deployments", "-2 deployments (a sum has no interval)"),
        ("difference", (0.0, 0.0, 0.0), "ratio", "0 points (0 to 0 points)"),
    ],
)
def test_a_change_in_words(kind: str, ends: tuple[float, float | None, float | None], unit: str, said: str) -> None:
    key = ("m", "team", "t", "quarter", date(2026, 1, 1), None, None, 1.0)
    assert changes.Change(*key, kind, *ends, unit, "unclear", None).text == f"unclear against Q4 2025: {said}"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("no_previous", "nothing to compare with in Q4 2025"),
        ("previous_insufficient", "not compared with Q4 2025: too few events to say then"),
        ("previous_missing_source", "not compared with Q4 2025: no source speaks of this then"),
        ("not_reached", "not compared with Q4 2025: a median was not reached"),
    ],
)
def test_nothing_to_compare_is_no_verdict(reason: str, said: str) -> None:
    key = ("m", "team", "t", "quarter", date(2026, 1, 1), None, None, None)
    assert changes.Change(*key, None, None, None, None, None, None, reason).text == said


@pytest.mark.parametrize(
    ("period_type", "start", "before"),
    [
        ("week", date(2026, 1, 5), date(2025, 12, 29)),
        ("month", date(2026, 1, 1), date(2025, 12, 1)),
        ("month", date(2026, 3, 1), date(2026, 2, 1)),
        ("quarter", date(2026, 1, 1), date(2025, 10, 1)),
        ("quarter", date(2026, 10, 1), date(2026, 7, 1)),
    ],
)
def test_the_period_before(period_type: str, start: date, before: date) -> None:
    assert changes.previous_start(period_type, start) == before


def test_scores_of_teams_say_what_is_missing(html: str) -> None:
    """By the scratch warehouse: Finding has all, Payments no reopen rate that could be judged yet."""
    section = html.partition('id="scores"')[2].partition("</section>")[0]
    finding, payments = (
        re.sub(r"<[^>]+>", " ", section.partition(f'"row">{name}')[2].partition("</tr>")[0]).split()
        for name in ("Finding", "Payments")
    )
    assert " ".join(finding).startswith("46 41 to 51 provisional 15 10 to 20 provisional 67 62 to 72")
    assert payments[:3] == ["incomplete", "incomplete", "Reopen"]
    assert section.index("Finding") < section.index("Payments")


def test_a_release_of_an_older_version_has_a_page_without_scores(tmp_path: Path) -> None:
    settings = scratch_warehouse.build(tmp_path)[1]
    scratch_warehouse.change(settings, "drop table scorecard.scores")
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
        assert scores.section(con) is None


def test_a_release_of_an_older_version_has_a_page_without_changes(tmp_path: Path) -> None:
    settings = scratch_warehouse.build(tmp_path)[1]
    scratch_warehouse.change(settings, "drop table scorecard.changes")
    con = duckdb.connect(str(settings.warehouse_path), read_only=True)
    html = page.render(con, page.Heading("S", "r", "2026-04-02T00:00:00.000000Z"))
    assert 'id="changed"' not in html and "Q1 2026" in html


def test_recognition_names_its_records_and_counts_nobody_up(html: str) -> None:
    section = html.partition('id="recognition"')[2].partition("</section>")[0]
    assert "1 other team derived 2 automations from recipe restart." in section
    assert "2 automations of other teams made from recipes" in section
    assert section.count("<code>log/R-1</code>, <code>log/R-2</code>") == 2
    assert "Nothing was logged that could be told of finding." in section
    assert "No source speaks of: recipes shared," in section and "incident reviews published" in section


def test_a_release_of_an_older_version_has_a_page_without_recognition(tmp_path: Path) -> None:
    settings = scratch_warehouse.build(tmp_path)[1]
    scratch_warehouse.change(settings, "drop table scorecard.recognition")
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
        assert recognition.section(con) is None


def test_names_from_outside_are_escaped(html: str) -> None:
    assert "<b>Checkout" not in html and "&lt;b&gt;Checkout" in html


def test_entities_stand_in_alphabetical_order(html: str) -> None:
    table = html[html.index('id="team"') :].partition("</section>")[0]
    bodies = table.split("<tbody>")[1:]
    assert len(bodies) == 3, "a table for each pillar"
    for body in bodies:
        names = re.findall(r'<tr><th scope="row">([^<]+)</th>', body)
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


def _gates(folder: Path, *statements: str) -> dict[str, Any]:
    settings = scratch_warehouse.build(folder)[1]
    for statement in statements:
        scratch_warehouse.change(settings, statement)
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
        found = gates.section(con)
    assert found is not None
    return found


def test_guardrails_say_what_failed_and_awards_why_not(tmp_path: Path) -> None:
    found = _gates(
        tmp_path,
        "delete from scorecard.guardrails where period_start_on > '2026-01-01'",
        "update scorecard.guardrails set held = false, status = 'breached', restored_by = 'one approval more' "
        "where guardrail_id = 'oversight' and entity_id = 'payments'",
        "update scorecard.awards set granted = false, "
        "withheld_codes = 'guardrail_breached:oversight:2026-01-01,no_improvement' where entity_id = 'payments'",
        "update scorecard.awards set withheld_codes = null where entity_id = 'finding'",
    )
    finding, payments = found["rows"]
    assert found["period"] == "Q1 2026"
    assert (finding["name"], payments["name"]) == ("finding", "payments")
    assert finding["cells"]["Oversight"] == ("holds", "held")
    assert finding["cells"]["Risk taking"] == ("nothing to judge", "no_exposure")
    assert payments["cells"]["Oversight"] == ("failed", "breached")
    assert payments["restored"] == [("Oversight", "one approval more")]
    assert payments["award"] == "withheld: nothing improved beyond chance; guardrails in its quarters: oversight"
    assert finding["award"] == "granted"


def test_signals_are_told_with_their_innocent_explanation(html: str, tmp_path: Path) -> None:
    """Only those that fired, within the year up to the quarter."""
    told = _gates(tmp_path)["signals"]
    assert [quarter["period"] for quarter in told] == ["Q1 2026"]
    first = told[0]["lines"][0]
    assert "would be usual" in first.seen
    assert first.innocent
    assert first.innocent in html.partition('id="signals"')[2]
    fired = "select count(*) from scorecard.integrity_signals where is_fired"
    settings = scratch_warehouse.build(tmp_path / "again")[1]
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
        assert con.execute(fired).fetchone() == (len(told[0]["lines"]),)
    silent = _gates(tmp_path / "silent", "update scorecard.integrity_signals set is_fired = false")
    assert silent["signals"] == []


def test_a_release_without_guardrails_has_a_page_without_them(tmp_path: Path) -> None:
    settings = scratch_warehouse.build(tmp_path)[1]
    scratch_warehouse.change(settings, "update scorecard.guardrails set held = null, status = 'missing_source'")
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
        assert gates.section(con) is None
