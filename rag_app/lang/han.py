"""What Japanese and Chinese share: letters written without blanks between words, and days, months and years
counted with the signs 年, 月, 日 and 号.

Knows: these letters, and numbers with these signs. Does not know: relative dates, ranges, or any other
wording.
"""

from __future__ import annotations

from rag_app.lang.language import YEAR, Parts

UNSPACED = r"\u3005\u3040-\u30ff\u3400-\u9fff"  # the inside of a character class

_DAY_SIGN = "[日号號]"

FULL: Parts = (rf"(?<!\d)(?P<y>{YEAR}|\d\d)\s?年\s?(?P<m>\d{{1,2}})\s?月\s?(?P<d>\d{{1,2}})\s?{_DAY_SIGN}?",)
PART_OF_YEAR: Parts = (
    rf"(?P<y>{YEAR})\s?年\s?第?\s?(?P<q>[1-4])\s?(?:四半期|季度)",
    rf"(?P<y>{YEAR})\s?年\s?の?(?P<h>[上下])半[期年]",
)
MONTH_OF_YEAR: Parts = (rf"(?<!\d)(?P<y>{YEAR}|\d\d)\s?年\s?(?P<m>\d{{1,2}})\s?月",)
DAY_OF_MONTH: Parts = (
    rf"(?<!\d)(?P<m>\d{{1,2}})\s?月\s?(?P<d>\d{{1,2}})\s?{_DAY_SIGN}",
    rf"(?<!\d)(?P<m>\d{{1,2}})\s?月\s?(?P<d>\d{{1,2}})(?=\s?[~～〜–-]\s?\d{{1,2}}\s?{_DAY_SIGN})",
)
MONTH_OR_YEAR: Parts = (rf"(?<!\d)(?P<y>{YEAR})\s?年(?!代)", r"(?<!\d)(?P<m>\d{1,2})\s?月(?![曜份]?目)")
HALVES = {"上": 1, "下": 2}
DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
