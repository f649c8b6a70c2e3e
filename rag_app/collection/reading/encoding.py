"""The bytes of a file -> text, and a note when they are not UTF-8.

Knows: UTF-8, UTF-16 with and without its mark, UTF-32, and the encodings of older East Asian and Western
European files; other code pages of one byte a letter are named, not read. Does not know: what the text
says. Bytes that no encoding explains become lone surrogates (PEP 383), which no text holds.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from rag_app.text.cleaning import nfc

_SAMPLE = 60_000  # bytes from which an encoding is guessed
_LEGACY = {
    "cp949": "CP949 (EUC-KR)",
    "johab": "Johab",
    "shift_jis": "Shift-JIS",
    "cp932": "Shift-JIS (CP932)",
    "euc_jp": "EUC-JP",
    "gb18030": "GB18030",
    "big5": "Big5",
}
# Named to the reader alone: their letters are told apart by statistics, too uncertain to quote from.
_SINGLE_BYTE = {
    "cp1251": "Windows-1251 (Cyrillic)",
    "koi8_r": "KOI8-R (Cyrillic)",
    "cp866": "CP866 (Cyrillic)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp1257": "Windows-1257 (Baltic)",
    "cp874": "Windows-874 (Thai)",
}
_DAMAGED = 4  # bytes above ASCII; fewer are a damaged place
_NAMED = 12  # bytes above ASCII; fewer name no code page
_FEW = 8  # letters; fewer decide for no encoding, but for Korean where all are its syllables
_WESTERN = "cp1252"
_NAMES = {**_LEGACY, _WESTERN: "Windows-1252 (Latin-1)"}
_WESTERN_SHARE = 0.9  # of the bytes above ASCII: they stand so in Windows-1252
_USUAL_SHARE = 0.8  # of the letters: they are usual where the encoding is the right one
_SIGNS = rb"[\x80\x85\x91-\x97\xa0-\xbf]{0,2}"  # "’", "–", "«"
_WORD = "ÀÅÆÈÉÒÓÖØÚàåæèéòóöøú".encode("latin-1")  # letters that are words or signs by themselves
# One or two letters with accents beside others, or one alone. East Asian characters take two bytes each and
# stand in longer runs, or have a second byte that is no letter.
_ACCENTED = re.compile(
    rb"(?<![\x80-\xff])(?=[\x80-\xff])%(signs)b(?:(?<=[A-Za-z])[\xc0-\xff]{1,2}|[\xc0-\xff]{1,2}(?=[A-Za-z])"
    rb"|(?<![!-&*+/-@[-~])[%(word)b](?![#-&*+/0-9<-@[-~]))?%(signs)b(?![\x80-\xff])"
    % {b"signs": _SIGNS, b"word": _WORD}
)
# What does not show and stands before a line's marks, which would then be none.
_UNSEEN = re.compile("^[\u00ad\u200b-\u200f\u2060-\u2064]+", re.MULTILINE)
_HIGH = re.compile(rb"[\x80-\xff]")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Normalised text: NFC, lines ended by `\\n`, no byte order marks, nothing unseen at the start of a
    line. `note` says how it was decoded, where that was not UTF-8; `problem` why it could not be.
    """

    text: str
    note: str = ""
    problem: str = ""


def decoded(data: bytes) -> Decoded:
    """The text of a file."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return Decoded(_normal(data.decode("utf-32", "replace")), "read as UTF-32")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and len(data) > 3:
        return Decoded(_normal(data.decode("utf-16", "replace")), "read as UTF-16")
    if wide := _unmarked_utf16(data):
        return Decoded(_normal(data.decode(wide, "replace")), "read as UTF-16 (it has no byte order mark)")
    try:
        return Decoded(_normal(data.decode("utf-8")))
    except UnicodeDecodeError:
        pass
    if _is_damaged_utf8(data):
        return Decoded(normalise(data))
    name = _legacy(data)
    if not name:
        return Decoded(normalise(data), problem=_problem(data))
    guessed = ", a guess from few letters" if name in _LEGACY and len(_letters(data, name)) < _FEW else ""
    return Decoded(
        _normal(data.decode(name, "replace")),
        f"read as {_NAMES[name]}{guessed}; {_convert(name)} makes it UTF-8",
    )


def _convert(name: str) -> str:
    return f"`iconv -f {name.replace('_', '-').upper()} -t UTF-8`"


def _problem(data: bytes) -> str:
    """What can be said of a file in an encoding that is not read, or an empty string."""
    if len(_HIGH.findall(data)) < _DAMAGED:
        return ""
    lines = b"\n".join(line for line in data.splitlines() if _HIGH.search(line))[:_SAMPLE]
    best = (
        from_bytes(lines, cp_isolation=list(_SINGLE_BYTE)).best()
        if len(_HIGH.findall(lines)) > _NAMED
        else None
    )
    if best and best.encoding in _SINGLE_BYTE:
        return (
            f"not UTF-8, perhaps {_SINGLE_BYTE[best.encoding]}, which {_convert(best.encoding)} makes UTF-8"
        )
    return "not UTF-8, and in which encoding cannot be told; save it as UTF-8"


def normalise(data: bytes) -> str:
    """The text of UTF-8 bytes: without byte order marks and unseen characters at the start of a line, NFC,
    lines ended by `\\n`.

    Bytes that are not UTF-8 become lone surrogates (PEP 383), which no text holds.
    """
    return _normal(data.decode("utf-8", "surrogateescape"))


def _normal(text: str) -> str:
    lines = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")
    return nfc(_UNSEEN.sub("", lines))


def _unmarked_utf16(data: bytes) -> str:
    """The byte order of UTF-16 without its mark: its ASCII letters have a NUL on the same side."""
    sample = data[:_SAMPLE]
    if b"\0" not in sample or len(data) % 2 or b"http" in sample:
        return ""
    at = sample.find(b"h\0t\0t\0p")
    name = "utf-16-be" if at % 2 else "utf-16-le"
    return name if at >= 0 and _decodes(data, name) else ""


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether bytes hold NUL, or more characters of UTF-8 than other bytes above ASCII."""
    high = len(_HIGH.findall(data))
    in_utf8 = sum(len(found[0]) for found in _MULTIBYTE.finditer(data))
    return b"\0" in data[:_SAMPLE] or 4 * in_utf8 >= 3 * high


