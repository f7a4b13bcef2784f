"""What to write instead of a word that is not known.

Belongs here: the nearest of the known words. Does not belong here: which words are known.
"""

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` for a misspelt word, else an empty text."""
    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {matches[0]!r}?" if matches else ""


def hint(word: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown word: the nearest one, and all known ones."""
    names = list(known)
    return f"{nearest(word, names) or ';'} known: {', '.join(names)}"
