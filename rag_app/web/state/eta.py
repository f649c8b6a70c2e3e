"""What a reader is told while an answer is written: what it waits for, for how long, and about how
long it will be.

Knows: how the time of an answer is estimated from those before. Does not know: jobs, pages or
engines. Called by `ui.answer`.

An answer takes the time to read the prompt, then its tokens at the measured speed. Medians of the
last answers on the same model are taken for what is not known yet: one long answer must not spoil
the next estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rag_app.records import Answer
from rag_app.web.i18n.text import Words
from rag_app.web.state.model_call import ModelCall

RECENT = 5  # answers that an estimate rests on
WORTH_SAYING = 3.0  # seconds; a shorter wait needs no number
ENOUGH_PIECES = 8  # from which on this answer's own speed is taken


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast this machine answers."""

    reading: float  # seconds before the first token
    tokens: float  # of an answer
    speed: float  # tokens a second

    @property
    def whole(self) -> float:
        """Seconds of a whole answer."""
        return self.reading + self.tokens / self.speed


def pace_of(answers: Sequence[Answer], model: str) -> Speed | None:
    """The pace of the latest answers that this model wrote; `answers` are in order. None before the first."""
    written = [a for a in answers if a.model == model and a.usage.tokens_per_second and a.first_token_seconds]
    if not written:
        return None
    latest = written[-RECENT:]
    return Speed(
        median((a.first_token_seconds or 0.0) - a.evidence_seconds for a in latest),
        median(a.usage.generated_tokens for a in latest),
        median(a.usage.tokens_per_second for a in latest),
    )


def seconds_left(pace: Speed, model_call: ModelCall, now: float) -> float:
    """About how long the answer will still take at time `now` of the monotonic clock."""
    if model_call.first_piece is None:
        return model_call.ahead * pace.whole + max(pace.whole - (now - model_call.began), 0.0)
    writing = now - model_call.first_piece
    own = model_call.pieces >= ENOUGH_PIECES and writing > 0
    speed = model_call.pieces / writing if own else pace.speed
    return max(pace.tokens - model_call.pieces, 0.0) / speed


def waiting_line(pace: Speed | None, model_call: ModelCall, now: float, words: Words) -> str:
    """One line of Markdown, or nothing where there is nothing to say."""
    facts = []
    if model_call.ahead and model_call.first_piece is None:
        facts.append(words["queue_one" if model_call.ahead == 1 else "queue"].format(n=model_call.ahead))
    if now - model_call.began >= WORTH_SAYING:
        facts.append(words["took"].format(seconds=f"{now - model_call.began:.0f}"))
    if pace and (left := seconds_left(pace, model_call, now)) >= WORTH_SAYING:
        facts.append(words["time_left"].format(seconds=f"{left:.0f}"))
    return " · ".join(facts)
