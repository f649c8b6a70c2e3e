"""How a name sounds: 와일드엘마 and "WildLMa" are one name, 엘엘엠 and "LLM" one term.

Knows: Hangul syllables and, roughly, how English letters are read by Korean speakers.
Does not know: which names there are.

Two sketches of a name: its consonants in classes that the two scripts keep apart alike (the idea of
Soundex, Russell 1918), and its letters, by which names with the same consonants are told apart.
"""

from __future__ import annotations

import re

_FIRST_SYLLABLE, _LAST_SYLLABLE = 0xAC00, 0xD7A3
_INITIALS = "g kk n d tt r m b pp s ss  j jj ch k t p h".split(" ")
_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_FINALS = " g kk gs n nj nh d l lg lm lb ls lt lp lh m b bs t t ng j ch k t p h".split(" ")

# Letters of one class are one sound in the other script; the order matters.
_READ = (
    (r"ph", "p"), (r"th|sh|tch|ch|ts|tz", "s"), (r"ck|qu", "k"), (r"x", "ks"), (r"wh", "w"), (r"gh(?![aeiou])", ""),
    (r"c(?=[eiy])", "s"), (r"ng(?![aeiouy])", "n"), (r"(?<=[aeiouy])r(?![aeiouyr])", ""),
    (r"(?<=[aeiouy])re$", ""),  # 갈로어 is GaLore
)  # fmt: skip
_VOWEL = "a"
_CLASSES = str.maketrans("gckqdtbpfvszjlrmneiouy", "KKKKTTPPPPSSSRRMN" + 5 * _VOWEL, "wh0123456789")


# Before these vowels "g" is read as in "magic" or as in "target", "c" as in "city" or, where another word
# begins, as in "magic insert"; "th" as in "thing" or as in "rhythm".
_READ_OTHERWISE = (r"g(?=[eiy])", "j"), (r"c(?=[eiy])", "k"), (r"th", "d")
# Of Hangul: vowels that are only there because a syllable needs one, "스" and "치" of "터치스톤".
_READ_HANGUL = (r"eu", ""), (r"chi", "ch"), (r"ng(?![aeiouy])", "n"), (r"ch", "s")


# How Korean speakers read single letters.
_LETTER_NAMES = {
    "에이치": "h", "더블유": "w", "더블류": "w", "에이": "a", "에프": "f", "에치": "h", "아이": "i", "제이": "j",
    "케이": "k", "아르": "r", "에스": "s", "브이": "v", "엑스": "x", "와이": "y", "제트": "z", "비": "b", "씨": "c",
    "시": "c", "디": "d", "이": "e", "지": "g", "쥐": "g", "엘": "l", "엠": "m", "엔": "n", "오": "o", "피": "p",
    "큐": "q", "알": "r", "티": "t", "유": "u",
}  # fmt: skip
_LETTER = re.compile("|".join(_LETTER_NAMES))  # the longer ones come first
SHORTEST_SPELLED, LONG_SPELLED = 3, 4  # letters, and syllables of two letters
_SPELLED_OUT = re.compile(f"(?:{_LETTER.pattern}){{2,}}")


def spelled_out(word: str) -> str:
    """The letters of an abbreviation that is read letter by letter, "RLHF" of 알엘에이치에프; empty for
    others. Whether a word that could be read so is another one ("비디오") is for the caller to know.
    """
    if not _SPELLED_OUT.fullmatch(word):
        return ""
    letters = "".join(_LETTER_NAMES[match[0]] for match in _LETTER.finditer(word)).upper()
    # Of two letters most are syllables of other words: "시티".
    return letters if len(letters) >= SHORTEST_SPELLED or len(word) >= LONG_SPELLED else ""


def readings(text: str) -> set[str]:
    """What a name in Latin letters may sound like."""
    letters = letters_of(text)
    found = {letters}
    for pattern, read in _READ_OTHERWISE:
        found |= {re.sub(pattern, read, one) for one in found}
    return set(map(sounds, found))


def sounds(text: str) -> str:
    """The consonants of a name by class, digits left out; of Hangul and of Latin letters alike."""
    letters = letters_of(text)
    for pattern, read in _READ_HANGUL if _is_hangul(text) else _READ:
        letters = re.sub(pattern, read, letters)
    classes = re.sub(r"(.)\1+", r"\1", letters).translate(_CLASSES)
    # "yolo" has two consonants, and a doubled one is none more.
    return re.sub(f"[{_VOWEL}]", "", re.sub(r"(.)\1+", r"\1", classes))


def letters_of(text: str) -> str:
    """A name in lower-case Latin letters and digits, Hangul by its syllables."""
    return "".join(map(_romanised, text.casefold()))


def _romanised(character: str) -> str:
    code = ord(character)
    if not _FIRST_SYLLABLE <= code <= _LAST_SYLLABLE:
        return character if character.isascii() and character.isalnum() else ""
    place = code - _FIRST_SYLLABLE
    return _INITIALS[place // 588] + _VOWELS[place % 588 // 28] + _FINALS[place % 28]


def _is_hangul(text: str) -> bool:
    return any(_FIRST_SYLLABLE <= ord(character) <= _LAST_SYLLABLE for character in text)
