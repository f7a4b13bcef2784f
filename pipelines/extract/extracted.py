"""What every reader returns, and the one rule for which of its columns are landed.

Belongs here: the query shape, declared against found columns. Does not belong here: any format.
"""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipelines.errors import UserError
from pipelines.extract.feeds import Feed


@dataclass(frozen=True)
class Extracted:
    """Rows of one unit: `query` gives the feed's columns as text, `_file` and `_row`; it can be read once.

    `_row` counts the unit's records from 1 on, so that it identifies a row of a batch: in a unit of one file it is
    the record's number in the file, in a unit of several it runs on from file to file.

    `columns` are those of the feed that the source has: the others would be null in every row.
    `undeclared` are columns found but not landed. `expected` is the number of records counted apart from the
    parser (None if the format itself says so). `explain` finds the row at fault
    after a parser's failure; None if the source is not to blame.
    """

    query: str
    columns: tuple[str, ...]
    undeclared: tuple[str, ...]
    expected: int | None = None
    explain: Callable[[Exception], UserError | None] | None = None


def present(found: Iterable[str], feed: Feed) -> tuple[str, ...]:
    """The feed's columns that a file has, in the feed's order."""
    names = set(found)
    return tuple(column for column in feed.columns if column in names)


def undeclared(found: Iterable[str], feed: Feed) -> tuple[str, ...]:
    """Columns of a file that the feed does not declare."""
    return tuple(sorted(set(found) - set(feed.columns)))


def check_columns(found: Iterable[str], feed: Feed, origin: str) -> None:
    """Raises UserError if a required column is missing, with the nearest one found."""
    names = set(found)
    missing = [column for column in feed.columns if column in feed.required and column not in names]
    if missing:
        raise UserError(
            f"{origin}: column {_with_guess(missing[0], names)} of feed {feed.name} is missing"
            + (f", and so are {', '.join(missing[1:])}" if missing[1:] else "")
            + f"; the file has: {', '.join(sorted(names)) or 'none'}. Correct the file, or its `feed`"
        )


def _with_guess(column: str, names: set[str]) -> str:
    guess = difflib.get_close_matches(column, names, n=1, cutoff=0.75)
    return f"{column!r} (is it {guess[0]!r}?)" if guess else repr(column)
