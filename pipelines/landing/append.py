"""The rule of append: which rows of a file are new, and which were put back.

Belongs here: that rule as SQL over Parquet files and temporary tables of the session.
Does not belong here: reading the source's other files (batches.py), the rule of snapshots (difference.py).

New: of every content, as many copies as the fullest version of any file of the source held (a multiset maximum). It
does not depend on the order of loads, so a killed and repeated load lands the same rows.
Put back: a landed row that the file shows, while a row of the same primary key that was landed with it or after it is
shown no more, by no file of the source. It is landed once more as `restate`, so that it is the newest again.

What is landed of a source is read once a load, and then grows by what the load itself lands (`know`): a source of many
files would read it once a file.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from pipelines.extract.session import first_row, quote
from pipelines.landing.difference import POSITION, Landed, as_text, content, raw_rows, union

RESTATE = "restate"


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """Nothing is known as landed: what another source landed is none of this one's."""
    con.execute("""
        create or replace temp table landed_contents
        (content uhugeint, is_tombstone boolean, key uhugeint, newest bigint, copies bigint)
    """)


def know(con: duckdb.DuckDBPyConnection, columns: Sequence[str], key: Sequence[str], landed: Sequence[Landed]) -> None:
    """Adds the rows of further batches to what is known as landed.

    Of each content: its key, the newest batch that has it, how many copies were new rows.
    """
    if not landed:
        return
    con.execute(f"""
        create or replace temp table landed_since as
        select content, is_tombstone, any_value(key) as key, max(batch_number) as newest,
            count(*) filter (where _op = 'upsert') as copies
        from (
            select {content(columns)} as content, md5_number({as_text(key)}) as key,
                _op, _op = 'delete' as is_tombstone, batch_number
            from ({union(landed, columns)})
        ) group by content, is_tombstone
    """)
    same = "known.content = since.content and known.is_tombstone = since.is_tombstone"
    con.execute(f"""
        update landed_contents as known
        set newest = greatest(known.newest, since.newest), copies = known.copies + since.copies
        from landed_since as since where {same}
    """)
    con.execute(f"insert into landed_contents from landed_since as since anti join landed_contents as known on {same}")


def compare(con: duckdb.DuckDBPyConnection, raw: Path, columns: Sequence[str]) -> int:
    """Compares the rows of `raw` with all known ones; returns how many landed rows (contents) it seems to take back.

    Those are withdrawn unless another file of the source shows them: say so by `trust` and `strike`.
    """
    con.execute(
        f"create or replace temp table staged as select {content(columns)} as content, {POSITION} as position "
        f"from {raw_rows(raw)}"
    )
    _list_new(con)
    con.execute("""
        create or replace temp table withdrawn as
        with still_shown as (
            select key, min(newest) as oldest from landed_contents
            where not is_tombstone and content in (select content from staged)
            group by key
        )
        select landed_contents.* from landed_contents inner join still_shown using (key)
        where newest >= oldest and (is_tombstone or content not in (select content from staged))
    """)
    return _withdrawn(con)


def _list_new(con: duckdb.DuckDBPyConnection) -> None:
    """Copies are numbered only where there are more than are landed: few, in a file that has grown."""
    con.execute("""
        create or replace temp table wanted as
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
    """)


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
        select staged.position, '{RESTATE}'
        from staged
        inner join landed_contents on staged.content = landed_contents.content and not is_tombstone
        inner join answered on landed_contents.key = answered.key and landed_contents.newest <= answered.newest
        where staged.position not in (select position from wanted)
    """)
    return f"select raw.*, op from {raw_rows(raw)} as raw inner join wanted on {POSITION} = position order by position"
