"""Cases of macros/portable/dates_*.sql."""

from __future__ import annotations

from typing import Any

from tests.spark.cases import Cases, at, day
from tests.spark.engines import each

BERLIN, HAVANA, SAO_PAULO = "Europe/Berlin", "America/Havana", "America/Sao_Paulo"
LORD_HOWE, APIA, ST_JOHNS = "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns"
ZONED = {"instant": "timestamp", "zone": "string"}
DAY_IN_ZONE = {"day_on": "date", "zone": "string"}

TO_LOCAL: list[tuple[Any, ...]] = [
    (at("2026-07-01 08:00:00.123456"), BERLIN, at("2026-07-01 10:00:00.123456")),
    (at("2026-03-29 00:59:59.999999"), BERLIN, at("2026-03-29 01:59:59.999999")),
    (at("2026-03-29 01:00:00"), BERLIN, at("2026-03-29 03:00:00")),
    (at("2026-10-25 00:30:00"), BERLIN, at("2026-10-25 02:30:00")),
    (at("2026-10-25 01:30:00"), BERLIN, at("2026-10-25 02:30:00")),
    (at("2026-04-04 15:15:00"), LORD_HOWE, at("2026-04-05 01:45:00")),
    (at("2011-12-30 09:59:59"), APIA, at("2011-12-29 23:59:59")),
    (at("2011-12-30 10:00:00"), APIA, at("2011-12-31 00:00:00")),
    (at("2026-07-01 08:00:00"), "Asia/Kolkata", at("2026-07-01 13:30:00")),
    (at("1970-01-01 00:00:00"), "UTC", at("1970-01-01 00:00:00")),
    (at("2199-12-31 23:59:59.999999"), "UTC", at("2199-12-31 23:59:59.999999")),
    (None, BERLIN, None),
]

TO_UTC: list[tuple[Any, ...]] = [
    (at("2026-07-01 10:00:00.123456"), BERLIN, at("2026-07-01 08:00:00.123456")),
    (at("2026-01-01 10:00:00"), BERLIN, at("2026-01-01 09:00:00")),
    # skipped: read with the offset before the change
    (at("2026-03-29 02:00:00"), BERLIN, at("2026-03-29 01:00:00")),
    (at("2026-03-29 02:30:00"), BERLIN, at("2026-03-29 01:30:00")),
    (at("2026-03-29 03:00:00"), BERLIN, at("2026-03-29 01:00:00")),
    (at("2018-11-04 00:00:00"), SAO_PAULO, at("2018-11-04 03:00:00")),
    (at("2026-10-04 02:15:00"), LORD_HOWE, at("2026-10-03 15:45:00")),
    (at("2011-12-30 12:00:00"), APIA, at("2011-12-30 22:00:00")),
    # twice: the first coming
    (at("2026-10-25 01:59:59.999999"), BERLIN, at("2026-10-24 23:59:59.999999")),
    (at("2026-10-25 02:00:00"), BERLIN, at("2026-10-25 00:00:00")),
    (at("2026-10-25 02:59:59.999999"), BERLIN, at("2026-10-25 00:59:59.999999")),
    (at("2026-10-25 03:00:00"), BERLIN, at("2026-10-25 02:00:00")),
    (at("2026-04-05 01:45:00"), LORD_HOWE, at("2026-04-04 14:45:00")),
    (at("2026-04-05 02:00:00"), LORD_HOWE, at("2026-04-04 15:30:00")),
    (at("2011-11-06 00:00:30"), ST_JOHNS, at("2011-11-06 02:30:30")),
    # a day after a change, either way
    (at("2026-03-29 12:00:00"), BERLIN, at("2026-03-29 10:00:00")),
    (at("2026-10-25 12:00:00"), BERLIN, at("2026-10-25 11:00:00")),
    (at("2026-10-25 02:30:00"), "UTC", at("2026-10-25 02:30:00")),
    (None, BERLIN, None),
    (None, "UTC", None),
]

LOCAL_DAY: list[tuple[Any, ...]] = [
    (at("2026-06-30 21:59:59.999999"), BERLIN, day("2026-06-30")),
    (at("2026-06-30 22:00:00"), BERLIN, day("2026-07-01")),
    (at("2011-12-30 10:00:00"), APIA, day("2011-12-31")),
    (at("2026-06-30 23:59:59.999999"), "UTC", day("2026-06-30")),
    (None, BERLIN, None),
]

