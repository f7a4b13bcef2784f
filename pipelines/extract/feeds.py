"""The raw shape of each feed, declared once: in the dbt source YAML that its staging reads.

Belongs here: finding and reading those declarations. Does not belong here: any vendor's meaning.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.errors import UserError
from pipelines.extract.yaml_text import YamlError, load_text
from pipelines.settings import dbt_project_dir

DBT_SOURCE = "landing"
TRUE = frozenset({"true", "True", "TRUE"})


@dataclass(frozen=True)
class Feed:
    """Columns that are landed as text, in order; those without which a file is an error; those of them that say
    something by being empty; the record kinds that a row speaks of; and the columns that name one version of a
    record, under which two contents in one batch cannot both be true."""

    name: str
    columns: tuple[str, ...]
    required: frozenset[str]
    may_be_empty: frozenset[str] = frozenset()
    kinds: tuple[str, ...] = ()
    version_key: tuple[str, ...] = ()


def load_feeds(project: Path | None = None) -> dict[str, Feed]:
    """Feed by name, from `models/staging/*/_*__sources.yml` of the dbt project (default: the shipped one).

    Raises UserError for a broken or doubly declared one.
    """
    return dict(_load(project or dbt_project_dir()))


@cache
def _load(project: Path) -> tuple[tuple[str, Feed], ...]:
    feeds: dict[str, Feed] = {}
    for file in sorted(project.glob("models/staging/*/_*__sources.yml")):
        for feed in _read(file):
            if feed.name in feeds:
                raise UserError(f"{file}: feed {feed.name!r} is declared in another file too; keep one")
            feeds[feed.name] = feed
    if not feeds:
        raise UserError(f"{project}/models/staging: declares no feed; install the package again")
    return tuple(sorted(feeds.items()))


def _read(file: Path) -> list[Feed]:
    try:
        tree, _ = load_text(file.read_text(encoding="utf-8"))
    except YamlError as error:
        raise UserError(f"{file}:{error.line}: {error.reason}; correct the YAML there") from None
    sources = (tree or {}).get("sources") or []
    tables = [table for source in sources if source["name"] == DBT_SOURCE for table in source["tables"]]
    return [_feed(table) for table in tables if not is_derived(table)]


def is_derived(table: dict[str, Any]) -> bool:
    """Whether the landing itself makes the table (the ledger, the run), so that no source can feed it."""
    return bool(_meta(table).get("is_feed") == "false")


def _feed(table: dict[str, Any]) -> Feed:
    columns = [column for column in table.get("columns") or [] if not column["name"].startswith("_")]
    names = tuple(column["name"] for column in columns)
    meta = _meta(table)
    if not meta.get("kinds"):
        raise UserError(f"feed {table['name']!r}: say in config.meta.kinds which record kinds its rows speak of")
    return Feed(
        name=table["name"],
        columns=names,
        required=_marked(columns, "required"),
        may_be_empty=_marked(columns, "may_be_empty"),
        kinds=tuple(meta["kinds"]),
        version_key=tuple(meta.get("version_key", ())),
    )


def _marked(columns: list[dict[str, Any]], mark: str) -> frozenset[str]:
    return frozenset(column["name"] for column in columns if _meta(column).get(mark) in TRUE)


def _meta(column: dict[str, Any]) -> dict[str, Any]:
    meta = (column.get("config") or {}).get("meta") or column.get("meta") or {}
    return dict(meta)
