"""Writing so that a power cut or a kill leaves either the old or the new state, never a mixture.

Belongs here: fsync, rename. Does not belong here: what is written.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any


def sync(path: Path) -> None:
    """Forces a file's or a folder's content to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path) -> None:
    """Creates a folder and its parents, each on disk before the next."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync(path.parent)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Replaces `path` in one step."""
    aside = path.with_name(path.name + ".new")
    aside.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    sync(aside)
    aside.replace(path)
    sync(path.parent)


def commit_folder(staged: Path, final: Path) -> None:
    """Moves a complete folder to its place by one rename; its files are on disk before, the rename after."""
    for file in sorted(staged.iterdir()):
        sync(file)
    sync(staged)
    make_folder(final.parent)
    staged.rename(final)
    sync(final.parent)
    sync(staged.parent)


def empty_folder(path: Path) -> None:
    """Removes what a killed run left, and leaves an empty folder."""
    shutil.rmtree(path, ignore_errors=True)
    make_folder(path)
