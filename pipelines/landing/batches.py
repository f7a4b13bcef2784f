"""Lands what the sources hold: staged aside, then committed batch by batch, each by one rename.

Belongs here: the order of things that makes a load exactly once.
Does not belong here: reading formats (extract/), which rows are new (append.py, difference.py), the ledger.

Staging reads everything first, so a broken file changes nothing. Next the run's instant is written down,
then the batches are committed. After a kill at any moment the same call lands what is missing, nothing twice.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.errors import UserError
from pipelines.extract import files
from pipelines.extract.check import check_declarations
from pipelines.extract.extracted import Extracted
from pipelines.extract.feeds import Feed, load_feeds
from pipelines.extract.session import MEMORY_LIMIT, first_row, open_session, quote
from pipelines.landing import append, cursors, difference, durable, ledger, run
from pipelines.landing.folder_feeds import folder_feeds
from pipelines.landing.ledger import BATCH_FILE, ROWS_FILE, BatchInfo
from pipelines.landing.lock import home_lock
from pipelines.landing.ticker import ticking
from pipelines.landing.work import Present, Work, digest, of_folder, of_unit
from pipelines.organisation import Organisation, Source
from pipelines.settings import Settings

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
Progress = Callable[[str], None]


@dataclass(frozen=True)
class LandingResult:
    """The run's instant, every committed batch of the organisation, and the ids of those that are new."""

    as_of: datetime
    batches: list[BatchInfo]
    new: list[str]


@dataclass
class _Load:
    """What one call of `land` works with."""

    organisation: Organisation
    settings: Settings
    feeds: Mapping[str, Feed]
    con: duckdb.DuckDBPyConnection
    say: Progress
    committed: list[BatchInfo]
    staged: list[BatchInfo] = field(default_factory=list)
    appending: append.Append | None = None
    appended: tuple[str, str, int] = ("", "", 0)

    def known(self) -> list[BatchInfo]:
        """Committed and staged batches, in the order of their numbers."""
        return [*self.committed, *self.staged]

    def rule(self, work: Work, former: Sequence[BatchInfo]) -> append.Append:
        """The rule of append, told of `former`: the batches of the work's source and feed until now."""
        source, feed, count = self.appended
        if self.appending is None or (source, feed) != (work.source, work.feed.name):
            self.appending, count = append.Append(self.con, work.feed.columns, work.key), 0
        self.appending.add(_as_landed(former[count:]))
        self.appended = work.source, work.feed.name, len(former)
        return self.appending

    def scratch(self) -> Path:
        """An empty folder for decompressed copies."""
        folder = self.settings.staging_dir / "scratch"
        durable.empty_folder(folder)
        return folder


def wall_clock() -> datetime:
    """Now. The only reading of the clock; the command line may give another to `land`."""
    return datetime.now(UTC)


def land(
    organisation: Organisation,
    settings: Settings,
    as_of: datetime | None = None,
    progress: Progress | None = None,
    *,
    feeds: Mapping[str, Feed] | None = None,
    clock: run.Clock = wall_clock,
) -> LandingResult:
    """Extracts all sources and lands what is not landed yet, exactly once.

    `as_of` (with an offset) overrides the organisation's. `progress` gets a line per step.
    Raises UserError for input that cannot be read whole (then nothing is landed), Transient if the home or a
    file is busy.
    """
    feeds = feeds or load_feeds()
    check_declarations(organisation, feeds)
    with home_lock(settings):
        durable.empty_folder(settings.staging_dir)
        committed = ledger.read(settings, organisation.name)
        con = open_session(settings.threads, settings.staging_dir, settings.memory(MEMORY_LIMIT))
        try:
            load = _Load(organisation, settings, feeds, con, progress or (lambda line: None), committed)
            _stage_all(load)
            instant = _fix_instant(load, as_of, clock)
        finally:
            con.close()
        new = [_commit(load, info, instant) for info in load.staged]
        durable.empty_folder(settings.staging_dir)
    every = sorted([*committed, *new], key=lambda info: (info.source, info.batch_number))
    return LandingResult(instant, every, [info.batch_id for info in new])


