"""Numbers in English words."""

from __future__ import annotations

from rag_app.lang.language import NumberWords

COUNTS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10,
}  # fmt: skip

NUMBERS = NumberWords(
    percent=("percent",),
    scales={"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12},
    scales_add_up=False,
    spelled={
        "two": 2, "twice": 2, "double": 2, "three": 3, "triple": 3, "four": 4, "five": 5, "six": 6,
        "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "twenty": 20,
        "thirty": 30, "fifty": 50, "hundred": 100,
    },
    spelled_inside=(r"\b", r"\b"),
    counts=COUNTS,
    rewritten={"trillion": 1e12, "billion": 1e9, "million": 1e6},
    measures={
        "times": (" times", "times(?= (?:as|more|less|better|fewer|[a-z]+er))"),
        "points": (" points", "points?"), "epochs": (" epochs", "epochs?"),
        "steps": (" steps", "steps?"), "tokens": (" tokens", "tokens?"),
        "parameters": (" parameters", "parameters?"), "layers": (" layers", "layers?"),
        "frames": (" frames", "frames?"), "languages": (" languages", "languages?"),
        "people": (" people", "people"), "seconds": (" seconds", "seconds?"),
        "minutes": (" minutes", "minutes?"), "hours": (" hours", "hours?"), "days": (" days", "days?"),
        "weeks": (" weeks", "weeks?"), "months": (" months", "months?"),
    },
    measure_end=r"(?![A-Za-z])",
)  # fmt: skip
