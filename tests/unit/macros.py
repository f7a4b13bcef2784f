"""Renders the project's SQL macros and models without dbt, as an engine sees them: milliseconds a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
MACROS = PROJECT / "macros"
PATTERNS = ("portable/*.sql", "statistics/*.sql")


def _definitions() -> str:
    files = [path for pattern in PATTERNS for path in sorted(MACROS.glob(pattern))]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def _settings() -> dict[str, Any]:
    return dict(yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"])


class Macros:
    """`Macros()("statistics_wilson_low", "x", "n")` is the SQL text of that macro with these arguments."""

    def __init__(self, engine: str = "duckdb") -> None:
        self._engine = engine
        self._environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)
        self._environment.globals |= {
            "adapter": self,
            "return": lambda value: value,
            "ref": lambda name: name,
            "source": lambda _, name: name,
            "config": lambda **_: "",
            "var": _settings().__getitem__,
        }
        self._macros = self._environment.from_string(_definitions()).module

    def dispatch(self, name: str) -> Any:
        """What dbt's adapter.dispatch does: without a variant of its own an engine has none."""
        return getattr(self._macros, f"{self._engine}__{name}")

    def __call__(self, name: str, *arguments: Any, **named: Any) -> str:
        return str(getattr(self._macros, name)(*arguments, **named)).strip()

    def model(self, path: str) -> str:
        """The SQL of a model of the project, every `ref` and `source` as a plain table name."""
        text = (PROJECT / "models" / path).read_text(encoding="utf-8")
        return self._environment.from_string(_definitions() + text).render().strip()


def connection() -> duckdb.DuckDBPyConnection:
    """An empty database in the session zone that every profile sets."""
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    return con
