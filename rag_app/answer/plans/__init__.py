"""How each kind of open question is planned: which papers, in which order, and what is said of each.

A module a kind, each with a function `Selection` -> `AnswerPlan`, or None where nothing can be said.
"""
