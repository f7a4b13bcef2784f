"""A part of a YAML file that knows where it stands: values checked, every problem with file, line, key and remedy.

Belongs here: numbers, days, words and keys as a person writes them. Does not belong here: the meaning of any key.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pipelines.extract.yaml_text import Location
from pipelines.hints import hint

MOST = 10**9
"""No number of a policy is larger."""
_SMALLEST = Decimal("0.000001")
_ADDRESS = re.compile(r"\S@\S")


@dataclass(frozen=True)
class Part:
    """What stands at `location` of a file; `value` is text, list, mapping or None. Problems are appended."""

    file: Path
    value: Any
    lines: Mapping[Location, int]
    problems: list[str]
    location: Location = ()

    @property
    def line(self) -> int:
        """The 1-based line of the nearest location that has one."""
        known = self.location
        while known and known not in self.lines:
            known = known[:-1]
        return self.lines.get(known, 1)

    def complain(self, reason: str) -> None:
        """Append `file:line: key: reason`."""
        key = ".".join(str(part) for part in self.location) or "(file)"
        self.problems.append(f"{self.file}:{self.line}: {key}: {reason}")

    def at(self, key: str | int) -> "Part":
        """The part under a key or at a place; its value is None where nothing stands."""
        found = self.value.get(key) if isinstance(self.value, Mapping) else self.value[int(key)]
        return Part(self.file, found, self.lines, self.problems, (*self.location, key))

    def keys(self, known: Collection[str] | None = None, required: Collection[str] = ()) -> dict[str, "Part"]:
        """The parts under its keys, in the order of the file. Unknown, missing and empty ones are complained of."""
        if not isinstance(self.value, Mapping):
            self.complain(f"must be keys and values{'; give ' + ', '.join(required) if required else ''}")
            return {}
        parts = {}
        for key in self.value:
            part = self.at(key)
            if known is not None and key not in known:
                part.complain(f"is not a known key{hint(key, known)}")
            elif part.value is None:
                part.complain("is empty; fill it in, or remove the key")
            else:
                parts[key] = part
        for key in required:
            if key not in self.value:
                self.at(key).complain("is missing; add it")
        return parts

    def items(self) -> list["Part"]:
        """The parts of a list."""
        if not isinstance(self.value, list):
            self.complain("must be a list; write each entry after a dash")
            return []
        return [self.at(place) for place in range(len(self.value))]

    def text(self) -> str | None:
        """Words that people read, without the address of a person."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.complain("must be text; write a sentence")
            return None
        if _ADDRESS.search(self.value):
            self.complain("holds an address; remove it: no person is named here")
            return None
        return " ".join(self.value.split())

    def choice(self, known: Collection[str]) -> str | None:
        """One of the known words."""
        if isinstance(self.value, str) and self.value in known:
            return self.value
        self.complain(f"{self.value!r} is not allowed{hint(str(self.value), known)}")
        return None

    def flag(self) -> bool | None:
        """True or false."""
        if self.value in ("true", "false"):
            return bool(self.value == "true")
        self.complain(f"{self.value!r} is neither; write true or false")
        return None

    def day(self) -> date | None:
        """A calendar day."""
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(self.value)):
                return date.fromisoformat(str(self.value))
        except ValueError:
            pass
        self.complain(f"{self.value!r} is no day; write one such as 2026-04-01")
        return None

    def number(self, low: int | Decimal = 0, high: int | Decimal = MOST, *, whole: bool = False) -> Decimal | None:
        """A number from `low` to `high` with six decimals at most (`whole`: none)."""
        smallest = Decimal(1) if whole else _SMALLEST
        try:
            number = Decimal(self.value)
            is_fine = number % smallest == 0
        except (InvalidOperation, TypeError, ValueError):
            self.complain(f"{self.value!r} is no number; write one such as {'5' if whole else '0.95'}")
            return None
        if not is_fine:
            finest = "a whole number" if whole else "at most six decimals"
            self.complain(f"{self.value!r} is too fine; write {finest}")
        elif not low <= number <= high:
            limits = f"from {low} to {high}" if high < MOST else f"of at least {low}"
            self.complain(f"{self.value!r} is out of range; write a number {limits}")
        else:
            return number
        return None
