"""Dialect lives in dbt_project/macros/portable only: `python -m tests.lint.portable` fails a model that has any.

Belongs here: how SQL is found in templates, and what is refused in it. Does not belong here: what may be used
(portable_set). No line is exempt: what has to differ between engines goes into a portable macro.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml
from dbt_common.clients.jinja import get_environment
from jinja2 import nodes

from tests.lint.portable_set import FOREIGN_PHRASES, FOREIGN_WORDS, FUNCTIONS, KEYWORDS, SYMBOLS, TYPES

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
FOLDERS = ("models", "macros", "tests")
YAML_SQL = {"expression", "condition", "where", "rows"}  # what tests say in SQL
JINJA = "__jinja__"  # stands in the SQL where a template puts something

AFTER_ORDER = {"rows", "range", "groups", "limit", "offset", "union", ";"}
WHY = "is not the same on every engine; use a macro of macros/portable"


class Token(NamedTuple):
    """A piece of SQL; `glued`: nothing stands between it and the one before."""

    kind: str
    text: str
    line: int
    glued: bool


class Finding(NamedTuple):
    line: int
    message: str


Rule = Callable[[Sequence[Token], int], str | None]
LEXICON = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<string>'[^']*')
    |(?P<quoted>"[^"]*"|`[^`]*`)
    |(?P<number>(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)
    |(?P<word>[^\W\d]\w*)
    |(?P<symbol><>|<=|>=|!=|\|\||::|//|->>?|.)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
END = Token("end", "", 0, False)


def tokens(sql: str, first_line: int = 1) -> list[Token]:
    """The words and symbols of a text in lower case, strings as they are; comments are left out; it ends with END."""
    found, line, glued = [], first_line, True
    for match in LEXICON.finditer(sql):
        kind, text = str(match.lastgroup), match.group()
        if kind != "space":
            found.append(Token(kind, text if kind == "string" else text.lower(), line, glued))
        line, glued = line + text.count("\n"), kind != "space"
    return [*found, END]


def texts(template: str) -> Iterator[tuple[int, str]]:
    """(first line, SQL) of what a template writes: itself, each of its macros, each string of its expressions."""
    tree = get_environment().parse(template)
    for root in (tree, *tree.find_all(nodes.Macro)):
        text, line = "", 1
        for at, piece in _written(root):
            padding = "\n" * (at - line)
            text, line = text + padding + piece, max(at, line) + piece.count("\n")
        yield 1, text
    joined: set[int] = set()
    for concat in tree.find_all(nodes.Concat):
        joined |= {id(part) for part in concat.nodes}
        yield concat.lineno, "".join(_value(part) for part in concat.nodes)
    yield from ((const.lineno, _value(const)) for const in tree.find_all(nodes.Const) if id(const) not in joined)


def _written(node: nodes.Node) -> Iterator[tuple[int, str]]:
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.TemplateData):
            yield child.lineno, child.data
        elif isinstance(node, nodes.Output):
            yield child.lineno, JINJA
        elif isinstance(child, nodes.Stmt) and not isinstance(child, nodes.Macro):
            yield from _written(child)


def _value(node: nodes.Node) -> str:
    if not isinstance(node, nodes.Const):
        return JINJA
    return node.value if isinstance(node.value, str) else ""


def called(found: Sequence[Token], at: int) -> str | None:
    """Name of the function that is called there; that of an extract says of what: `extract year`."""
    token, is_alias = found[at], found[at - 1].text == "as"
    if token.kind != "word" or found[at + 1].text != "(" or token.text in KEYWORDS or is_alias:
        return None
    return f"extract {found[at + 2].text}" if token.text == "extract" else token.text


def _function(found: Sequence[Token], at: int) -> str | None:
    name = called(found, at)
    if name is None or name in FUNCTIONS:
        return None
    return f"function {name} is not in the portable set; use a macro of macros/portable, or add it with a value test"


def _word(found: Sequence[Token], at: int) -> str | None:
    is_name = found[at - 1].text in (".", "as")
    foreign = [found[at].text] if found[at].kind == "word" and found[at].text in FOREIGN_WORDS and not is_name else []
    foreign += [phrase for phrase in FOREIGN_PHRASES if _texts(found[at : at + phrase.count(" ") + 1]) == phrase]
    return f"`{foreign[0]}` {WHY}" if foreign else None


def _symbol(found: Sequence[Token], at: int) -> str | None:
    foreign = found[at].kind == "quoted" or (found[at].kind == "symbol" and found[at].text not in SYMBOLS)
    return f"`{found[at].text}` {WHY}" if foreign else None


def _string(found: Sequence[Token], at: int) -> str | None:
    if found[at].kind != "string":
        return None
    if "\\" in found[at].text:
        return f"a backslash within a text {WHY}"
    if found[at + 1].kind == "string":
        return f"a doubled quote, or two texts in a row, {WHY}"
    if found[at].glued and found[at - 1].kind == "word":
        return f"a text with the prefix {found[at - 1].text} {WHY}"
    return None


def _number(found: Sequence[Token], at: int) -> str | None:
    number, after = found[at], found[at + 1]
    if number.kind != "number":
        return None
    if "." in number.text and "e" not in number.text:
        return f"{number.text} is a decimal, whose scale {WHY}, or write the double {number.text}e0"
    if after.kind == "word" and after.glued:
        return f"{number.text}{after.text} {WHY}"
    if after.text == "/" and found[at + 2].text.isdigit() and number.text.isdigit():
        return f"the division of integers {number.text} / {found[at + 2].text} {WHY}, or write doubles"
    return None


def _cast(found: Sequence[Token], at: int) -> str | None:
    if _texts(found[at : at + 2]) != "cast (":
        return None
    inside = list(_inside(found, at + 2))
    ends = [place for place, (token, depth) in enumerate(inside) if token.text == "as" and depth == 0]
    kind = "".join(token.text for token, _ in inside[ends[-1] + 1 :]) if ends else JINJA
    if re.sub(r"(?<=[(,])\w+", "n", kind) in (*TYPES, JINJA):
        return None
    return f"type {kind} {WHY}, or one of {', '.join(TYPES)}"


def _order(found: Sequence[Token], at: int) -> str | None:
    if _texts(found[at : at + 2]) != "order by":
        return None
    keys: list[list[Token]] = [[]]
    for token, depth in _inside(found, at + 2):
        if depth == 0 and token.text in AFTER_ORDER and keys[-1]:
            break
        if depth == 0 and token.text == ",":
            keys.append([])
        else:
            keys[-1].append(token)
    unsaid = [key for key in map(_texts, keys) if not key.endswith((" nulls first", " nulls last"))]
    return f"order by {unsaid[0]} puts nulls first or last, by engine; say which" if unsaid else None


def _texts(found: Sequence[Token]) -> str:
    return " ".join(token.text for token in found)


def _inside(found: Sequence[Token], at: int) -> Iterator[tuple[Token, int]]:
    """Tokens from there to the parenthesis that closes around them, with their depth."""
    depth = 0
    for token in found[at:]:
        depth -= token.text == ")"
        if depth < 0 or token is END:
            return
        yield token, depth
        depth += token.text == "("


RULES: tuple[Rule, ...] = (_function, _word, _symbol, _string, _number, _cast, _order)


def findings(template: str) -> list[Finding]:
    """What a template of SQL says that an engine may not understand, or not so, in the order of its lines."""
    found = set()
    for line, sql in texts(template):
        words = tokens(sql, line)
        for at in range(len(words) - 1):
            found |= {Finding(words[at].line, said) for rule in RULES if (said := rule(words, at))}
    return sorted(found)


def findings_of_yaml(text: str) -> list[Finding]:
    """The same, of the conditions and rows that a YAML file hands to tests."""
    stack, found = [yaml.compose(text)], []
    while stack:
        node = stack.pop()
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                stack.append(value)
                if key.value in YAML_SQL and isinstance(value, yaml.ScalarNode):
                    before = value.start_mark.line + (value.style in ("|", ">"))
                    found += [said._replace(line=before + said.line) for said in findings(value.value)]
        elif isinstance(node, yaml.SequenceNode):
            stack += node.value
    return sorted(found)


def main(project: Path = PROJECT) -> int:
    """Prints `file:line: what` for everything found in a dbt project; returns how many."""
    readers = {".sql": findings, ".yml": findings_of_yaml}
    paths = [path for folder in FOLDERS for path in sorted((project / folder).rglob("*")) if path.suffix in readers]
    count = 0
    for path in paths:
        if path.is_relative_to(project / "macros" / "portable"):
            continue
        for line, message in readers[path.suffix](path.read_text(encoding="utf-8")):
            print(f"{path.relative_to(project.parent)}:{line}: {message}")
            count += 1
    return count


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
