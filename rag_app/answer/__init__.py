"""Evidence -> an answer whose every sentence has been checked against the digests.

Open `drafting` first: it asks the model for a draft and shows the order of the steps. `prompting`
is what the model reads, `verification` decides what counts as supported, `rendering` puts the
answer together. `templates` holds the answers that need no model (lists, facts, trends, refusals).
"""
