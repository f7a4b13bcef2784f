"""slos.yml: what is right becomes objectives; what is wrong is named with file, line, document, key and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import organisation
from pipelines.errors import UserError
from tests.unit.landing_support import load, write_folder

WEB = "web,Web,,1,,,\n"
SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: web-availability
spec:
  service: web
  timeWindow:
    - duration: 4w
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.999
"""
SLICES = """\
  budgetingMethod: Timeslices
  objectives:
    - {displayName: inner, target: 0.995, timeSliceTarget: 0.95, timeSliceWindow: 1m}
    - {displayName: contract, targetPercent: 99, timeSliceTarget: 1, timeSliceWindow: 1m}
"""
EXAMPLES = "vendor_api/openslo/examples"


def objectives(tmp_path: Path, text: str) -> list[dict[str, str]]:
    (tmp_path / "slos.yml").write_text(text)
    rows = load(tmp_path, services=WEB).slos
    return [{column: value for column, value in row.values.items() if value is not None} for row in rows]


def problems(tmp_path: Path, text: str) -> tuple[str, ...]:
    write_folder(tmp_path, services=WEB)
    (tmp_path / "slos.yml").write_text(text)
    with pytest.raises(UserError) as caught:
        organisation.load(tmp_path)
    assert caught.value.exit_status == 2
    return tuple(problem.removeprefix(f"{tmp_path / 'slos.yml'}:") for problem in caught.value.problems)


def test_a_folder_without_the_file_has_none(tmp_path: Path) -> None:
    assert load(tmp_path).slos == ()


def test_occurrences(tmp_path: Path) -> None:
    assert objectives(tmp_path, SLO) == [
        {
            "slo_id": "web-availability", "service_id": "web", "sli": "availability", "budgeting": "occurrences",
            "objective": "0.999", "window_days": "28",
        }
    ]  # fmt: skip


def test_several_objectives_of_time_slices_are_told_apart_by_their_names(tmp_path: Path) -> None:
    head = SLO.partition("  budgetingMethod")[0]
    shown = [(o["slo_id"], o["objective"], o["slice_target"]) for o in objectives(tmp_path, head + SLICES)]
    assert shown == [("web-availability/inner", "0.995", "0.95"), ("web-availability/contract", "0.99", "1")]


def test_a_threshold_is_about_latency_and_an_annotation_says_since_when(tmp_path: Path) -> None:
    note = "  name: web-availability\n  annotations: {reliability-scorecard/valid-from: 2026-03-01T00:00:00+01:00}\n"
    text = SLO.replace("  name: web-availability\n", note).replace(
        "spec:\n", "spec:\n  indicator: {spec: {thresholdMetric: {metricSource: {type: Any}}}}\n"
    )
    (found,) = objectives(tmp_path, text.replace("- target:", "- value: 500\n      target:"))
    assert found["sli"] == "latency"
    assert found["threshold_ms"] == "500"
    assert found["valid_from"] == "2026-02-28T23:00:00.000000Z"


def test_services_are_documents_too(tmp_path: Path) -> None:
    service = "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: web}\n---\n"
    assert len(objectives(tmp_path, service + SLO)) == 1


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("openslo/v1", "openslo/v1alpha", 1, "apiVersion: is 'openslo/v1alpha'; write openslo/v1"),
        ("kind: SLO", "kind: AlertPolicy", 2, "kind: is 'AlertPolicy'; keep SLO and Service here"),
        ("  name: web-availability", "  displayName: x", 3, "metadata.name: is missing; give the objective an id"),
        ("service: web", "service: wob", 6, "spec.service: 'wob' is no service_id of services.csv; add it there"),
        ("duration: 4w", "duration: 1M", 8, "spec.timeWindow.0.duration: '1M' is no number of days; write 28d or 4w"),
        ("isRolling: true", "isRolling: false", 9, "spec.timeWindow.0.isRolling: only rolling windows are read"),
        ("Occurrences", "RatioTimeslices", 10, "spec.budgetingMethod: is 'RatioTimeslices'; write Occurrences or"),
        ("target: 0.999", "target: 1.0", 12, "spec.objectives.0.target: '1.0' leaves no error budget; write less than"),
        ("target: 0.999", "target: 99.9", 12, "spec.objectives.0.target: '99.9' does not lie between 0 and 1"),
        ("target: 0.999", "target: most", 12, "spec.objectives.0.target: 'most' is no number; write one such as 0.99"),
        ("target: 0.999", "target: 0.9999999", 12, "'0.9999999' is finer than a millionth; round it"),
        ("target: 0.999", "op: gt", 12, "spec.objectives.0.target: give either target or targetPercent"),
        (
            "target: 0.999",
            "target: 0.9\n      timeSliceTarget: 0.9",
            13,
            "is for budgetingMethod Timeslices; remove it",
        ),
        ("Occurrences", "Timeslices", 12, "spec.objectives.0.timeSliceTarget: is missing; write what share"),
        ("Occurrences", "Timeslices", 12, "spec.objectives.0.timeSliceWindow: None is no length of a slice"),
        ("Occurrences", "[a", 10, ""),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, right: str, wrong: str, line: int, said: str) -> None:
    found = problems(tmp_path, SLO.replace(right, wrong, 1))
    head = f"{line}: document 1: " if said else ""
    assert any(problem.startswith(head) and said in problem for problem in found), found


def test_an_objective_given_twice_is_named_by_both_lines(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, SLO + "---\n" + SLO)
    assert "'web-availability' is an objective of line 12 already; rename one" in found


@pytest.fixture
def examples(real_data: Path) -> Iterator[Path]:
    """The vendor's own examples."""
    yield real_data / EXAMPLES


def test_the_vendors_examples_are_read_or_refused_with_a_remedy(examples: Path, tmp_path: Path) -> None:
    seen = {}
    for number, file in enumerate(sorted(examples.glob("*/*.yaml"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        write_folder(folder, services="web-shop,Shop,,1,,,\nweb-availability,Web,,1,,,\n")
        (folder / "slos.yml").write_text(file.read_text())
        try:
            seen[f"{file.parent.name}/{file.name}"] = [row.text("slo_id") for row in organisation.load(folder).slos]
        except UserError as error:
            seen[f"{file.parent.name}/{file.name}"] = [
                problem.rpartition(": ")[0].partition(": ")[2] for problem in error.problems
            ]
    assert seen["budgeting-method/occurences-slo.yaml"] == ["search-slo"]
    assert len(seen) == 4
    assert all(
        any("timeWindow" in problem or "budgetingMethod" in problem for problem in found)
        for name, found in seen.items()
        if name != "budgeting-method/occurences-slo.yaml"
    ), seen
