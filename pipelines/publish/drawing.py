"""Small pictures as SVG text: interval bars and trends.

Belongs here: geometry. Does not belong here: what is drawn (page.py), colours (the template's classes).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a trend; value None leaves a gap, for unknown is never drawn as zero."""

    label: str
    value: float | None
    low: float | None
    high: float | None


def interval_bar(value: float | None, low: float | None, high: float | None, top: float, label: str) -> str:
    """A bar from low to high with a mark at the value, on a scale from 0 to `top`; an open end fades to the edge."""
    width, height, middle = 220.0, 18.0, 9.0
    scale = (width - 8) / top if top > 0 else 0.0

    def at(number: float) -> float:
        return 4 + min(max(number, 0.0), top) * scale

    left = at(low or 0.0)
    right = at(high) if high is not None else width - 4
    parts = [
        f'<line class="axis" x1="4" x2="{width - 4:.1f}" y1="{middle}" y2="{middle}"/>',
        f'<rect class="range{"" if high is not None else " open"}" x="{left:.1f}" y="{middle - 4}" '
        f'width="{max(right - left, 2):.1f}" height="8" rx="4"/>',
    ]
    if value is not None:
        parts.append(f'<circle class="mark" cx="{at(value):.1f}" cy="{middle}" r="5"/>')
    return _svg(width, height, label, "".join(parts), "bar")


def trend(points: Sequence[Point], label: str) -> str:
    """A line through the known values with its band of intervals; gaps stay gaps. Below zero is below the axis."""
    width, height, pad = 320.0, 64.0, 5.0
    tops = [p.high if p.high is not None else p.value for p in points if p.value is not None]
    top = _ceiling([t for t in tops if t is not None], [p.value for p in points if p.value is not None])
    top, bottom = max(top, 0.0), min([0.0, *(p.value for p in points if p.value is not None)])
    step = (width - 2 * pad) / max(len(points) - 1, 1)
    scale = (height - 2 * pad) / (top - bottom) if top > bottom else 0.0

    def xy(index: int, number: float) -> tuple[float, float]:
        return pad + index * step, height - pad - (min(max(number, bottom), top) - bottom) * scale

    zero = xy(0, 0.0)[1]
    parts = [f'<line class="axis" x1="{pad}" x2="{width - pad}" y1="{zero}" y2="{zero}"/>']
    for run in _runs(points):
        upper = [xy(i, p.high if p.high is not None else top) for i, p in run]
        lower = [xy(i, p.low if p.low is not None else 0.0) for i, p in reversed(run)]
        line = [xy(i, p.value or 0.0) for i, p in run]
        if len(run) > 1:
            parts.append(f'<polygon class="band" points="{_path([*upper, *lower])}"/>')
            parts.append(f'<polyline class="line" points="{_path(line)}"/>')
        else:
            parts.append(f'<circle class="dot" cx="{line[0][0]:.1f}" cy="{line[0][1]:.1f}" r="2"/>')
    known = [(i, p) for i, p in enumerate(points) if p.value is not None]
    if known:
        x, y = xy(known[-1][0], known[-1][1].value or 0.0)
        parts.append(f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>')
    return _svg(width, height, label, "".join(parts), "trend")


def _ceiling(tops: Sequence[float], values: Sequence[float]) -> float:
    """Top of the scale: the highest interval, but not more than three times the highest value."""
    if not values or not tops:
        return 0.0
    return min(max(tops), 3 * max(values)) if max(values) > 0 else max(tops)


def _runs(points: Sequence[Point]) -> list[list[tuple[int, Point]]]:
    runs: list[list[tuple[int, Point]]] = [[]]
    for index, point in enumerate(points):
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append((index, point))
    return [run for run in runs if run]


def shares(parts: Sequence[tuple[str, float]], label: str) -> str:
    """A stacked bar of (class, share)."""
    width, height, x = 260.0, 14.0, 0.0
    drawn = []
    for name, share in parts:
        drawn.append(
            f'<rect class="fate-{escape(name)}" x="{x:.2f}" y="0" width="{share * width:.2f}" height="{height}"/>'
        )
        x += share * width
    return _svg(width, height, label, "".join(drawn), "shares")


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _svg(width: float, height: float, label: str, body: str, kind: str) -> str:
    return (
        f'<svg class="{kind}" viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(label)}">'
        f"<title>{escape(label)}</title>{body}</svg>"
    )
