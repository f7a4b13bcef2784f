"""The real organisations as one folder: every vendor's log in a single run, since Spark's time is its planning.

Belongs here: uniting folders. Does not belong here: any expectation of what a run of them says.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml


def united(folders: Iterable[Path], target: Path, as_of: str, time_zone: str, until: Mapping[str, str]) -> Path:
    """Writes the organisation `target` of all teams, services and sources of the folders, and returns it.

    A source is named <folder>_<source>, and read in its own folder's zone; ids of the folders must not collide. A
    service is there while its folder's sources speak, `until` the instant given for the folder: the others' years
    would be nothing but empty cells.
    """
    folders = list(folders)
    target.mkdir(parents=True)
    for name in ("teams.csv", "services.csv"):
        rows = [
            {
                **row,
                "valid_from": row["valid_from"] or _speaks_from(folder),
                "valid_to": row["valid_to"] or until.get(folder.name, ""),
            }
            for folder in folders
            for row in _rows(folder / name)
        ]
        with (target / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(_header(folders[0] / name)))
            writer.writeheader()
            writer.writerows(rows)
    content = {
        "name": target.name,
        "title": target.name,
        "time_zone": time_zone,
        "as_of": as_of,
        "sources": [source for folder in folders for source in _sources(folder)],
    }
    (target / "organisation.yml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return target


def _header(file: Path) -> list[str]:
    return next(csv.reader(file.open(newline="", encoding="utf-8")))


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _content(folder: Path) -> Any:
    return yaml.load((folder / "organisation.yml").read_text(encoding="utf-8"), yaml.BaseLoader)


def _speaks_from(folder: Path) -> str:
    return str(min(coverage["from"] for source in _content(folder)["sources"] for coverage in source["covers"]))


def _sources(folder: Path) -> list[dict[str, Any]]:
    content = _content(folder)
    services = [row["service_id"] for row in _rows(folder / "services.csv")]
    return [
        {
            "time_zone": content["time_zone"],
            **source,
            "name": f"{folder.name}_{source['name']}",
            "covers": [{"services": services, **coverage} for coverage in source["covers"]],
        }
        for source in content["sources"]
    ]
