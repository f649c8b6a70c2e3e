"""Question -> the papers it is about and the sentences that say so.

Open `understanding` first (question -> `Query`), then `retrieval` (`Query` -> `Evidence`).
`patterns` and `dates` are how questions are worded; `rerank` asks the model about the papers next
to the cut of a list.
"""
