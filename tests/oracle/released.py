"""Reads a release as consumers see it, and lays it beside the oracle's cells. No metric is worked out."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

from tests.oracle.reference import Oracle
from tests.oracle.reference.associations import Association, AssociationKey, Pair, PairKey, associations, pairs
from tests.oracle.reference.awards import Award, AwardKey, Test, TestKey
from tests.oracle.reference.cells import Cell, Key
from tests.oracle.reference.changes import Change, changes
from tests.oracle.reference.fates import FateKey
from tests.oracle.reference.guardrails import Guardrail, GuardrailKey
from tests.oracle.reference.highlights import Highlight, HighlightKey
from tests.oracle.reference.integrity import Signal, SignalKey
from tests.oracle.reference.recognition import Recognition, RecognitionKey
from tests.oracle.reference.scores import Draws, Gap, MetricScore, Place, Score, Scored

RELATIVE, ABSOLUTE = 1e-9, 1e-12
SHOWN = 20
FAN_OUT_FEEDS = ("gitops_commits",)


def rows_of(release: Path, table: str) -> list[dict[str, Any]]:
    """The rows of `tables/<table>.parquet`; without a schema it is scorecard's."""
    name = table if "." in table else f"scorecard.{table}"
    return list(pyarrow.parquet.read_table(release / "tables" / f"{name}.parquet").to_pylist())


PERSON = re.compile(
    r"[\w.%+-]+@[A-Za-z0-9-]+\.[A-Za-z]"
    r"|(?<![\w.%+/-])@[A-Za-z][\w-]*(?![\w/-])"
    r"|^(?:Caller|Opened by|Updated by|Created by|Resolved by) +\d+$"
)
"""An address of mail, a handle that stands by itself, a caller's or an agent's number."""


def persons(release: Path) -> list[str]:
    """Where a release says what looks like a person: columns of its tables, its page and its manifest."""
    found = []
    for path in sorted((release / "tables").glob("*.parquet")):
        table = pyarrow.parquet.read_table(path)
        for name, kind in zip(table.column_names, table.schema.types, strict=True):
            texts = table.column(name).unique().to_pylist() if pyarrow.types.is_string(kind) else []
            hit = next((text for text in texts if text and ("@" in text or " " in text) and PERSON.search(text)), None)
            found += [] if hit is None else [f"{path.stem}.{name}: {hit}"]
    for name in ("manifest.json", "page/index.html"):
        text = (release / name).read_text(encoding="utf-8")
        # Style sheets have rules of that form; a manifest quotes what a check expects.
        hit = PERSON.search(re.sub(r"(?s)<style>.*?</style>|an @handle", "", text))
        found += [] if hit is None else [f"{name}: {hit[0]}"]
    return found


def key_of(row: Mapping[str, Any]) -> Key:
    """The key of a published row."""
    return Key(*(row[name] for name in Key._fields))


def published_cells(release: Path) -> dict[Key, Cell]:
    """scorecard.metric_values as cells. Fails when two rows have one key."""
    rows = rows_of(release, "metric_values")
    cells = {key_of(row): Cell(*(row[name] for name in Cell._fields)) for row in rows}
    assert len(cells) == len(rows), f"{len(rows) - len(cells)} rows of metric_values repeat a key"
    return cells


def published_changes(release: Path) -> dict[Key, Change]:
    """scorecard.changes by key. Fails when two rows have one key."""
    rows = rows_of(release, "changes")
    found = {key_of(row): Change(*(row[name] for name in Change._fields)) for row in rows}
    assert len(found) == len(rows), f"{len(rows) - len(found)} rows of changes repeat a key"
    return found


def published_exclusions(release: Path) -> dict[tuple[Key, str], int]:
    """scorecard.exclusions by key and reason. Fails when two rows have one key and reason."""
    rows = rows_of(release, "exclusions")
    found = {(key_of(row), str(row["reason"])): int(row["rows"]) for row in rows}
    assert len(found) == len(rows), f"{len(rows) - len(found)} rows of exclusions repeat a key"
    return found


