"""What sqlfluff sees for dbt's `adapter`, which it does not know: any dispatched macro is an expression.

Read by `.sqlfluff` (library_path) only; nothing imports it.
"""

from collections.abc import Callable


def dispatch(name: str) -> Callable[..., str]:
    """A macro of that name: whatever it is called with, a column named after it."""
    return lambda *_arguments, **_named: name
