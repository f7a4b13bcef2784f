"""YAML as its author wrote it: every scalar stays text, and every key knows its line.

Belongs here: loading without type resolution (a date stays `2020-06-13 15:54:00`), line numbers.
Does not belong here: the meaning of any key.
"""

from collections.abc import Callable
from typing import Any

import yaml

Location = tuple[str | int, ...]
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class YamlError(ValueError):
    """Broken YAML: `line` is 1-based (None if unknown), `reason` is in plain words."""

    def __init__(self, reason: str, line: int | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def load_text(text: str) -> tuple[Any, dict[Location, int]]:
    """Mappings, lists, strings and None, and the 1-based line of every location in them.

    Plain `null`, `~` and nothing at all are None; quoted ones stay text.
    Raises YamlError, also for a key given twice.
    """
    node = _composed(lambda: yaml.compose(text, Loader=_LOADER))
    lines: dict[Location, int] = {}
    return (None if node is None else _build(node, (), lines)), lines


def load_documents(text: str) -> list[tuple[Any, dict[Location, int]]]:
    """Every document of a file, each as load_text gives it. Raises YamlError."""
    nodes = _composed(lambda: list(yaml.compose_all(text, Loader=_LOADER)))
    documents = []
    for node in nodes:
        lines: dict[Location, int] = {}
        documents.append((None if node is None else _build(node, (), lines), lines))
    return documents


def _composed(compose: Callable[[], Any]) -> Any:
    try:
        return compose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(error.problem or "not YAML", mark.line + 1 if mark else None) from error
    except yaml.YAMLError as error:
        raise YamlError(str(error).splitlines()[0], None) from error


def _build(node: Any, location: Location, lines: dict[Location, int]) -> Any:
    lines.setdefault(location, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _build_mapping(node, location, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*location, index), lines) for index, item in enumerate(node.value)]
    if not node.style and node.value in NULLS:
        return None
    return str(node.value)


def _build_mapping(node: Any, location: Location, lines: dict[Location, int]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlError("a key must be plain text", line)
        key = str(key_node.value)
        if key in result:
            raise YamlError(f"key {key!r} is given twice", line)
        lines[(*location, key)] = line
        result[key] = _build(value_node, (*location, key), lines)
    return result
