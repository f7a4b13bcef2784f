"""Objectives, samples and agreed windows of ready-made records, as the metrics take them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from tests.oracle.reference.coverage import united
from tests.oracle.reference.facts import Exclusion, Objective, Sample, SloHour
from tests.oracle.reference.fates import Context, cleaned
from tests.oracle.reference.instants import HOUR, SECOND
from tests.oracle.reference.readers import Values
from tests.oracle.reference.record_values import found, number, value_of


def finer_than_millionths(values: Values) -> Iterator[str]:
    """The shares of an objective that have more than six decimals; what is no number has other defects."""
    for name in ("objective", "slice_target"):
        try:
            share = Fraction(cleaned(values.get(name)) or "0")
        except ValueError:
            continue
        if share % Fraction(1, 1_000_000):
            yield name


def objective_of(values: Values, context: Context) -> Objective:
    """A version of an objective."""
    target, window = cleaned(values.get("slice_target")), cleaned(values.get("window_days"))
    return Objective(
        slo_id=str(cleaned(values.get("slo_id"))),
        service=str(found("service", values, "service_id", context)),
        sli=str(value_of(values, "sli", context)),
        starts=context.instant(values.get("valid_from")),
        ends=context.instant(values.get("valid_to")),
        budgeting=value_of(values, "budgeting", context) or "occurrences",
        objective=Fraction(str(cleaned(values.get("objective")))),
        slice_target=None if target is None else Fraction(target),
        window_days=None if window is None else int(number(window)),
        threshold=None if cleaned(values.get("threshold_ms")) is None else number(values.get("threshold_ms")),
    )


def add_sample(hours: dict[tuple[str, str | None, int], SloHour], values: Values, context: Context) -> None:
    """Adds a sample to its hour."""
    slo_id, market = str(cleaned(values.get("slo_id"))), cleaned(values.get("market"))
    starts = context.instant(values.get("starts_at")) or 0
    at = starts // HOUR * HOUR
    hour = hours.setdefault((slo_id, market, at), SloHour(slo_id, market, at))
    hour.samples += 1
    good, valid = int(number(values.get("good"))), int(number(values.get("valid")))
    seconds = cleaned(values.get("seconds"))
    hour.good += good
    hour.valid += valid
    hour.parts.append(Sample(starts, good, valid, None if seconds is None else int(number(seconds))))


def version_in_force(versions: Sequence[Objective], at: int) -> Objective | None:
    """The last version that had begun by an instant, unless it had ended."""
    begun = [version for version in versions if version.starts is None or version.starts <= at]
    return begun[-1] if begun and (begun[-1].ends is None or at < begun[-1].ends) else None


def state(hour: SloHour, versions: Sequence[Objective]) -> None:
    """Fills service and indicator from the version in force when the hour began."""
    version = version_in_force(versions, hour.at)
    if version is not None:
        hour.service, hour.sli, hour.stated = version.service, version.sli, version


def by_agreement(hours: Iterable[SloHour], exclusions: Sequence[Exclusion]) -> Iterator[SloHour]:
    """Every hour; one that has samples within agreed windows of its objective, or of its service, is two."""
    for hour in hours:
        windows = united(
            (agreed.starts, agreed.ends)
            for agreed in exclusions
            if hour.stated is not None
            and agreed.invalid_reason is None
            and (agreed.slo_id == hour.slo_id or (agreed.slo_id is None and agreed.service == hour.service))
        )
        parts: dict[bool, list[Sample]] = {False: [], True: []}
        for part in hour.parts:
            parts[any(_lies_in(part, window) for window in windows)].append(part)
        for is_agreed, some in parts.items():
            good, valid = sum(part.good for part in some), sum(part.valid for part in some)
            if some:
                yield replace(hour, samples=len(some), good=good, valid=valid, parts=some, is_agreed=is_agreed)


def _lies_in(part: Sample, window: tuple[int, int]) -> bool:
    """From its start to its end; of one of unknown length nobody can say."""
    return part.seconds is not None and window[0] <= part.at and part.at + part.seconds * SECOND <= window[1]


def exclusion_of(values: Values, context: Context) -> Exclusion:
    """An agreed window, not judged yet."""
    return Exclusion(
        exclusion_id=str(cleaned(values.get("exclusion_id"))),
        slo_id=cleaned(values.get("slo_id")),
        service=found("service", values, "service_id", context),
        starts=context.instant(values.get("starts_at")) or 0,
        ends=context.instant(values.get("ends_at")) or 0,
        registered_at=context.instant(values.get("registered_at")),
    )
