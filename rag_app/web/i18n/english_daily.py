"""The texts of the pages Today and Saved in English, and of the keys that work there.

The other language has the same keys and slots. Texts are Markdown; values put into them by `format`
must be escaped by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH_DAILY: Mapping[str, str] = {
    # --- today ---------------------------------------------------------------------------------------
    "today_view": "Show",
    "today_day": "Day",
    "today_week": "Week",
    "today_new": "New",
    "today_of_day": "Day of the digest",
    "today_day_option": "{day} · {n}",
    "today_undated": "Papers without a day",
    "today_unread": "Unread only",
    "today_for_you": "For you",
    "today_for_you_help": "The order learned from what you saved and what did not interest you, on this machine.",
    "today_for_you_off": "Saved or not interesting so far: {n}. From {enough} on, an order of your own can be learned.",
    "today_count": "{n} papers, {unread} unread",
    "today_count_one": "1 paper, {unread} unread",
    "today_lead": "In short",
    "today_rising": "Rising this week",
    "today_others": "More papers",
    "today_group": "{name} ({n})",
    "today_none": "No papers here.",
    "today_none_new": "Nothing has come in since you last looked.",
    "today_none_unread": "All of them are read.",
    "today_is_new": "new",
    "today_like": "like {title}",
    "today_dismissed": "Not interesting ({n})",
    "today_restore": "Take back",
    "today_open": "Digest",
    "today_read": "Mark read",
    "today_was_read": "Mark unread",
    "today_save": "Save",
    "today_was_saved": "Saved",
    "today_dismiss": "Not interested",
    "today_annotated": "This paper has tags or a note. The page Saved takes it away together with them.",
    # --- today: what is followed ---------------------------------------------------------------------
    "follows": "Followed",
    "follow_count": "{text} · {n} new",
    "follow_new": "Follow…",
    "follow_kind": "What to follow",
    "follow_topic": "Topic",
    "follow_author": "Author",
    "follow_question": "Question",
    "follow_text": "Words of the topic, the author's name, or the question",
    "follow_add": "Follow",
    "follow_remove": "Stop following {text}",
    "follow_none_new": "Nothing new of this. The latest that match:",
    "follow_none": "No paper matches this yet.",
    # --- shortcuts -----------------------------------------------------------------------------------
    "shortcuts": "Keys",
    "shortcuts_help": "They rest while you type in a field.",
    "key_question": "go to the question",
    "key_stop": "stop the answer",
    "key_new": "new conversation",
    "key_next": "next paper",
    "key_before": "paper before",
    "key_read": "read or unread",
    "key_save": "save",
    "key_dismiss": "not interested",
    "key_open": "open the digest",
    "key_help": "these keys",
    # --- saved ---------------------------------------------------------------------------------------
    "saved_caption": "Papers you saved, with your tags and notes. They stay on this machine.",
    "saved_search": "Words in title, tag or note; #tag for a tag alone",
    "saved_empty": "Nothing saved yet. Save a paper on Today, in Explore or from a source of an answer.",
    "saved_nothing": "No saved paper holds all of these words.",
    "saved_count": "{n} of {total} saved papers",
    "saved_tags": "Tags",
    "saved_tags_help": "With commas between them",
    "saved_note": "Note",
    "saved_edit": "Tags and note",
    "saved_remove": "Remove",
    "saved_remove_sure": "Remove this paper from the saved ones? Its tags and note are deleted, also from the disk.",
    "saved_gone": "Its digest is gone from the collection.",
}
