"""The rule of append: which rows of a file are new, and which were put back.

Belongs here: that rule as SQL over Parquet files and temporary tables of the session.
Does not belong here: reading the source's other files (batches.py), the rule of snapshots (difference.py), which
batches have nothing to do with a file (nearby.py).

New: of every content, as many copies as the fullest version of any file of the source held (a multiset maximum). It
does not depend on the order of loads, so a killed and repeated load lands the same rows.
Put back: a landed row that the file shows, while a row of the same primary key that was landed with it or after it is
shown no more, by no file of the source. It is landed once more as `restate`, so that it is the newest again.

Both ask for landed rows of the file's own keys alone. So batches that can hold none of them are not read, and what is
too much for the memory is compared in parts, each key in one of them: a day costs the day, however long the history.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from pipelines.extract.session import first_row, name, quote
from pipelines.landing import nearby
from pipelines.landing.difference import POSITION, Landed, as_text, content, names, raw_rows, union

RESTATE = "restate"
ROWS_AT_ONCE = 2_000_000


class Append:
    """The rule for one source and feed, over what is landed of it until now.

    Contents that were read are kept for the next file while there are few: a source of many small files would read
    them once a file.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, columns: Sequence[str], key: Sequence[str]) -> None:
        self._con, self._columns, self._key = con, columns, key
        self._landed: dict[int, Landed] = {}
        self._read: set[int] = set()
        nearby.forget(con)
        self._forget()

    def add(self, landed: Sequence[Landed]) -> None:
        """These batches are landed too."""
        nearby.know(self._con, self._key, landed)
        self._landed |= {each.batch_number: each for each in landed}

    def compare(self, raw: Path, rows: int) -> int:
        """Compares the `rows` rows of `raw` with all landed ones; returns how many contents it seems to take back.

        Those are withdrawn unless another file of the source shows them: say so by `trust` and `strike`.
        """
        for table, columns in _FOUND.items():
            self._con.execute(f"create or replace temp table {table} ({columns})")
        near = nearby.batches(self._con, raw, self._key)
        if rows + self._rows(near) <= ROWS_AT_ONCE:
            self._read_whole(near)
            self._compare(raw)
        else:
            self._compare_in_parts(raw, near, 1 + rows // ROWS_AT_ONCE)
        return _withdrawn(self._con)

    def _rows(self, batch_numbers: Iterable[int]) -> int:
        return sum(self._landed[number].rows for number in batch_numbers)

    def _forget(self) -> None:
        self._read.clear()
        self._con.execute("""
            create or replace temp table landed_contents
            (content uhugeint, is_tombstone boolean, key uhugeint, newest bigint, copies bigint)
        """)

    def _read_whole(self, near: Sequence[int]) -> None:
        if self._rows(self._read.union(near)) > ROWS_AT_ONCE:
            self._forget()
        further = [number for number in near if number not in self._read]
        if further:
            self._know(self._union(further))
            self._read.update(further)

    def _union(self, batch_numbers: Sequence[int]) -> str:
        return union([self._landed[number] for number in batch_numbers], self._columns)

    def _compare_in_parts(self, raw: Path, near: Sequence[int], parts: int) -> None:
        """Only those landed rows are kept whose key is in the part of the file at hand."""
        fields = names(self._key)
        same = " and ".join(f"landed.{column} is not distinct from keys.{column}" for column in map(name, self._key))
        for part in range(parts):
            of_part = f"where hash({fields}) % {parts} = {part}"
            keys = f"select distinct {fields} from {raw_rows(raw)} {of_part}"
            self._forget()
            if near:
                landed = f"select * from ({self._union(near)}) {of_part}"
                self._know(f"select landed.* from ({landed}) as landed semi join ({keys}) as keys on {same}")
            self._compare(raw, of_part)
        self._forget()

    def _know(self, landed: str) -> None:
        """Of each content: its key, the newest batch that has it, how many copies were new rows."""
        self._con.execute(f"""
            create or replace temp table landed_since as
            select content, is_tombstone, any_value(key) as key, max(batch_number) as newest,
                count(*) filter (where _op = 'upsert') as copies
            from (
                select {content(self._columns)} as content, md5_number({as_text(self._key)}) as key,
                    _op, _op = 'delete' as is_tombstone, batch_number
                from ({landed})
            ) group by content, is_tombstone
        """)
        same = "known.content = since.content and known.is_tombstone = since.is_tombstone"
        self._con.execute(f"""
            update landed_contents as known
            set newest = greatest(known.newest, since.newest), copies = known.copies + since.copies
            from landed_since as since where {same}
        """)
        self._con.execute(
            f"insert into landed_contents from landed_since as since anti join landed_contents as known on {same}"
        )
        self._con.execute("drop table landed_since")

    def _compare(self, raw: Path, of_part: str = "") -> None:
        self._con.execute(
            f"create or replace temp table staged as "
            f"select {content(self._columns)} as content, {POSITION} as position from {raw_rows(raw)} {of_part}"
        )
        for statement in (_NEW, _WITHDRAWN, _ANSWERING):
            self._con.execute(statement)


_FOUND = {
    "wanted": "position bigint, op varchar",
    "withdrawn": "content uhugeint, is_tombstone boolean, key uhugeint, newest bigint",
    "answering": "position bigint, key uhugeint, newest bigint",
}
# Copies are numbered only where there are more than are landed: few, in a file that has grown.
_NEW = """
    insert into wanted
    with fuller as (
        select counted.content, coalesce(landed_contents.copies, 0) as copies
        from (select content, count(*) as copies from staged group by content) as counted
        left join landed_contents on counted.content = landed_contents.content and not is_tombstone
        where counted.copies > coalesce(landed_contents.copies, 0)
    )
    select position, 'upsert' as op from (
        select position, copies, row_number() over (partition by content order by position) as copy
        from staged inner join fuller using (content)
    ) where copy > copies
"""
_WITHDRAWN = """
    insert into withdrawn
    with still_shown as (
        select key, min(newest) as oldest from landed_contents
        where not is_tombstone and content in (select content from staged)
        group by key
    )
    select content, is_tombstone, key, newest from landed_contents inner join still_shown using (key)
    where newest >= oldest and (is_tombstone or content not in (select content from staged))
"""
# What could be put back in their place.
_ANSWERING = """
    insert into answering
    select position, key, newest from staged
    inner join landed_contents on staged.content = landed_contents.content and not is_tombstone
    where key in (select key from withdrawn)
"""


def _withdrawn(con: duckdb.DuckDBPyConnection) -> int:
    (count,) = first_row(con, "select count(*) from withdrawn")
    return int(count)


def trust(con: duckdb.DuckDBPyConnection, batch_numbers: Iterable[int]) -> int:
    """Rows of these batches are shown: their files are as they were landed. Returns how many withdrawn are left."""
    numbers = ", ".join(map(str, batch_numbers))
    if numbers:
        con.execute(f"delete from withdrawn where newest in ({numbers}) and not is_tombstone")
    return _withdrawn(con)


def contents(query: str, columns: Sequence[str]) -> str:
    """Query of what `strike` needs to know of a file's rows."""
    return f"select {content(columns)} as content from ({query})"


def strike(con: duckdb.DuckDBPyConnection, shown: Sequence[Path]) -> None:
    """What these files of `contents` show is not withdrawn."""
    paths = ", ".join(quote(str(path)) for path in shown)
    con.execute(
        f"delete from withdrawn where not is_tombstone and content in (select content from read_parquet([{paths}]))"
    )


def chosen(con: duckdb.DuckDBPyConnection, raw: Path) -> str:
    """Query of the rows to be landed, with `op`, in the order of the source."""
    con.execute(f"""
        insert into wanted
        with answered as (select key, max(newest) as newest from withdrawn group by key)
        select position, '{RESTATE}' from answering inner join answered using (key)
        where answering.newest <= answered.newest and position not in (select position from wanted)
    """)
    return f"select raw.*, op from {raw_rows(raw)} as raw inner join wanted on {POSITION} = position order by position"
