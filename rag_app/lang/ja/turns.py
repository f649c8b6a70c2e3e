"""How short turns go on with the answer before, in Japanese."""

from __future__ import annotations

from rag_app.lang.language import TurnPatterns

_UNITS = {"day": "日", "week": "週", "month": "月", "year": "年"}

TURNS = TurnPatterns(
    instead=("(?:では|じゃあ)?([^はがを、。？?その]{2,20})は[？?]",),
    within=("(?:では|じゃあ)?([^はがを、。？?その]{2,20})(?:では|においては)[？?]",),
    their_papers=("(?:関連(?:する)?)?論文(?:は|を)?(?:見せて|教えて|ありますか)?[。？?]*",),
    adding=("(.{2,30}?)も(?:追加|加え).*",),
    whole=(r"(?:全部|すべて|全て)(?:もう一度)?(?:見せて)?",),
    further=(
        "(?:もっと|次|残り|続き|他に(?:も)?)(?:の論文)?(?:を|は)?(?:見せて|教えて|ください|ありますか|ある)*[。？?]*",
    ),
    year_alone=(r"(?:では|じゃあ)?(20[0-3]\d)年?(?:は|だけ|のみ|の)?(?:論文)?[。？?]*",),
    following={
        unit: (rf"(?:では|じゃあ)?次の{name}(?:の論文)?は?[。？?]*",) for unit, name in _UNITS.items()
    },
    preceding={
        unit: (rf"(?:では|じゃあ)?前の{name}(?:の論文)?は?[。？?]*",) for unit, name in _UNITS.items()
    },
    of_two=("(?:では|じゃあ)?(どちら[がの][^？?。]{1,20})[。？?]*",),
    all_told=("(?:それら|これら)(?:の論文)?(?:の|は|を)?",),
    pronouns=("それ|これ|その(?:方法|技術|モデル)",),
    places=(r"(\d{1,2})番目", "(最初|最後)の(?:論文|もの)"),
    place_words={"最初": 1, "最後": -1},
)