def published_fates(release: Path) -> tuple[Counter[FateKey], Counter[FateKey]]:
    """Rows, and records of feeds that fan out, by source, kind, fate and (not applicable only) reason."""
    rows: Counter[FateKey] = Counter()
    records: Counter[FateKey] = Counter()
    for row in rows_of(release, "quality"):
        if row["section"] != "rows":
            continue
        reason = row["reason"] if row["fate"] == "not_applicable" else None
        rows[row["source"], row["kind"], row["fate"], reason] += row["rows"] or 0
        if row["feed"] in FAN_OUT_FEEDS and row["fate"] in ("staged", "quarantined"):
            records[row["source"], row["kind"], row["fate"], None] += row["records"] or 0
    return +rows, +records


def same(left: Any, right: Any) -> bool:
    """Equal; doubles to 1e-9 relative and 1e-12 absolute. Unknown equals only unknown."""
    if isinstance(left, float) or isinstance(right, float):
        if left is None or right is None:
            return left is right
        return math.isclose(left, right, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return bool(left == right)


def differing(expected: Cell, published: Cell) -> list[str]:
    """The columns in which two cells differ, with both values."""
    pairs = zip(Cell._fields, expected, published, strict=True)
    return [f"{name}: oracle {a!r}, release {b!r}" for name, a, b in pairs if not same(a, b)]


def _named(key: Key) -> str:
    split = "" if key.dimension is None else f" {key.dimension}={key.dimension_value}"
    period = f"{key.period_type} {key.period_start_on}"
    return f"{key.metric_id}{split} of {key.entity_type} {key.entity_id}, {period}"


def report(title: str, differences: Sequence[str]) -> None:
    """Fails with the first differences when there are any."""
    shown = "\n  ".join(differences[:SHOWN])
    assert not differences, f"{len(differences)} {title}:\n  {shown}"


def _absent(expected: Iterable[Key], published: Iterable[Key]) -> list[str]:
    left, right = set(expected), set(published)
    missing = sorted(f"{_named(key)}: not in the release" for key in left - right)
    return missing + sorted(f"{_named(key)}: not in the oracle" for key in right - left)


def compare_cells(oracle: Oracle, published: Mapping[Key, Cell]) -> None:
    """Fails unless both hold the same cells, saying the same."""
    report("cells are in one only", _absent(oracle.cells, published))
    differences = []
    for key, expected in oracle.cells.items():
        found = differing(expected, published[key])
        if found:
            differences.append(f"{_named(key)}: {'; '.join(found)}")
    report("cells differ", differences)


def compare_exclusions(oracle: Oracle, published: Mapping[tuple[Key, str], int]) -> None:
    """Fails unless both leave out the same rows for the same reasons."""
    differences = [
        f"{_named(key)}, {reason}: oracle {expected}, release {found}"
        for key, reason in sorted(oracle.exclusions.keys() | published.keys(), key=str)
        if (expected := oracle.exclusions.get((key, reason), 0)) != (found := published.get((key, reason), 0))
    ]
    report("exclusions differ", differences)


def compare_counts(what: str, expected: Mapping[FateKey, int], published: Mapping[FateKey, int]) -> None:
    """Fails unless both count the same."""
    differences = [
        f"{key}: oracle {expected.get(key, 0)}, release {published.get(key, 0)}"
        for key in sorted(expected.keys() | published.keys(), key=str)
        if expected.get(key, 0) != published.get(key, 0)
    ]
    report(what, differences)


def compare_changes(oracle: Oracle, published: Mapping[Key, Change]) -> None:
    """Fails unless the same cells are compared with the period before, with the same outcome.

    Numbers to 1e-9 of the two values: a difference is smaller than they are, and their last digits stand out in it.
    """
    expected = changes(oracle.cells)
    report("changes are in one only", _absent(expected, published))
    differences = []
    for key, wanted in expected.items():
        found = published[key]
        size = max(abs(wanted.value or 0.0), abs(wanted.previous_value or 0.0))
        columns = [
            f"{name}: oracle {a!r}, release {b!r}"
            for name, a, b in zip(Change._fields, wanted, found, strict=True)
            if not (same(a, b) or (isinstance(a, float) and isinstance(b, float) and abs(a - b) <= RELATIVE * size))
        ]
        if columns:
            differences.append(f"{_named(key)}: {'; '.join(columns)}")
    report("changes differ", differences)


def compare_associations(oracle: Oracle, release: Path) -> None:
    """Fails unless both lay the same outcomes beside the same reliability, and find the same associations."""
    laid = pairs(oracle.cells)
    _compare_rows("pairs", PairKey, Pair, laid, rows_of(release, "outcomes.reliability_by_market"))
    found = rows_of(release, "outcomes.reliability_associations")
    _compare_rows("associations", AssociationKey, Association, associations(laid), found)


def compare_guardrails(oracle: Oracle, release: Path) -> None:
    """Fails unless both say the same of every guardrail."""
    _compare_rows("guardrails", GuardrailKey, Guardrail, oracle.guardrails, rows_of(release, "guardrails"))


def compare_suppressions(oracle: Oracle, release: Path) -> None:
    """Fails unless both withhold the same cells, and splits, for the same reasons."""
    found = {
        (row["metric_id"], (row["entity_type"], row["entity_id"]), row["period_type"], row["period_start_on"],
         row["is_split"]): row["reason"]
        for row in rows_of(release, "suppressions")
    }  # fmt: skip
    has_splits = {key.metric_id for key in oracle.split_keys}
    wholes = {(k.metric_id, (k.entity_type, k.entity_id), k.period_type, k.period_start_on): cell
              for k, cell in oracle.cells.items() if k.dimension is None}  # fmt: skip
    expected = {
        key: why for key, why in oracle.withheld.items()
        if (cell := wholes[key[:4]]).status == "suppressed"
        or (key[4] and (cell.n or cell.numerator or cell.denominator))
    }  # fmt: skip
    expected = {key: why for key, why in expected.items() if not key[4] or key[0] in has_splits}
    differences = [
        f"{key}: oracle {expected.get(key)}, release {found.get(key)}"
        for key in sorted(expected.keys() | found.keys(), key=str)
        if expected.get(key) != found.get(key)
    ]
    report("suppressions differ", differences)


def compare_awards(oracle: Oracle, release: Path) -> None:
    """Fails unless both give the same awards for the same reasons."""
    rows = rows_of(release, "award_tests")  # p-values from errors that are differences of published limits: to 1e-9
    _compare_rows("award tests", TestKey, Test, oracle.award_tests, rows, apart=RELATIVE)
    _compare_rows("awards", AwardKey, Award, oracle.awards, rows_of(release, "awards"))


def compare_recognition(oracle: Oracle, release: Path) -> None:
    """Fails unless both recognise the same by the same records."""
    _compare_rows("recognition", RecognitionKey, Recognition, oracle.recognition, rows_of(release, "recognition"))


_PROOFS = {
    "deployments": ("delivery.fct_deployments", "deployment_id"),
    "incidents": ("reliability.fct_incidents", "incident_id"),
    "automations": ("automation.fct_recipe_reuses", ""),
    "postmortem_actions": ("learning.fct_postmortem_actions", "action_id"),
}
"""By kind of evidence: the facts, and the identifier there that the oracle knows; none: that of the source row."""


def compare_highlights(oracle: Oracle, release: Path) -> None:
    """Fails unless both tell the same of the same teams, by the same facts and numbers."""
    rows = rows_of(release, "highlights")
    for row in rows:
        names = row["evidence_ids"].split(",")
        if row["evidence_kind"] == "metric_values":
            row["proofs"] = frozenset(name.split("/")[4] for name in names)
        else:
            table, column = _PROOFS[row["evidence_kind"]]
            records = {f"{fact['source']}/{fact['source_record_id']}": fact for fact in rows_of(release, table)}
            row["proofs"] = frozenset(str(records[name][column]) if column else name for name in names)
        assert len(row["proofs"]) == len(names), row
    _compare_rows("highlights", HighlightKey, Highlight, oracle.highlights, rows, apart=RELATIVE)


def _compare_rows(
    what: str,
    named: Any,
    said: Any,
    expected: Mapping[Any, Any],
    published: Sequence[Mapping[str, Any]],
    apart: float = 0.0,
) -> None:
    """Rows by the columns of one tuple, and what they say by those of another; numbers may be so far apart."""
    rows = {named(*(row[name] for name in named._fields)): row for row in published}
    assert len(rows) == len(published), f"{len(published) - len(rows)} {what} repeat a key"
    differences = [f"{key}: in one only" for key in sorted(expected.keys() ^ rows.keys(), key=str)]
    for key in expected.keys() & rows.keys():
        wanted = zip(said._fields, expected[key], strict=True)
        differences += [
            f"{key}, {name}: oracle {a!r}, release {b!r}"
            for name, a in wanted
            if not (same(a, b := rows[key][name]) or (isinstance(a, float) and abs(a - (b or math.inf)) <= apart))
        ]
    report(f"{what} differ", differences)


def published_draws(release: Path) -> Draws:
    """scorecard.score_draws by slot, in the order of the draws."""
    found: dict[str, list[tuple[float, float, float]]] = {}
    for row in sorted(rows_of(release, "score_draws"), key=lambda row: (row["slot"], row["draw"])):
        found.setdefault(row["slot"], []).append((row["z1"], row["z2"], row["u"]))
    return found


def _place_of(row: Mapping[str, Any]) -> Place:
    return (row["entity_type"], row["entity_id"]), row["period_type"], row["period_start_on"]


def compare_scores(expected: Scored, release: Path) -> None:
    """Fails unless metric_scores, scores and gaps_to_target have the same rows, saying the same."""
    for table, part, kind, rows in (
        ("metric_scores", "metric_id", MetricScore, expected.metrics),
        ("scores", "pillar", Score, expected.scores),
        ("gaps_to_target", "metric_id", Gap, expected.gaps),
    ):
        published = {(_place_of(row), row[part]): row for row in rows_of(release, table)}
        wanted: Mapping[tuple[Place, str], Any] = rows
        report(f"rows of {table} are in one only", sorted(map(str, wanted.keys() ^ published.keys())))
        differences = [
            f"{key} {name}: oracle {a!r}, release {published[key][name]!r}"
            for key, row in wanted.items()
            for name, a in zip(kind._fields, row, strict=True)
            if not same(a, published[key][name])
        ]
        report(f"rows of {table} differ", differences)


def published_signals(release: Path) -> dict[SignalKey, Signal]:
    """scorecard.integrity_signals by key."""
    return signals_of(rows_of(release, "integrity_signals"))


def signals_of(rows: Sequence[Mapping[str, Any]]) -> dict[SignalKey, Signal]:
    """Rows of integrity_signals by key. Fails when two have one key."""
    found = {
        SignalKey(*(row[name] for name in SignalKey._fields)): Signal(
            **{name: row.get(name) for name in Signal._fields if name != "is_conspicuous"},
            is_conspicuous=row["is_fired"] or row["is_cleared"],
        )
        for row in rows
    }
    assert len(found) == len(rows), f"{len(rows) - len(found)} rows of integrity_signals repeat a key"
    return found


def compare_signals(expected: Mapping[SignalKey, Signal], published: Mapping[SignalKey, Signal]) -> None:
    """Fails unless both look at the same records and say the same of them; probabilities to a millionth of theirs."""
    missing = sorted(f"{key}: not in the release" for key in expected.keys() - published.keys())
    missing += sorted(f"{key}: not in the oracle" for key in published.keys() - expected.keys())
    report("signals are in one only", missing)
    differences = []
    for key, wanted in expected.items():
        columns = [
            f"{name}: oracle {a!r}, release {b!r}"
            for name, a, b in zip(Signal._fields, wanted, published[key], strict=True)
            if not (same(a, b) or (isinstance(a, float) and isinstance(b, float) and math.isclose(a, b, rel_tol=1e-6)))
        ]
        if columns:
            differences.append(f"{tuple(map(str, key))}: {'; '.join(columns)}")
    report("signals differ", differences)
