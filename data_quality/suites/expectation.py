"""A declared expectation, and the few kinds of it that the suites use."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DRIFT = "drift"
STAGING = "staging"


@dataclass(frozen=True, slots=True)
class Expectation:
    """One declared expectation about one frame.

    name is unique; kind and arguments are Great Expectations'; the four texts make the message of a failure.
    """

    name: str
    layer: str
    frame: str
    kind: str
    arguments: Mapping[str, object]
    expected: str
    look: str
    remedy: str
    show: tuple[str, ...] = field(default=())


def zero(column: str) -> tuple[str, dict[str, object]]:
    """Every value of a column is 0."""
    return "expect_column_values_to_be_between", {"column": column, "min_value": 0, "max_value": 0}


def between(column: str, low: float | None, high: float | None) -> tuple[str, dict[str, object]]:
    """Every value of a column lies between two, which are in it; None: no bound."""
    return "expect_column_values_to_be_between", {"column": column, "min_value": low, "max_value": high}


def within(column: str, values: tuple[str, ...]) -> tuple[str, dict[str, object]]:
    """Every value of a column is one of these."""
    return "expect_column_values_to_be_in_set", {"column": column, "value_set": list(values)}


def at_most(column: str, limit: str) -> tuple[str, dict[str, object]]:
    """No value of a column is above that of another in its row; unknown breaks nothing."""
    arguments = {
        "column_A": limit,
        "column_B": column,
        "or_equal": True,
        "ignore_row_if": "either_value_is_missing",
    }
    return "expect_column_pair_values_a_to_be_greater_than_b", arguments


def equal(column_a: str, column_b: str) -> tuple[str, dict[str, object]]:
    """Two columns are the same in every row."""
    return "expect_column_pair_values_to_be_equal", {"column_A": column_a, "column_B": column_b}


def some_rows() -> tuple[str, dict[str, object]]:
    """The frame has a row."""
    return "expect_table_row_count_to_be_between", {"min_value": 1}
