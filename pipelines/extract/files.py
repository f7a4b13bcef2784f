"""Which files a source consists of, their fingerprint, and their bytes as plain UTF-8.

Belongs here: paths, globs, archives, compression, encodings.
Does not belong here: any format inside (the readers).
A *unit* is what is landed as one batch: one file, or a whole folder, archive or repository, or, for a source
that is a snapshot, all of its files together.
"""

import codecs
import glob
import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO

from pipelines.errors import Transient, UserError
from pipelines.organisation import Source

BLOCK = 1 << 22
ARCHIVES = (".tar.gz", ".tgz", ".tar")


@dataclass(frozen=True)
class Unit:
    """What becomes one batch. `label` is the same wherever the data lies; names are relative to `root`."""

    label: str
    root: Path
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class Part:
    """One file of a unit as readers see it: its `name` (landed as _file) and a plain, decompressed `path`."""

    name: str
    path: Path
    origin: str


def is_archive(path: Path) -> bool:
    """Whether the file name is that of a tar archive."""
    return path.name.endswith(ARCHIVES)


def units(source: Source) -> list[Unit]:
    """The units of a source, ordered by label. Raises UserError if its path answers nothing."""
    pattern = source.resolved_path()
    root, paths = _matches(source, pattern)
    if source.mode == "snapshot" or source.reader in ("front_matter", "git_log"):
        label = Path(pattern).name if len(paths) > 1 else _relative(paths[0], root)
        return [Unit(label, root, tuple(paths))]
    return [Unit(_relative(path, root), root, (path,)) for path in paths]


def _matches(source: Source, pattern: str) -> tuple[Path, list[Path]]:
    path = Path(pattern)
    if source.reader == "git_log" and path.is_dir():
        return path.parent, [path]
    if path.is_file():
        return path.parent, [path]
    root = path if path.is_dir() else _fixed_root(path)
    wanted = "**/*" if root == path else path.relative_to(root).as_posix()
    paths = sorted(each for each in root.glob(wanted) if each.is_file() and not _is_hidden(each, root))
    if not paths:
        raise UserError(f"{pattern}: no such file, and nothing matches; correct the `path` of {source.name}")
    return root, paths


def _is_hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def _fixed_root(pattern: Path) -> Path:
    """The part of a glob before its first wildcard."""
    fixed = Path(pattern.anchor)
    for part in pattern.parts[1:]:
        if glob.has_magic(part):
            break
        fixed = fixed / part
    return fixed


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def fingerprint(unit: Unit) -> str:
    """SHA-256 over the names and bytes of a unit's files, as they are on disk."""
    whole = hashlib.sha256()
    for path in unit.paths:
        name = _relative(path, unit.root).encode()
        whole.update(b"%d:%s%s" % (len(name), name, hash_file(path)))
    return whole.hexdigest()


def hash_file(path: Path) -> bytes:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


@contextmanager
def unchanged(unit: Unit) -> Iterator[None]:
    """Raises Transient if a file of the unit was written to meanwhile: hash and rows must belong together."""
    before = _state(unit)
    yield
    if _state(unit) != before:
        raise Transient(f"{unit.label}: was written to while it was read; run again when it is complete")


def _state(unit: Unit) -> list[tuple[int, int, int]]:
    stats = [path.stat() for path in unit.paths]
    return [(stat.st_size, stat.st_mtime_ns, stat.st_ino) for stat in stats]


def size(unit: Unit) -> int:
    """Bytes on disk."""
    return sum(path.stat().st_size for path in unit.paths)


def parts(unit: Unit, source: Source, scratch: Path) -> list[Part]:
    """The unit's files, decompressed and as UTF-8: plain UTF-8 in place, others as copies in `scratch`.

    Raises UserError for a truncated or damaged archive, and for bytes that are not of the declared encoding.
    """
    result: list[Part] = []
    for path in unit.paths:
        label = _relative(path, unit.root)
        if is_archive(path):
            result += _members(path, label, source, scratch, len(result))
        else:
            result.append(_plain(path, label, path.name, source, scratch / f"part-{len(result)}"))
    return result


def _plain(path: Path, label: str, file_name: str, source: Source, target: Path) -> Part:
    is_binary = source.reader == "parquet"
    is_gzip = file_name.endswith(".gz")
    if not is_gzip and (is_binary or _is_utf8(source.encoding)):
        return Part(label, path, str(path))
    with open_file(path, is_gzip) as stream, target.open("wb") as out:
        if is_binary:
            _copy(stream, out)
        else:
            _copy_text(stream, out, source.encoding, str(path))
    return Part(label, target, str(path))


def _is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name in ("utf-8", "ascii")


@contextmanager
def open_file(path: Path, is_gzip: bool) -> Iterator[IO[bytes]]:
    """The file's bytes, decompressed. Raises UserError when the compression is cut short or damaged."""
    with whole(path), gzip.open(path, "rb") if is_gzip else path.open("rb") as stream:
        yield stream  # type: ignore[misc]


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """Around reading of compressed bytes. Raises UserError when they are cut short or damaged."""
    try:
        yield
    except (EOFError, zlib.error, tarfile.TarError, gzip.BadGzipFile) as error:
        raise UserError(
            f"{path}: is cut short or damaged ({error}); fetch it again, nothing of it was landed"
        ) from None


def _copy(stream: IO[bytes], out: IO[bytes]) -> None:
    while block := stream.read(BLOCK):
        out.write(block)


def _copy_text(stream: IO[bytes], out: IO[bytes], encoding: str, origin: str) -> None:
    """`stream` as UTF-8. Raises UserError that names the line of the first wrong byte."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    while True:
        block = stream.read(BLOCK)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            bad = line + error.object[: error.start].count(b"\n")
            raise UserError(_wrong_encoding(origin, bad, encoding)) from None
        out.write(text.encode())
        line += text.count("\n")
        if not block:
            return


def _wrong_encoding(origin: str, line: int, encoding: str) -> str:
    return (
        f"{origin}: line {line}: holds bytes that are not {encoding}; "
        "state the file's `encoding` in organisation.yml, such as latin-1"
    )


def _members(path: Path, label: str, source: Source, scratch: Path, start: int) -> list[Part]:
    result: list[Part] = []
    with whole(path):
        for name, stream in archive_members(path, source.member):
            raw = scratch / f"member-{start + len(result)}"
            with raw.open("wb") as out:
                _copy(stream, out)
            part = _plain(raw, name, name, source, scratch / f"part-{start + len(result)}")
            result.append(Part(part.name, part.path, f"{path} ({name})"))
    if not result:
        raise UserError(f"{path}: has no member like {source.member or '*'!r}; correct `member` of {source.name}")
    return result


def archive_members(path: Path, pattern: str | None) -> Iterator[tuple[str, IO[bytes]]]:
    """(name, stream) of the regular members that match, in the archive's order, read once from front to back.

    Use within `whole`, so that a truncated or damaged archive is a UserError.
    """
    with tarfile.open(path, "r|" if path.name.endswith(".tar") else "r|gz") as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isfile() else None
            if stream and fnmatchcase(member.name, pattern or "*"):
                yield member.name, stream
    _read_to_the_end(path)


def _read_to_the_end(path: Path) -> None:
    """tarfile takes an archive that ends between two members for complete; gzip's own end mark tells."""
    if not path.name.endswith(".tar"):
        with gzip.open(path, "rb") as stream:
            while stream.read(BLOCK):
                pass
