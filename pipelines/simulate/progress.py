"""How far a simulation is, on stderr: a bar when that is a terminal, else a plain line a step.

Belongs here: what a person who waits sees. Does not belong here: what is done.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TextIO

WIDTH = 24


@dataclass
class Progress:
    """`steps` is how many `step` calls there will be; `part` moves the bar within one."""

    steps: int
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    done: int = 0
    label: str = ""

    def step(self, label: str) -> None:
        """A new step begins."""
        self.label = label
        if self.stream.isatty():
            self._draw(self.done)
        else:
            print(f"simulate    {label}", file=self.stream, flush=True)
        self.done += 1

    def part(self, share: float) -> None:
        """The present step is done to this share (0 to 1)."""
        if self.stream.isatty():
            self._draw(self.done - 1 + share)

    def close(self) -> None:
        """Nothing more will come."""
        if self.stream.isatty():
            self.label = "done"
            self._draw(self.steps)
            print(file=self.stream, flush=True)

    def _draw(self, at: float) -> None:
        filled = min(WIDTH, round(WIDTH * at / self.steps))
        bar = "#" * filled + "." * (WIDTH - filled)
        print(f"\rsimulate [{bar}] {self.label:<44.44}", end="", file=self.stream, flush=True)
