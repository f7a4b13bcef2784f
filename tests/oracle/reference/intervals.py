"""95 % intervals: Wilson for ratios, exact Poisson and Byar for counts, and the geometric mean."""

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
EXACT_UP_TO = 100


def wilson(numerator: int, denominator: int) -> tuple[float, float]:
    """Wilson's score interval of a ratio; denominator above 0."""
    share, squared = numerator / denominator, Z * Z
    middle = (share + squared / (2 * denominator)) / (1 + squared / denominator)
    inner = share * (1 - share) / denominator + squared / (4 * denominator * denominator)
    half = Z * math.sqrt(inner) / (1 + squared / denominator)
    return max(0.0, middle - half), min(1.0, middle + half)


def poisson_at_most(count: int, mean: float) -> float:
    """P(X <= count) of a Poisson variable."""
    if mean == 0:
        return 1.0
    log_mean = math.log(mean)
    return math.fsum(math.exp(k * log_mean - mean - math.lgamma(k + 1)) for k in range(count + 1))


def _mean_where(count: int, probability: float) -> float:
    """The mean at which P(X <= count) equals the probability, by bisection to the last bit."""
    low, high = 0.0, 10.0 + 4.0 * (count + 1)
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        if poisson_at_most(count, middle) > probability:
            low = middle
        else:
            high = middle


@cache
def poisson(count: int) -> tuple[float, float]:
    """Interval of a Poisson mean from one count: exact (Garwood) up to 100, Byar's above."""
    if count <= EXACT_UP_TO:
        return (0.0 if count == 0 else _mean_where(count - 1, 0.975), _mean_where(count, 0.025))
    above = count + 1
    low = count * (1 - 1 / (9 * count) - Z / (3 * math.sqrt(count))) ** 3
    return low, above * (1 - 1 / (9 * above) + Z / (3 * math.sqrt(above))) ** 3


def dispersion(counts: Sequence[tuple[int, int]], exposed: int, days: int, total: int) -> Fraction:
    """Pearson's dispersion of a rate over entity-days.

    counts: (events, exposure) of the exposed days that have events; exposed: the exposure of all days;
    days: how many days are exposed; total: the events of the whole period. 1 with no event or one day.
    Source: sum of (x - r e)^2 / (r e) over days, by k - 1, with r = total / exposed.
    """
    if total == 0 or days < 2 or exposed == 0:
        return Fraction(1)
    rate = Fraction(total, exposed)
    squares = sum((Fraction(x * x, e) for x, e in counts), Fraction(0)) / rate
    return (squares - 2 * sum(x for x, _ in counts) + rate * exposed) / (days - 1)


def rate_interval(total: int, denominator: Fraction, phi: Fraction) -> tuple[float, float]:
    """The interval of total / denominator, each side widened by the root of a dispersion above 1."""
    value = float(total / denominator)
    widening = math.sqrt(max(Fraction(1), phi))
    low, high = (bound / float(denominator) for bound in poisson(total))
    return max(0.0, value - (value - low) * widening), value + (high - value) * widening


def geometric_mean(values: Sequence[float]) -> tuple[float, float | None, float | None]:
    """exp of the mean logarithm, with its normal interval (none from a single value); values above 0."""
    logs = [math.log(value) for value in values]
    mean = math.fsum(logs) / len(logs)
    if len(logs) < 2:
        return math.exp(mean), None, None
    spread = math.sqrt(math.fsum((x - mean) ** 2 for x in logs) / (len(logs) - 1))
    half = Z * spread / math.sqrt(len(logs))
    return math.exp(mean), math.exp(mean - half), math.exp(mean + half)


def student_within(t: float, degrees: int) -> float:
    """P(|T| <= t), by the finite sums of Abramowitz and Stegun 26.7.3 and 26.7.4."""
    angle = math.atan(t / math.sqrt(degrees))
    sine, cosine = math.sin(angle), math.cos(angle)
    is_odd = degrees % 2 == 1
    term = cosine if is_odd else 1.0
    total = 0.0 if degrees == 1 else term
    for step in range(2 if is_odd else 1, degrees - 2, 2):
        term *= step / (step + 1) * cosine * cosine
        total += term
    return 2 / math.pi * (angle + sine * total) if is_odd else sine * total


@cache
def student(degrees: int) -> float:
    """The t that |T| exceeds with probability .05, by bisection to the last bit."""
    low, high = 0.0, 20.0
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        if student_within(middle, degrees) < 0.95:
            low = middle
        else:
            high = middle


def jackknife(blocks: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """Interval of a share from its blocks, between 0 and 1; of one that has passed 1 the upper end is open."""
    low, high = jackknife_open(blocks)
    has_passed = sum(x for x, _ in blocks) > sum(y for _, y in blocks)
    return max(0.0, low), high if has_passed else min(1.0, high)


def jackknife_open(blocks: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """Interval of a ratio of sums from its blocks (numerator, denominator), two or more: leave each out in turn."""
    numerator, denominator = (sum(column) for column in zip(*blocks, strict=True))
    left = [Fraction(numerator - x, denominator - y) for x, y in blocks]
    middle = sum(left) / len(left)
    variance = Fraction(len(left) - 1, len(left)) * sum((each - middle) ** 2 for each in left)
    half = student(len(left) - 1) * math.sqrt(variance)
    return numerator / denominator - half, numerator / denominator + half


Difference = tuple[float, float, float]
"""A difference of two shares with its limits."""


def beyond(answered: tuple[int, int], alone: tuple[int, int]) -> Difference:
    """r - s of (hits, events) each, by Newcombe's method 10; where none was left alone, r with its own limits."""
    share, (low, high) = answered[0] / answered[1], wilson(*answered)
    other, (other_low, other_high) = (0.0, (0.0, 0.0)) if not alone[1] else (alone[0] / alone[1], wilson(*alone))
    found = share - other
    return (
        found,
        found - math.hypot(share - low, other_high - other),
        found + math.hypot(high - share, other - other_low),
    )


def joined_effects(classes: Sequence[tuple[int, Difference]]) -> Difference:
    """sum n max(0, d) / sum n of (n, d): Zou and Donner 2008, the lower limit that of sum n d, held within 0 and 1."""
    total = sum(n for n, _ in classes)
    shares = [(n / total, each) for n, each in classes]
    value = math.fsum(share * max(0.0, d) for share, (d, _, _) in shares)
    below = math.sqrt(math.fsum((share * (d - low)) ** 2 for share, (d, low, _) in shares))
    above = math.sqrt(math.fsum((share * (max(0.0, high) - max(0.0, d))) ** 2 for share, (d, _, high) in shares))
    return value, max(0.0, math.fsum(share * d for share, (d, _, _) in shares) - below), min(1.0, value + above)
