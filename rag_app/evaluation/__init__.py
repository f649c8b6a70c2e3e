"""How good the answers are: question files with their keys, scorers, and a report whose gap is watched.

Open `run` first: it asks and scores. `questions` reads the keys and splits them in two parts, `exam`
and `open_questions` say what a right answer is, `report` puts both parts side by side.
"""
