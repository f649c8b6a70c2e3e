"""Names of authors in two parts, as RIS and CSL want them.

Knows: where a family name stands. Does not know: file formats.
"""

from __future__ import annotations

import re

_PARTICLE = re.compile(
    r"(?:de|del|della|der|den|di|da|dos|du|la|le|van|von|ten|ter|bin|al|el)", re.IGNORECASE
)
_HANGUL_OR_HAN = re.compile(r"[\uac00-\ud7a3\u4e00-\u9fff]")


def parted(name: str) -> tuple[str, str]:
    """(family name, given names); a name of one word, of Hangul or Chinese characters, or with a comma
    of its own is whole: ("DeepSeek-AI", "").

    The last word is the family name, with the particles before it: ("van den Oord", "Aäron").
    """
    words = name.split()
    if len(words) < 2 or "," in name or _HANGUL_OR_HAN.search(name):
        return name.replace(",", " ") if "," in name else name, ""
    start = len(words) - 1
    while start > 1 and _PARTICLE.fullmatch(words[start - 1]):
        start -= 1
    return " ".join(words[start:]), " ".join(words[:start])
