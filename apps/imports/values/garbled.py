"""Letters that another program read in the wrong encoding before they came here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# Letters of Latin, Greek and Cyrillic, and what stands beside them in sheets.
_LETTERS = (
    *range(0xA0, 0x180),
    *range(0x218, 0x21C),
    *range(0x386, 0x3CF),
    *range(0x400, 0x460),
)
_SIGNS = "–—‘’‚“”„•…€™\ufeff\ufffd"
# UTF-8 that was taken for one of these. Of the last only Latin letters: its Greek and
# Cyrillic ones begin with dashes.
_ENCODINGS = ("cp1252", "latin-1", "cp1250", "mac-roman")
_LATIN_ONLY = "mac-roman"
# May as well end a quotation, or stand between words.
_PUNCTUATION = frozenset("“”„‘’‚«»–—…•™®€")


def _sequences() -> Iterator[str]:
    for letter in (*map(chr, _LETTERS), *_SIGNS):
        for encoding in _ENCODINGS:
            if encoding == _LATIN_ONLY and 0x386 <= ord(letter) < 0x460:
                continue
            try:
                yield letter.encode().decode(encoding)
            except UnicodeDecodeError:
                continue


def _either(sequences: Iterable[str]) -> str:
    after: dict[str, set[str]] = {}
    for sequence in sequences:
        after.setdefault(sequence[0], set()).add(sequence[1:])
    return "|".join(
        f"{re.escape(first)}(?:{'|'.join(map(re.escape, sorted(rests)))})"
        for first, rests in sorted(after.items())
    )


def _pattern() -> re.Pattern[str]:
    found = set(_sequences())
    capitals = {s for s in found if s[0].isupper() and s[1].isupper()}
    doubtful = {s for s in found if s[0].isupper() and s[1] in _PUNCTUATION}
    within = _either(doubtful)
    # A capital of that sort inside a word, before another letter that is not ASCII.
    inside = r"(?<=[a-z])[ÂÃÄÅĂĹ][^\x00-\x7f]"
    return re.compile(
        f"\ufffd|{inside}|{_either(found - capitals - doubtful)}"
        rf"|(?<=[a-z])(?:{within})|(?:{within})(?=[^\W\d_])"
        # Without a small letter it is a word in capitals, as ŁÓDŹ.
        f"|(?:{_either(capitals)})(?=[a-z])"
    )


_GARBLED = _pattern()


def is_garbled(text: str) -> bool:
    """Whether letters of it look as if read in the wrong encoding, such as Ã¼ for ü, or
    were lost by that (U+FFFD)."""
    return not text.isascii() and _GARBLED.search(text) is not None
