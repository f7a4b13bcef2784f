"""What a user did wrong, what the audit refused, and what may be tried again.

Belongs here: the few exception types that the command line turns into exit statuses.
Does not belong here: messages of one module, retries, logging.
"""

from collections.abc import Sequence


class ScorecardError(Exception):
    """Any failure that is explained to the user in plain words; `exit_status` is that of the command."""

    exit_status: int = 1

    def __init__(self, message: str, exit_status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        if exit_status is not None:
            self.exit_status = exit_status

    def __str__(self) -> str:
        return self.message


class UserError(ScorecardError):
    """Wrong use or configuration (exit 2). The message names file, line or key, and the remedy.

    `problems` holds every single problem found, in the order of the files, when there are several.
    """

    exit_status = 2

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.problems: tuple[str, ...] = tuple(problems) or (message,)

    @classmethod
    def of(cls, problems: Sequence[str]) -> "UserError":
        """One error out of several problems: a line for each."""
        if len(problems) == 1:
            return cls(problems[0])
        lines = "\n".join(f"  - {problem}" for problem in problems)
        return cls(f"{len(problems)} problems:\n{lines}", problems)


class AuditRefused(ScorecardError):
    """The audit said no (exit 3): the former release still stands. `reasons` are the failed checks."""

    exit_status = 3

    def __init__(self, message: str, reasons: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.reasons: tuple[str, ...] = tuple(reasons) or (message,)


class Transient(ScorecardError):
    """May succeed when tried again later: a locked home, a file that is still being written (exit 1)."""
