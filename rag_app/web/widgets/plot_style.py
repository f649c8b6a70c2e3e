"""What the plots share: their colours, and the axis of months.

Knows: how a plot looks. Does not know: what it shows.
"""

from __future__ import annotations

# Kinds side by side, which eyes of every kind tell apart on white and on black: Paul Tol's "bright"
# (https://sronpersonalpages.nl/~pault/), its yellow and cyan darker.
KINDS = ("#4477aa", "#ee6677", "#228833", "#b8a02e", "#33a6cc", "#aa3377", "#8a8a8a")
USUAL, HOT = "#14918a", "#e8590c"  # a mark; one that stands out


def month_axis() -> object:
    """Months as two lines, the year below its first month, so that no label has to be turned."""
    import altair as alt

    month, first = "slice(datum.label, 5)", "datum.index == 0 || slice(datum.label, 5) == '01'"
    label = f"[{month}, {first} ? slice(datum.label, 0, 4) : '']"
    return alt.Axis(labelAngle=0, labelExpr=label, labelOverlap=False, ticks=False, domain=False)
