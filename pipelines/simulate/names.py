"""Invented names of areas, teams, services and markets. None is a person's.

Belongs here: words. Does not belong here: who owns what.
"""

from __future__ import annotations

_TEAMS = (
    "harbour", "beacon", "anchor", "compass", "lantern", "keel", "mast", "tide", "buoy", "rudder", "galley", "halyard",
    "spinnaker", "windlass", "bollard", "sextant", "ballast", "bowsprit", "capstan", "dinghy", "estuary", "fathom",
    "gangway", "hawser", "jetty", "lagoon", "mooring", "oar", "pontoon", "quay", "reef", "schooner", "tiller", "wharf",
    "yawl", "atoll", "breakwater", "current", "delta", "eddy",
)  # fmt: skip
_AREAS = ("commerce", "payments", "logistics", "platform", "content", "insight", "accounts", "support")
ROLES = (
    "api", "web", "worker", "store", "gateway", "search", "queue", "batch", "cache", "sync", "feed", "rules",
    "export", "index", "router", "ledger",
)  # fmt: skip
MARKETS = (
    ("north", "Europe/Stockholm"), ("west", "Europe/Lisbon"), ("islands", "Europe/London"),
    ("east", "Europe/Warsaw"), ("gulf", "Asia/Dubai"), ("bay", "America/New_York"), ("pacific", "America/Los_Angeles"),
    ("strait", "Asia/Singapore"), ("cape", "Africa/Johannesburg"), ("plate", "America/Sao_Paulo"),
    ("south", "Australia/Sydney"), ("sunrise", "Asia/Tokyo"),
)  # fmt: skip
ALERT_CLASSES = (
    "cpu_saturated", "memory_leak", "disk_full", "latency_high", "error_rate_high", "queue_growing",
    "certificate_expiring", "job_stuck",
)  # fmt: skip
RECIPES = ("restart", "clean_up", "fail_over", "scale_out", "renew", "requeue", "roll_back", "drain")


def _plural(words: tuple[str, ...], count: int) -> list[str]:
    """`count` distinct names: the words, then the words with a number."""
    return [words[i % len(words)] + (f"{i // len(words) + 1}" if i >= len(words) else "") for i in range(count)]


def team_names(count: int) -> list[str]:
    """Ids of teams."""
    return _plural(_TEAMS, count)


def area_names(count: int) -> list[str]:
    """Ids of areas."""
    return _plural(_AREAS, count)


def service_names(owners: list[str]) -> list[str]:
    """Ids of services, by the id of the team that first owns each."""
    seen: dict[str, int] = {}
    names = []
    for owner in owners:
        place = seen.get(owner, 0)
        seen[owner] = place + 1
        names.append(f"{owner}-{_plural(ROLES, place + 1)[place]}")
    return names
