"""How long an answer will still take, and the line that says so while it is written.

Knows: that an answer takes the time to read the prompt, then its tokens at the measured speed.
Medians of the last answers by the same model stand in for what is not known yet: one long answer
must not spoil the next estimate. Does not know: jobs, pages or engines.
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
class AnswerSpeed:
    """How fast a model answers on this machine."""

    prompt_seconds: float  # from the evidence to the first token
    tokens: float  # of an answer
    tokens_per_second: float

    @property
    def total_seconds(self) -> float:
        """Seconds of a whole answer."""
        return self.prompt_seconds + self.tokens / self.tokens_per_second


def answer_speed(answers: Sequence[Answer], model: str) -> AnswerSpeed | None:
    """The speed of the latest answers (they are in order) that this model wrote; None before the first."""
    written = [a for a in answers if a.model == model and a.usage.tokens_per_second and a.first_token_seconds]
    if not written:
        return None
    latest = written[-RECENT:]
    return AnswerSpeed(
        median((a.first_token_seconds or 0.0) - a.evidence_seconds for a in latest),
        median(a.usage.generated_tokens for a in latest),
        median(a.usage.tokens_per_second for a in latest),
    )


def seconds_left(usual: AnswerSpeed, model_call: ModelCall, now: float) -> float:
    """About how long the answer will still take at time `now` of the monotonic clock."""
    if model_call.first_piece is None:
        return model_call.ahead * usual.total_seconds + max(
            usual.total_seconds - (now - model_call.began), 0.0
        )
    writing = now - model_call.first_piece
    own = model_call.pieces >= ENOUGH_PIECES and writing > 0
    speed = model_call.pieces / writing if own else usual.tokens_per_second
    return max(usual.tokens - model_call.pieces, 0.0) / speed


def waiting_line(usual: AnswerSpeed | None, model_call: ModelCall, now: float, words: Words) -> str:
    """The place in the queue, the seconds so far and the seconds left; empty where none is worth a number."""
    facts = []
    if model_call.ahead and model_call.first_piece is None:
        facts.append(words["queue_one" if model_call.ahead == 1 else "queue"].format(n=model_call.ahead))
    if now - model_call.began >= WORTH_SAYING:
        facts.append(words["so_far"].format(seconds=f"{now - model_call.began:.0f}"))
    if usual and (left := seconds_left(usual, model_call, now)) >= WORTH_SAYING:
        facts.append(words["time_left"].format(seconds=f"{left:.0f}"))
    return " · ".join(facts)
