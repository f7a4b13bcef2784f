"""One writing run a home: a lock that the operating system drops when its holder dies.

Belongs here: the lock. Does not belong here: what is done under it.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.errors import Transient
from pipelines.landing.durable import make_folder
from pipelines.settings import Settings

_guard = threading.Lock()
_held: dict[str, tuple[int, int]] = {}


@contextmanager
def home_lock(settings: Settings) -> Iterator[None]:
    """Holds `<home>/run.lock`. The same process may take it again within.

    Raises Transient that names the holder if another process has it.
    """
    key = str(settings.lock_path)
    with _guard:
        handle, depth = _held.get(key) or (_acquire(settings), 0)
        _held[key] = (handle, depth + 1)
    try:
        yield
    finally:
        with _guard:
            handle, depth = _held.pop(key)
            if depth > 1:
                _held[key] = (handle, depth - 1)
            else:
                os.close(handle)


def _acquire(settings: Settings) -> int:
    make_folder(settings.home)
    handle = os.open(settings.lock_path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 32).decode().strip() or "unknown"
        os.close(handle)
        raise Transient(
            f"{settings.home}: another run (process {holder}) writes here; wait, or give another --home"
        ) from None
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())
    return handle