def _legacy(data: bytes) -> str:
    """The encoding of bytes that are no UTF-8, East Asian or Western European, or an empty string."""
    high = len(_HIGH.findall(data))
    if not _MULTIBYTE.search(data) and _western(data, high):
        return _WESTERN
    if high < _DAMAGED:
        return ""
    possible = [name for name in _LEGACY if _decodes(data, name)]
    if "cp949" in possible and _korean(data):
        return "cp949"
    plausible = [name for name in possible if _plausible(data, name)]
    if not plausible:
        return ""
    best = from_bytes(data[:_SAMPLE], cp_isolation=plausible).best()
    return best.encoding if best and best.encoding in plausible else _by_letters(data, plausible)


def _letters(data: bytes, name: str) -> list[str]:
    """The letters above ASCII of bytes in an encoding."""
    return [c for c in data[:_SAMPLE].decode(name, "ignore") if ord(c) > 0x7F and c.isalpha()]


def _plausible(data: bytes, name: str) -> bool:
    """Whether bytes that an encoding explains are enough, and letters that texts in it mostly have.

    Words of Cyrillic become half-width kana in Shift-JIS, and a few bytes of any script rare characters
    in every other.
    """
    letters = _letters(data, name)
    if len(letters) < _FEW:
        return False
    if name in ("cp949", "johab"):
        usual = sum("가" <= c <= "힣" for c in letters)
    elif name in ("shift_jis", "cp932"):
        usual = sum(not "\uff61" <= c <= "\uff9f" for c in letters)
    elif name == "euc_jp":
        return True
    else:
        usual = sum(_is_usual_chinese(c, name) for c in letters)
    return usual >= _USUAL_SHARE * len(letters)


def _is_usual_chinese(letter: str, name: str) -> bool:
    """Whether a letter is of the first level of GB 2312 or Big5, which most characters of a text are."""
    try:
        first = letter.encode("gb2312" if name == "gb18030" else name)[0]
    except UnicodeEncodeError:
        return False
    return first <= (0xD7 if name == "gb18030" else 0xC6)


def _western(data: bytes, high: int) -> bool:
    """Whether the bytes above ASCII, of which there are `high`, are accents and signs within Latin text."""
    fitting = sum(len(found[0]) for found in _ACCENTED.finditer(data))
    return fitting >= _WESTERN_SHARE * high and _decodes(data, _WESTERN)


def _decodes(data: bytes, name: str) -> bool:
    try:
        data.decode(name)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _korean(data: bytes) -> bool:
    """Whether, in CP949, all letters are syllables of KS X 1001 or most are those that Korean uses, which
    other texts decoded so are not.
    """
    letters = _letters(data, "cp949")
    if letters and all(_is_syllable(c) for c in letters):
        return True
    usual = sum(c in _USUAL_KOREAN for c in letters)
    return (
        bool(letters)
        and usual >= 0.25 * len(letters)
        and sum("가" <= c <= "힣" for c in letters) >= 0.8 * len(letters)
    )


def _is_syllable(letter: str) -> bool:
    """Whether a letter is one of the 2,350 syllables of KS X 1001, which hold nearly all of Korean."""
    if not "가" <= letter <= "힣":
        return False
    try:
        return len(letter.encode("euc_kr")) == 2  # others take eight bytes, as jamo
    except UnicodeEncodeError:
        return False


def _by_letters(data: bytes, possible: list[str]) -> str:
    """The encoding in which kana or the most usual Chinese characters show."""
    for name in possible:
        letters = _letters(data, name)
        if name in ("shift_jis", "cp932", "euc_jp") and sum(
            "\u3041" <= c <= "\u30ff" for c in letters
        ) >= 0.2 * len(letters):
            return name
        usual = _USUAL_CHINESE.get(name, "")
        if usual and sum(c in usual for c in letters) >= 0.05 * len(letters):
            return name
    return ""


_USUAL_CHINESE = {
    "gb18030": "的一是在不了有和人这中大为上个国我以要他时来用们",
    "big5": "的一是在不了有和人這中大為上個國我以要他時來用們",
}
_USUAL_KOREAN = frozenset(
    "이다는의을를가에고로한하은도지기어서리시나사자인아라대해그들수일있만적정전제게되보구위주부성스상과으논문문모델학습데터결방법"
)
