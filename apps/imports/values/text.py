"""Texts of cells: what is none, and codes, serial numbers, e-mails, names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from apps.core.clean import capitals, lines, one_line, small_letters, stripped
from apps.core.folding import fold
from apps.core.tables import original
from apps.core.told import Sentence, Told

from . import cell_texts

# Blank leaves a value alone; this, and nothing else, empties it.
CLEAR = "(clear)"
NO_VALUE = frozenset({"-", "--", "—", "n/a", "na", "none", "null", "unknown", "?"})
# Of these any text says nothing, while “None” or “Na” may be somebody's name.
NO_TEXT = frozenset({"-", "--", "---", "–", "—", "?", "n/a"})
# Excel exports write ="00123" to keep the zeros.
TEXT_FORMULA = re.compile(r'="(?P<text>[^"]*)"')
SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d+)?E\+\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Why a cell is refused, in a sentence that names its value and the way out."""

    told: Told

    @property
    def code(self) -> str:
        return self.told.reason

    @property
    def message(self) -> str:
        return str(self.told)


def shortened(text: str) -> str:
    shown = text.strip()
    return shown if len(shown) <= 60 else shown[:59] + "…"


def refuse(why: Sentence, text: str, **more: str) -> CellProblem:
    return CellProblem(why(value=shortened(text), **more))


def is_clear(text: str) -> bool:
    return stripped(text).casefold() == CLEAR


def unwrapped(text: str) -> str:
    """Without what makes it a text for a spreadsheet."""
    if "'" not in text and '="' not in text:
        return text  # nearly always
    meant = original(text)
    if meant != text:
        return meant
    formula = TEXT_FORMULA.fullmatch(one_line(text))
    return formula["text"] if formula else text


def tidy_text(text: str) -> str:
    """On one line, as it is written and compared."""
    return one_line(unwrapped(text))


def is_nothing(text: str) -> bool:
    """Whether a cell of a word, number or day says none: blank, “-”, “n/a”."""
    tidy = tidy_text(text)
    return not tidy or tidy.casefold() in NO_VALUE


def folded(text: str) -> str:
    """For comparing words: no case, accents or punctuation, single spaces."""
    letters = (c if c.isalnum() else " " for c in fold(text).lower())
    return " ".join("".join(letters).split())


SPREADSHEET_ERROR = re.compile(r"#(N/A|[A-Z0-9/_]+[!?]|#+)")
# "MAR12" and "2-3" become days as soon as a spreadsheet meets them.
BECAME_A_DAY = re.compile(
    r"(\d{1,2}-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|"
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-\d\d)",
    re.IGNORECASE,
)
DAY = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?")
FLOAT_TAIL = re.compile(r"\d{5,}[.,]0+")
# A spreadsheet keeps 15 digits of a number and writes zeros for the rest.
LOST_DIGITS = re.compile(r"\d{15}000+")
FIRMWARE_SERIALS = frozenset(
    {
        "0",
        "TO BE FILLED BY O.E.M.",
        "DEFAULT STRING",
        "SYSTEM SERIAL NUMBER",
        "NOT SPECIFIED",
        "NOT AVAILABLE",
        "NONE SPECIFIED",
    }
)


def spreadsheet_error(text: str) -> CellProblem | None:
    """What a spreadsheet shows instead of a value: #N/A, or ### in a narrow column."""
    if not text.lstrip().startswith("#") or not SPREADSHEET_ERROR.fullmatch(
        tidy_text(text)
    ):
        return None
    return refuse(cell_texts.SPREADSHEET_ERROR, text)


def to_text(text: str, *, max_length: int | None = None) -> str | CellProblem | None:
    if error := spreadsheet_error(text):
        return error
    tidy = tidy_text(text)
    if max_length and len(tidy) > max_length:
        return refuse(cell_texts.TOO_LONG, text)
    is_nothing = tidy.casefold() in NO_TEXT or tidy == "NULL"  # of a database
    return None if is_nothing or not tidy else tidy


def to_note(text: str) -> str | CellProblem | None:
    """Text of several lines."""
    return spreadsheet_error(text) or lines(unwrapped(text)) or None