def finish_run(settings: Settings) -> None:
    """Says that the run has ended, whatever came of it: the next one takes a new instant."""
    run.finish(settings)


def _stage_all(load: _Load) -> None:
    for folder_feed in folder_feeds(load.organisation):
        _stage(load, of_folder(load.con, folder_feed))
    for source in load.organisation.sources:
        present = Present(source, load.feeds[source.feed], files.units(source))
        for number, unit in enumerate(present.units, start=1):
            count = len(present.units)
            _stage_unit(load, present, unit, f"{source.name}: {unit.label}" + f" ({number} of {count})" * (count > 1))


def _stage_unit(load: _Load, present: Present, unit: files.Unit, where: str) -> None:
    is_repository = present.source.reader == "git_log"
    with nullcontext() if is_repository else files.unchanged(unit):
        work = of_unit(load.con, present, unit)
        if _landed_as_it_is(load, work):
            load.say(f"{where}: unchanged")
            return
        if not is_repository:
            load.say(f"{where}: reading {_bytes(files.size(unit))}")
        info = _stage(load, work)
    if info:
        again = _count(load.con, info.rows_path, append.RESTATE)
        new = f"{info.rows - again:,} new" + (f", {again:,} put back" if again else "")
        load.say(f"{where}: {info.rows_read:,} records, {new}")


