"""Reader `git_log`: the first-parent history of a git repository, oldest first, and what commits touch.

Belongs here: running `git log` and turning it into text columns.
Does not belong here: what an application or an environment is; `target_pattern` says how a path names both.
No name and no address of a person leaves this module: an author is `bot` (by `actor_pattern`) or `human`.
"""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb

from pipelines.errors import UserError
from pipelines.extract.extracted import Extracted, check_columns, present, undeclared
from pipelines.extract.feeds import Feed
from pipelines.extract.session import add_rows, make_table, name
from pipelines.organisation import Source

COLUMNS = (
    "sha", "parents", "committed_at", "authored_at", "author", "committer", "bot", "pr", "subject", "revert",
    "reverts_sha", "source_sha", "source_authored_at", "source_author", "targets", "n_files",
)  # fmt: skip
BATCH = 10_000
DEFAULT_BOT = r"\[bot\]|\bbot@|dependabot|renovate|updatecli"
HOSTED = "noreply@github.com"
_FORMAT = "%x1e%H%x1f%P%x1f%cI%x1f%aI%x1f%an <%ae>%x1f%cn <%ce>%x1f%s%x1f%b%x1f"
_HARDENED = ("-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "-c", "core.quotePath=false")
_PULL_REQUEST = re.compile(r"\(#(\d+)\)\s*$|^Merge pull request #(\d+)")
_REVERTED = re.compile(r"This reverts commit ([0-9a-f]{7,40})")
Values = dict[str, str | None]


@dataclass(frozen=True)
class _Merged:
    """The tip of the branch that a merge brought in."""

    authored_at: str
    author: str


def head(repository: Path) -> str:
    """The commit that the checked-out branch stands at. Raises UserError if it is no git repository."""
    return _git(repository, "rev-parse", "HEAD").strip()


def read(con: duckdb.DuckDBPyConnection, repository: Path, label: str, source: Source, feed: Feed) -> Extracted:
    """A row per first-parent commit. Raises UserError if git cannot read the repository."""
    check_columns(COLUMNS, feed, str(repository))
    table = f"git_{source.name}"
    make_table(con, table, feed.columns)
    count = 0
    for chunk in _chunks(commits(repository, source)):
        rows = enumerate(chunk, start=count + 1)
        add_rows(con, table, [[*(row.get(column) for column in feed.columns), label, at] for at, row in rows])
        count += len(chunk)
    query, extra = f"select * from {name(table)}", undeclared(COLUMNS, feed)
    return Extracted(query, present(COLUMNS, feed), extra, _expected(repository))


def _expected(repository: Path) -> int:
    return int(_git(repository, "rev-list", "--count", "--first-parent", "HEAD"))


def _chunks(rows: Iterator[Values]) -> Iterator[list[Values]]:
    while chunk := list(islice(rows, BATCH)):
        yield chunk


def commits(repository: Path, source: Source) -> Iterator[Values]:
    """The columns of every first-parent commit, oldest first."""
    is_bot = re.compile(source.actor_pattern or DEFAULT_BOT, re.IGNORECASE)
    target = re.compile(source.target_pattern) if source.target_pattern else None
    merged = _merged(repository, is_bot)
    for record in _log(repository):
        yield _row(record, is_bot, target, merged)


def _row(record: str, is_bot: re.Pattern[str], target: re.Pattern[str] | None, merged: dict[str, _Merged]) -> Values:
    sha, parents, committed_at, authored_at, author, committer, subject, body, tail = record.split("\x1f", 8)
    files = [path for path in tail.replace("\n", "").split("\0") if path]
    parent_list = parents.split()
    brought_in = merged.get(sha) if len(parent_list) > 1 else None
    reverted = _REVERTED.findall(body)
    return {
        "sha": sha,
        "parents": str(len(parent_list)),
        "committed_at": committed_at,
        "authored_at": authored_at,
        "author": _actor(author, is_bot),
        "committer": "github_web" if HOSTED in committer else _actor(committer, is_bot),
        "bot": author.split(" <")[0] if is_bot.search(author) else None,
        "pr": _pull_request(subject),
        "subject": subject,
        "revert": "true" if reverted or subject.startswith("Revert ") else "false",
        "reverts_sha": json.dumps(reverted, separators=(",", ":")) if reverted else None,
        "source_sha": parent_list[1] if brought_in else None,
        "source_authored_at": brought_in.authored_at if brought_in else None,
        "source_author": brought_in.author if brought_in else None,
        "targets": _targets(files, target),
        "n_files": str(len(files)),
    }


def _actor(identity: str, is_bot: re.Pattern[str]) -> str:
    return "bot" if is_bot.search(identity) else "human"


def _pull_request(subject: str) -> str | None:
    match = _PULL_REQUEST.search(subject)
    return (match.group(1) or match.group(2)) if match else None


def _targets(files: list[str], target: re.Pattern[str] | None) -> str:
    """JSON list of {app, env} in the order of the paths, each once."""
    found: dict[tuple[str, str | None], None] = {}
    for match in (target.search(path) for path in files) if target else ():
        if match:
            groups = match.groupdict()
            found.setdefault((groups["app"], groups.get("env")))
    return json.dumps([{"app": app, "env": env} for app, env in found], separators=(",", ":"))


def _log(repository: Path) -> Iterator[str]:
    """One text per commit, read as git writes it."""
    arguments = (
        "log", "--first-parent", "--diff-merges=first-parent", "--reverse", "--name-only", "-z",
        "--no-ext-diff", "--no-textconv", "--no-mailmap", "--encoding=UTF-8", f"--format={_FORMAT}", "HEAD",
    )  # fmt: skip
    with subprocess.Popen(
        ["git", "-C", str(repository), *_HARDENED, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        yield from _split(process.stdout.read, "\x1e")
        if process.wait() != 0:
            raise UserError(f"{repository}: git log failed: {process.stderr.read().strip()}")


def _split(read: Callable[[int], str], mark: str) -> Iterator[str]:
    rest = ""
    while block := read(1 << 20):
        *whole, rest = (rest + block).split(mark)
        yield from (text for text in whole if text.strip("\0\n"))
    if rest.strip("\0\n"):
        yield rest


def _merged(repository: Path, is_bot: re.Pattern[str]) -> dict[str, _Merged]:
    """By merge commit, who wrote the tip of the branch that it brought in, and when."""
    pairs = [line.split() for line in _git(repository, "rev-list", "--first-parent", "--parents", "HEAD").splitlines()]
    tips = {pair[2]: pair[0] for pair in pairs if len(pair) > 2}
    if not tips:
        return {}
    arguments = ("log", "--no-walk=unsorted", "--stdin", "--no-mailmap", "--format=%H%x1f%aI%x1f%an <%ae>")
    answer = _git(repository, *arguments, given="\n".join(tips) + "\n")
    authors = {sha: _Merged(at, _actor(who, is_bot)) for sha, at, who in _fields(answer)}
    return {pair[0]: authors[pair[2]] for pair in pairs if len(pair) > 2 and pair[2] in authors}


def _fields(answer: str) -> Iterator[tuple[str, str, str]]:
    for line in answer.splitlines():
        sha, at, who = line.split("\x1f")
        yield sha, at, who


def _git(repository: Path, *arguments: str, given: str | None = None) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(repository), *_HARDENED, *arguments],
            input=given,
            capture_output=True,
            check=False,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=_environment(),
        )
    except FileNotFoundError:
        raise UserError("the reader git_log needs the program git; install it") from None
    if done.returncode != 0:
        raise UserError(f"{repository}: git cannot read it ({done.stderr.strip()}); give the path of a repository")
    return done.stdout


def _environment() -> dict[str, str]:
    return {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8"}