def to_code(text: str, *, max_length: int | None = None) -> str | CellProblem | None:
    """An identifier (tag, model or order number), refused if a spreadsheet hurt it."""
    code = to_text(text, max_length=max_length)
    if not isinstance(code, str):
        return code
    if code.casefold() in NO_VALUE:
        return None
    if SCIENTIFIC.fullmatch(code) or LOST_DIGITS.fullmatch(code):
        return refuse(cell_texts.DIGITS_LOST, text)
    if code.startswith("'"):
        return refuse(cell_texts.APOSTROPHE, text)
    if BECAME_A_DAY.fullmatch(code):
        return _became_a_day(text)
    if FLOAT_TAIL.fullmatch(code):
        return refuse(cell_texts.BECAME_A_NUMBER, text)
    return code


def _became_a_day(text: str) -> CellProblem:
    return refuse(cell_texts.BECAME_A_DAY, text)


def to_serial(text: str, *, max_length: int | None = None) -> str | CellProblem | None:
    """Upper case, as serial numbers are compared."""
    code = to_code(text, max_length=max_length)
    if not isinstance(code, str):
        return code
    if DAY.fullmatch(code):
        return _became_a_day(text)
    serial = capitals(code)
    if serial in FIRMWARE_SERIALS:
        return refuse(cell_texts.NO_SERIAL, text)
    if max_length and len(serial) > max_length:  # capitals of some letters are two
        return refuse(cell_texts.TOO_LONG, text)
    return serial


def to_email(text: str, *, max_length: int | None = None) -> str | CellProblem | None:
    if is_nothing(text):
        return None
    tidy = tidy_text(text)
    bracketed = re.fullmatch(r"[^<>]*<(?P<address>[^<>]+)>", tidy)
    address = bracketed["address"] if bracketed else tidy
    address = re.sub(r"^mailto:", "", address.strip(" ;,"), flags=re.IGNORECASE)
    try:
        validate_email(address)
    except ValidationError:
        return refuse(cell_texts.BAD_EMAIL, text)
    found = small_letters(address)
    if max_length and len(found) > max_length:
        return refuse(cell_texts.TOO_LONG, text)
    return found


def split_name(full_name: str) -> tuple[str, str]:
    """First and last name: at the last space, or around the comma of "Last, First"."""
    last, comma, first = one_line(full_name).partition(",")
    if comma and one_line(first):
        return one_line(first), one_line(last)
    first, _space, last = one_line(last).rpartition(" ")
    return (first, last) if first else (last, "")


def surname_first(text: str) -> str | CellProblem:
    """“Last, First” of a name that begins with the surname: of two words, or where
    capitals tell one part from the other. Of others nobody knows where it ends."""
    words = tidy_text(text).split()
    if len(words) < 2 or any(sign in text for sign in ",@(<"):
        return tidy_text(text)
    capitals = [len(word) > 1 and word.isupper() for word in words]
    end = 1 if len(words) == 2 else capitals.index(False) if False in capitals else 0
    if not end or (len(words) > 2 and any(capitals[end:])):
        return refuse(cell_texts.WHERE_SURNAME_ENDS, text)
    return f"{' '.join(words[:end])}, {' '.join(words[end:])}"


class OrderEvidence:
    """What the cells of one column say of the two ways in which each may be written:
    day or month first, point or comma."""

    def __init__(self) -> None:
        self.shown: set[str] = set()  # by cells that leave no doubt
        self.undecided = False
        # The first cell that decides, and the first that leaves it open.
        self.proof = self.example = ""

    def note(self, way: str, text: str) -> None:
        """The way of one cell: one of the two, AMBIGUOUS, or UNNEEDED."""
        if way == "AMBIGUOUS":
            self.undecided = True
            self.example = self.example or text.strip()
        elif way != "UNNEEDED":
            self.shown.add(way)
            self.proof = self.proof or text.strip()

    @property
    def is_mixed(self) -> bool:
        return len(self.shown) > 1

    @property
    def found(self) -> str:
        if len(self.shown) == 1:
            return next(iter(self.shown))
        return "AMBIGUOUS" if self.undecided else "UNNEEDED"


# --- Letters that another program read in the wrong encoding ------------------

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
