"""Counts the records of a CSV file by its bytes alone, apart from the parser, and finds stray quotes.

Belongs here: the check that no parser's leniency loses a row in silence. Does not belong here: values.
Records end at LF, CRLF or CR outside quotes; blank lines are none.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np

LF, CR, QUOTE, COMMA = 10, 13, 34, 44
BLOCK = 1 << 24
Bytes = Any


class StrayQuote(ValueError):
    """A quote inside a value, or never closed; `record` is 1-based, the header included."""

    def __init__(self, record: int) -> None:
        super().__init__(f"stray quote in record {record}")
        self.record = record


@dataclass
class _Counter:
    """State between blocks: all of it small."""

    records: int = 0
    has_quotes: bool = False
    is_open: bool = False
    has_content: bool = False
    last: int = LF
    ends: list[int] = field(default_factory=list)

    def add(self, content: bytes, following: int) -> None:
        """Counts one block; `following` is the byte after it (LF at the end of the file)."""
        if self._is_plain(content):
            self.records += content.count(b"\n")
            self.has_content, self.last = content[-1] != LF, content[-1]
            return
        block = np.frombuffer(content, np.uint8)
        quotes = np.flatnonzero(block == QUOTE)
        self.has_quotes = self.has_quotes or bool(len(quotes))
        ends = _line_ends(block, following)
        if len(quotes) or self.is_open:
            ends = ends[(np.searchsorted(quotes, ends) + self.is_open) % 2 == 0]
            self._check_quotes(block, quotes, ends, following)
        self._count(block, ends)
        self.is_open = bool((len(quotes) + self.is_open) % 2)
        self.last = int(block[-1])

    def _is_plain(self, content: bytes) -> bool:
        """No quote, no CR, no blank line: then a line end is a record."""
        is_blank = content[0] == LF and not self.has_content
        marks = (b'"', b"\r", b"\n\n")
        return not (self.is_open or is_blank or any(mark in content for mark in marks))

    def _check_quotes(self, block: Bytes, quotes: Bytes, ends: Bytes, following: int) -> None:
        before = np.where(quotes > 0, block[quotes - 1], self.last)
        after = np.where(quotes + 1 < len(block), block[np.minimum(quotes + 1, len(block) - 1)], following)
        opens = (np.arange(len(quotes)) + self.is_open) % 2 == 0
        beside = np.where(opens, before, after)
        stray = quotes[~np.isin(beside, (COMMA, LF, CR, QUOTE))]
        if len(stray):
            raise StrayQuote(self.records + int(np.searchsorted(ends, stray[0])) + 1)

    def _count(self, block: Bytes, ends: Bytes) -> None:
        if not len(ends):
            self.has_content = self.has_content or self._is_content(block)
            return
        starts = np.concatenate(([0], ends[:-1] + 1))
        lengths = ends - starts
        lengths = lengths - ((lengths > 0) & (block[ends] == LF) & (block[ends - 1] == CR))
        full = lengths > 0
        full[0] = full[0] or self.has_content
        self.records += int(np.count_nonzero(full))
        self.has_content = self._is_content(block[ends[-1] + 1 :])

    @staticmethod
    def _is_content(rest: Bytes) -> bool:
        return bool(len(rest)) and not (len(rest) == 1 and rest[0] == CR)


def _line_ends(block: Bytes, following: int) -> Bytes:
    """Positions of LF, and of CR that no LF follows."""
    feeds = block == LF
    returns = block == CR
    if returns.any():
        next_is_feed = np.append(feeds[1:], following == LF)
        feeds = feeds | (returns & ~next_is_feed)
    return np.flatnonzero(feeds)


def count_records(path: Path) -> tuple[int, bool]:
    """Records of a CSV file, its header included, and whether it has any quotes. Raises StrayQuote."""
    counter = _Counter()
    with path.open("rb") as stream:
        block = _skip_mark(stream)
        while block:
            following = stream.read(BLOCK)
            counter.add(block, following[0] if following else LF)
            block = following
    if counter.is_open:
        raise StrayQuote(counter.records + 1)
    return counter.records + counter.has_content, counter.has_quotes


def _skip_mark(stream: IO[bytes]) -> bytes:
    """The first block without a byte order mark."""
    block = stream.read(BLOCK)
    return block[3:] if block.startswith(b"\xef\xbb\xbf") else block