HOURS_SHOWN: list[tuple[Any, ...]] = [
    (at("2026-06-30 00:00:00"), 0),
    (at("2026-06-30 23:59:59.999999"), 23),
    (at("2026-03-29 02:30:00"), 2),
    (None, None),
]

DAY_START: list[tuple[Any, ...]] = [
    (day("2026-03-29"), BERLIN, at("2026-03-28 23:00:00")),
    (day("2026-03-30"), BERLIN, at("2026-03-29 22:00:00")),
    (day("2018-11-04"), SAO_PAULO, at("2018-11-04 03:00:00")),  # midnight does not exist
    (day("2023-11-05"), HAVANA, at("2023-11-05 04:00:00")),  # midnight exists twice
    (day("2011-11-06"), ST_JOHNS, at("2011-11-06 02:30:00")),  # a day that begins twice
    (day("2026-04-05"), LORD_HOWE, at("2026-04-04 13:00:00")),
    (day("2026-04-06"), LORD_HOWE, at("2026-04-05 13:30:00")),
    (day("2011-12-30"), APIA, at("2011-12-30 10:00:00")),  # a day that never was
    (day("2011-12-31"), APIA, at("2011-12-30 10:00:00")),
    (day("2026-07-01"), "UTC", at("2026-07-01 00:00:00")),
    (None, BERLIN, None),
]

UNNEST_DAYS: list[tuple[Any, ...]] = [
    (day("2028-02-28"), day("2028-03-01"), [day("2028-02-28"), day("2028-02-29"), day("2028-03-01")]),
    (day("2026-07-01"), day("2026-07-01"), [day("2026-07-01")]),
    (day("2026-07-02"), day("2026-07-01"), []),
    (None, day("2026-07-01"), []),
    (day("2026-07-01"), None, []),
]

PERIOD_STARTS: dict[str, list[tuple[Any, ...]]] = {
    "week": [
        (day("2026-11-23"), day("2026-11-23")),
        (day("2026-11-29"), day("2026-11-23")),
        (day("2027-01-01"), day("2026-12-28")),
        (None, None),
    ],
    "month": [(day("2028-02-29"), day("2028-02-01")), (day("2026-12-31"), day("2026-12-01"))],
    "quarter": [
        (day("2026-03-31"), day("2026-01-01")),
        (day("2026-04-01"), day("2026-04-01")),
        (day("2026-12-31"), day("2026-10-01")),
    ],
}

LATER: dict[int, list[tuple[Any, ...]]] = {
    1: [(day("2026-01-31"), day("2026-02-28")), (day("2028-01-31"), day("2028-02-29")), (None, None)],
    3: [(day("2026-10-01"), day("2027-01-01"))],
}
EARLIER: dict[int, list[tuple[Any, ...]]] = {
    0: [(day("2026-03-01"), day("2026-03-01"))],
    1: [(day("2026-03-31"), day("2026-02-28")), (day("2028-03-01"), day("2028-02-01")), (None, None)],
    3: [(day("2027-01-01"), day("2026-10-01"))],
}
JUST_BEFORE: list[tuple[Any, ...]] = [
    (at("2026-01-01 00:00:00"), at("2025-12-31 23:59:59.999999")),
    (at("2026-03-29 01:00:00"), at("2026-03-29 00:59:59.999999")),
    (None, None),
]


def cases() -> list[Cases]:
    return [
        Cases("dates_to_local", ZONED, "timestamp", TO_LOCAL),
        Cases("dates_to_utc", ZONED, "timestamp", TO_UTC),
        Cases("dates_local_day", ZONED, "date", LOCAL_DAY),
        Cases("dates_hour", {"shown_at": "timestamp"}, "bigint", HOURS_SHOWN),
        Cases("dates_day_start", DAY_IN_ZONE, "timestamp", DAY_START),
        Cases("dates_unnest_days", {"first_on": "date", "last_on": "date"}, "date", UNNEST_DAYS, several=True),
        Cases("dates_just_before", {"instant": "timestamp"}, "timestamp", JUST_BEFORE),
        *(
            Cases(macro, {"day_on": "date"}, "date", rows, query=each(macro, "day_on", str(months)))
            for macro, steps in (("dates_plus_months", LATER), ("dates_minus_months", EARLIER))
            for months, rows in steps.items()
        ),
        *(
            Cases(
                "dates_period_start",
                {"day_on": "date"},
                "date",
                rows,
                query=each("dates_period_start", period, "day_on"),
            )
            for period, rows in PERIOD_STARTS.items()
        ),
    ]
