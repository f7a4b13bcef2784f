"""How histograms of latency count, from the definitions: within the threshold, by percentile, at the peak."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from tests.oracle.reference.book import Book, judge
from tests.oracle.reference.cells import Cell, Tally
from tests.oracle.reference.facts import Facts, LatencyBucket, Objective, Version
from tests.oracle.reference.fates import Context, cleaned
from tests.oracle.reference.finishing import status_of
from tests.oracle.reference.histograms import percentile
from tests.oracle.reference.instants import DAY, HOUR, from_micros
from tests.oracle.reference.readers import Values

WITHIN, PEAK = "latency_within_target", "peak_latency"
PERMILLES = {"p50": 500, "p95": 950, "p99": 990}
FORMER, LEAST_DAYS, BUSIEST = timedelta(days=28), 7, 2
Key = tuple[str, str, str | None, int, float | None]


def add_bucket(buckets: dict[Key, LatencyBucket], values: Values, service: str, context: Context) -> None:
    """Adds a staged row to its hour."""
    market, bound = cleaned(values.get("market")), cleaned(values.get("upper_bound_ms"))
    at = (context.instant(values.get("starts_at")) or 0) // HOUR * HOUR
    upper = None if bound is None else float(bound)
    key = (context.source.name, service, market, at, upper)
    bucket = buckets.setdefault(key, LatencyBucket(context.source.name, service, market, at, upper))
    bucket.samples += 1
    bucket.requests += int(float(cleaned(values.get("count")) or 0))


def version_of_market(values: Values, context: Context) -> Version:
    """A staged row of the register of markets."""
    return Version(
        str(cleaned(values.get("market"))),
        context.instant(values.get("valid_from")),
        context.instant(values.get("valid_to")),
        cleaned(values.get("time_zone")),
    )


def in_force(versions: Sequence[Version], at: int) -> Version | None:
    """The version begun last, until its own end."""
    begun = [version for version in versions if version.starts is None or version.starts <= at]
    return begun[-1] if begun and (begun[-1].ends is None or at < begun[-1].ends) else None


def complete(facts: Facts, objectives: Sequence[Objective]) -> None:
    """Fills what a bucket rests on: its lower bound, the threshold in force, and whether it was a peak hour."""
    ladders: dict[tuple[str, str, int], set[float]] = defaultdict(set)
    for bucket in facts.latency:
        if bucket.upper is not None:
            ladders[bucket.source, bucket.service, bucket.at // DAY].add(bucket.upper)
    thresholds: dict[tuple[str, int], float | None] = {}
    peaks = peak_hours(facts)
    for bucket in facts.latency:
        ladder = ladders[bucket.source, bucket.service, bucket.at // DAY]
        bucket.lower = max((b for b in ladder if bucket.upper is None or b < bucket.upper), default=0.0)
        here = (bucket.service, bucket.at)
        if here not in thresholds:
            thresholds[here] = threshold(objectives, *here)
        bucket.threshold = thresholds[here]
        bucket.is_zone_known = (bucket.market, bucket.at) in peaks
        bucket.is_peak = peaks.get((bucket.market, bucket.at))


def threshold(objectives: Sequence[Objective], service: str, at: int) -> float | None:
    """The lowest of the thresholds in force."""
    found = []
    for slo_id in {objective.slo_id for objective in objectives}:
        begun = [o for o in objectives if o.slo_id == slo_id and (o.starts is None or o.starts <= at)]
        if begun and (begun[-1].ends is None or at < begun[-1].ends):
            last = begun[-1]
            if last.service == service and last.sli == "latency" and last.threshold is not None:
                found.append(last.threshold)
    return min(found, default=None)


def peak_hours(facts: Facts) -> dict[tuple[str | None, int], bool | None]:
    """Of every market of known zone and hour with histograms: whether it was a peak hour; None: not known."""
    versions: dict[str, list[Version]] = defaultdict(list)
    for version in sorted(facts.markets, key=lambda version: version.starts or 0):
        versions[version.thing].append(version)
    local: dict[tuple[str, int], tuple[date, int]] = {}
    traffic: dict[str, dict[date, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    for bucket in facts.latency:
        version = in_force(versions[bucket.market or ""], bucket.at)
        if version is None or version.word is None or bucket.market is None:
            continue
        shown = from_micros(bucket.at).astimezone(ZoneInfo(version.word))
        local[bucket.market, bucket.at] = shown.date(), shown.hour
        traffic[bucket.market][shown.date()][shown.hour] += bucket.requests
    busiest: dict[tuple[str, date], set[int] | None] = {}
    found: dict[tuple[str | None, int], bool | None] = {}
    for (market, at), (day, hour) in local.items():
        week = market, day - timedelta(days=day.weekday())
        if week not in busiest:
            busiest[week] = _busiest(traffic[market], week[1])
        hours = busiest[week]
        found[market, at] = None if hours is None else hour in hours
    return found


def _busiest(days: dict[date, Counter[int]], week: date) -> set[int] | None:
    former = {day: hours for day, hours in days.items() if week - FORMER <= day < week}
    if sum(1 for hours in former.values() if hours.total() > 0) < LEAST_DAYS:
        return None
    total: Counter[int] = Counter()
    for hours in former.values():
        for hour, requests in hours.items():
            total[hour] += requests
    return set(sorted(total, key=lambda hour: (-total[hour], hour))[:BUSIEST])


def note_latency(book: Book, facts: Facts) -> None:
    """Notes all buckets."""
    for bucket in facts.latency:
        _note_within(book, bucket)
        if bucket.is_peak is not False:
            _note_peak(book, bucket)


def _splits(bucket: LatencyBucket) -> list[tuple[str, str] | None]:
    return [None, *([] if bucket.market is None else [("market", bucket.market)])]


def _note_within(book: Book, bucket: LatencyBucket) -> None:
    limit, day = bucket.threshold, book.clock.calendar.day_of(bucket.at)
    is_within = limit is not None and bucket.upper is not None and bucket.upper <= limit
    is_unsure = limit is not None and not is_within and bucket.lower < limit
    reason, weight = ("no_objective", bucket.samples) if limit is None else (None, bucket.requests)
    for split in _splits(bucket):
        for tally in book.counting(WITHIN, bucket, bucket.at, split, reason, weight):
            tally.numerator += bucket.requests if is_within else 0
            tally.unsure += bucket.requests if is_unsure else 0
            tally.n += bucket.requests
            if bucket.requests:
                hits, requests = tally.blocks.get(day, (0, 0))
                tally.blocks[day] = hits + (bucket.requests if is_within else 0), requests + bucket.requests
    if bucket.requests and book.cover.speaks(WITHIN, "cell", judge(bucket, book.organisation), bucket.at):
        for tally in book.tallies_of(WITHIN, bucket, bucket.at, None, True):
            _merge(tally, bucket, day)


def _note_peak(book: Book, bucket: LatencyBucket) -> None:
    reason = None if bucket.is_peak else "peak_unknown" if bucket.is_zone_known else "time_zone_unknown"
    weight, day = (bucket.requests if reason is None else bucket.samples), book.clock.calendar.day_of(bucket.at)
    for split in _splits(bucket):
        for tally in book.counting(PEAK, bucket, bucket.at, split, reason, weight):
            tally.numerator += 0 if bucket.upper is None else bucket.requests
            tally.n += bucket.requests
            if bucket.requests:
                _merge(tally, bucket, day)


def _merge(tally: Tally, bucket: LatencyBucket, day: int) -> None:
    tally.buckets[bucket.lower, bucket.upper] += bucket.requests
    tally.bucket_days.add(day)


def finish_peak(tally: Tally, covered: bool, closed: bool) -> Cell:
    """The 95th percentile with the bounds between which it lies; n is days."""
    status = status_of(len(tally.bucket_days), tally.excluded, covered)
    return _percentile_cell(tally, PERMILLES["p95"], status, closed)


def finish_percentiles(tally: Tally, closed: bool) -> dict[str, Cell]:
    """Of all requests, where there are any."""
    if not tally.buckets:
        return {}
    status = status_of(len(tally.bucket_days), Counter(), True)
    return {name: _percentile_cell(tally, permille, status, closed) for name, permille in PERMILLES.items()}


def _percentile_cell(tally: Tally, permille: int, status: str, closed: bool) -> Cell:
    requests = tally.buckets.total()
    bounded = sum(count for (_, upper), count in tally.buckets.items() if upper is not None)
    value, low, high = None, None, None
    if status in ("ok", "provisional"):
        value, low, high = percentile(tally.buckets, permille)
    return Cell(bounded, requests, len(tally.bucket_days), requests - bounded, value, low, high, status, closed)
