"""The fixed sentences of answers that code writes, in English.

Knows: wording only; every language has the same keys and slots. Does not know: what goes into a
slot, or the page, whose labels are apart.
"""

from __future__ import annotations

PHRASES = {
    "greeting": "Hello! Ask about the papers in the collection: what a paper does, its figures, which papers "
    "treat a topic, how two papers differ, or who wrote what and when.",
    "unknown_name": "No paper named {names} is in the collection.",
    "unknown_author": "No paper in the collection has an author named {names}.",
    "not_in_digest_of": "The digest of {names} does not say this.",
    "not_mentioned": "The digest does not mention {names}, so this cannot be answered from it.",
    "no_support": "The digests in this collection do not answer this.",
    "off_topic": "No paper in this collection is about this.",
    "stopped": "Stopped before anything was said.",
    "question_cut": "The question is long: the model has read only its beginning.",
    "nearest": "Nearest papers:",
    "impossible": "That date does not exist or the range is reversed: {note}.",
    "no_papers": "No paper in the collection meets these conditions ({days}).",
    "not_among": "{names} is not among the papers that meet these conditions ({days}).",
    "only": "among {n} chosen papers",
    "span": "The collection covers {first} to {last}.",
    "no_days": "No digest in this collection has a day.",
    "assumed": "Assumed: {note}.",
    "by_digest": "According to the digest, ",
    "list_head": "{matched} of {scanned} papers match.",
    "list_borderline": "{borderline} more are borderline and shown apart.",
    "closest": "The closest {count}:",
    "more": "… and {more} more; the sources list them all.",
    "votes": "{votes} votes",
    "votes_unknown": "votes unknown",
    "date_unknown": "day unknown",
    "count": "There are {count} papers.",
    "count_one": "There is 1 paper.",
    "top": "Most votes:",
    "bottom": "Fewest votes:",
    "unknown_votes": "({unknown} without a known vote count are left out.)",
    "authors_are": "written by {authors}",
    "authors_unknown": "authors not recorded",
    "and_more": " and others",
    "months_head": "| Month | Papers |",
    "authors_head_line": "Authors with the most papers:",
    "authors_head": "| Author | Papers |",
    "not_in_digest": "not in the digest",
    "quoted": "The digest says [{n}]:",
    "paper_is": "{title} fits best [{n}]:",
    "trend_head": "{matched} of {scanned} papers are about this.",
    "trend_columns": "| Month | On topic | All papers | Share |",
    "trend_peak": "Papers of the month with the highest share ({month}):",
    "papers": "{count} papers",
    "rising_head": "Topics whose share of the papers rose most:",
}