def _bytes(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB"


def _latest(load: _Load, work: Work) -> BatchInfo | None:
    chain = (work.source, work.feed.name, work.file)
    return next((info for info in reversed(load.known()) if info.chain == chain), None)


def _landed_as_it_is(load: _Load, work: Work) -> BatchInfo | None:
    """The batch by which a unit's present content, read as it is declared now, was landed."""
    latest = _latest(load, work)
    is_same = latest and (latest.fingerprint, latest.specification) == (work.fingerprint, work.specification)
    return latest if is_same else None


def _batch_id(load: _Load, work: Work, previous: str | None) -> str:
    """The same in every home that saw the same contents in the same order."""
    parts = [load.organisation.name, work.source, work.feed.name, work.file, previous]
    return digest([*parts, work.fingerprint, work.specification])[:16]


def _stage(load: _Load, work: Work) -> BatchInfo | None:
    """Writes the batch of a unit aside. None if its content is landed already."""
    if _landed_as_it_is(load, work):
        return None
    latest = _latest(load, work)
    former = [each for each in load.known() if each.rows and each.chain[:2] == (work.source, work.feed.name)]
    batch_id = _batch_id(load, work, latest.batch_id if latest else None)
    folder = load.settings.staging_dir / batch_id
    durable.make_folder(folder)
    extracted = work.read(load.scratch())
    read, rows = _write_rows(load, work, extracted, former, folder, batch_id)
    target = folder / ROWS_FILE
    columns = work.feed.columns if former else extracted.columns
    info = BatchInfo(
        batch_id=batch_id,
        batch_number=1 + max((each.batch_number for each in load.known() if each.source == work.source), default=0),
        organisation=load.organisation.name,
        source=work.source,
        feed=work.feed.name,
        file=work.file,
        rows=rows,
        rows_read=read,
        deletes=_count(load.con, target, "delete") if work.is_snapshot else 0,
        sha256=ledger.sha256(target),
        size=target.stat().st_size,
        fingerprint=work.fingerprint,
        specification=work.specification,
        previous=latest.batch_id if latest else None,
        columns=columns,
        undeclared=extracted.undeclared,
        cursor=cursors.describe(work.declared) if work.declared else None,
        cursor_max=cursors.newest(load.con, work.declared, target, columns) if work.declared else None,
        extracted_at=ALWAYS,
        folder=folder,
    )
    load.staged.append(info)
    return info


def _write_rows(
    load: _Load, work: Work, extracted: Extracted, former: list[BatchInfo], folder: Path, batch_id: str
) -> tuple[int, int]:
    """Writes rows.parquet; returns the rows read and the rows that are new."""
    columns, target = work.feed.columns, folder / ROWS_FILE
    if not former:
        query = difference.complete(extracted.query, extracted.columns, work.source, batch_id)
        read = _copy(load, work, extracted, query, target)
        return read, read
    raw = folder / "raw.parquet"
    selected = f"select {difference.names(columns)}, _file, _row from ({extracted.query})"
    read = _copy(load, work, extracted, selected, raw)
    if work.is_snapshot:
        query = difference.snapshot(load.con, raw, columns, work.key, _as_landed(former))
    else:
        if load.rule(work, former).compare(raw, read) and work.present:
            _ask_other_files(load, work.present)
        query = append.chosen(load.con, raw)
    complete = difference.complete(query, columns, work.source, batch_id, "op")
    rows = difference.write_raw(load.con, complete, target)
    raw.unlink()
    return read, rows


def _as_landed(batches: Sequence[BatchInfo]) -> list[difference.Landed]:
    return [difference.Landed(info.rows_path, info.columns, info.batch_number, info.rows) for info in batches]


def _copy(load: _Load, work: Work, extracted: Extracted, query: str, target: Path) -> int:
    """Copies rows to Parquet, and makes sure that it was all of them. Raises UserError."""
    try:
        with ticking(load.con, load.say, f"{work.source}: {work.file}"):
            read = difference.write_raw(load.con, query, target)
    except duckdb.Error as error:
        fault = extracted.explain(error) if extracted.explain else None
        if fault is None:
            raise
        raise fault from error
    if extracted.expected is not None and read != extracted.expected:
        raise UserError(
            f"{work.file} of source {work.source}: holds {extracted.expected:,} records, but {read:,} "
            "could be told apart; look for stray quotes or line ends inside values"
        )
    return read


def _ask_other_files(load: _Load, present: Present) -> None:
    """A row that the file at hand shows no more may stand in another file of the source: then it is not withdrawn."""
    if len(present.units) == 1:
        return
    present.works = present.works or [of_unit(load.con, present, unit) for unit in present.units]
    as_landed = [latest.batch_number for work in present.works if (latest := _landed_as_it_is(load, work))]
    if append.trust(load.con, as_landed):
        append.strike(load.con, _shown_by_all(load, present))


def _shown_by_all(load: _Load, present: Present) -> list[Path]:
    """Files of the contents that the source's units show. Each unit is read for it once a run, and only if asked."""
    for number in range(len(present.shown), len(present.units)):
        work = present.works[number]
        target = load.settings.staging_dir / f"{work.source}-{number}.parquet"
        with files.unchanged(present.units[number]):
            extracted = work.read(load.scratch())
            _copy(load, work, extracted, append.contents(extracted.query, work.feed.columns), target)
        present.shown.append(target)
    return present.shown


def _count(con: duckdb.DuckDBPyConnection, rows: Path, op: str) -> int:
    (count,) = first_row(con, f"select count(*) from read_parquet({quote(str(rows))}) where _op = {quote(op)}")
    return int(count)


def _fix_instant(load: _Load, as_of: datetime | None, clock: run.Clock) -> datetime:
    newest = _newest_record(load) if load.organisation.as_of == "last_record" and as_of is None else None
    instant = run.resolve(load.settings, load.organisation, as_of, newest, clock)
    run.begin(load.settings, load.organisation, instant, as_of is not None)
    return instant


def _newest_record(load: _Load) -> datetime | None:
    """The newest cursor of all rows ever landed; a stored one holds as long as the cursor's declaration."""
    sources = {source.name: source for source in load.organisation.sources}
    found = []
    for info in load.known():
        source = sources.get(info.source)
        if source is None or source.cursor is None or not info.rows:
            continue
        is_stored = info.cursor == cursors.describe(source)
        found.append(info.cursor_max if is_stored else _newest(load, source, info))
    return max((instant for instant in found if instant), default=None)


def _newest(load: _Load, source: Source, info: BatchInfo) -> datetime | None:
    return cursors.newest(load.con, source, info.rows_path, info.columns)


def _commit(load: _Load, info: BatchInfo, instant: datetime) -> BatchInfo:
    """The one step by which a batch comes to be."""
    final = load.settings.batches_dir / info.feed / info.batch_id
    done = replace(info, extracted_at=instant, folder=final)
    durable.write_json(info.folder / BATCH_FILE, done.as_json())
    durable.commit_folder(info.folder, final)
    return done
