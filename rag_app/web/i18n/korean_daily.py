"""The texts of the pages Today and Saved in Korean, and of the keys that work there.

The other language has the same keys and slots. Texts are Markdown; values put into them by `format`
must be escaped by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping

KOREAN_DAILY: Mapping[str, str] = {
    # --- today ---------------------------------------------------------------------------------------
    "today_view": "보기",
    "today_day": "하루",
    "today_week": "일주일",
    "today_new": "새 논문",
    "today_of_day": "다이제스트 날짜",
    "today_day_option": "{day} · {n}편",
    "today_undated": "날짜 없는 논문",
    "today_unread": "안 읽은 것만",
    "today_for_you": "맞춤 순서",
    "today_for_you_help": "저장한 논문과 관심 없다고 한 논문에서 이 컴퓨터가 배운 순서입니다.",
    "today_for_you_off": "저장하거나 관심 없다고 한 논문: {n}편. {enough}편부터 나만의 순서를 배웁니다.",
    "today_count": "논문 {n}편, 안 읽음 {unread}편",
    "today_count_one": "논문 1편, 안 읽음 {unread}편",
    "today_lead": "요약",
    "today_rising": "이번 주에 늘어난 주제",
    "today_others": "그 밖의 논문",
    "today_group": "{name} ({n})",
    "today_none": "여기에는 논문이 없습니다.",
    "today_none_new": "지난번에 본 뒤로 들어온 논문이 없습니다.",
    "today_none_unread": "모두 읽었습니다.",
    "today_is_new": "새 논문",
    "today_like": "{title} 논문과 비슷함",
    "today_dismissed": "관심 없음 ({n})",
    "today_restore": "되돌리기",
    "today_open": "다이제스트",
    "today_read": "읽음",
    "today_was_read": "안 읽음으로",
    "today_save": "저장",
    "today_was_saved": "저장됨",
    "today_dismiss": "관심 없음",
    "today_annotated": "태그나 메모가 있는 논문입니다. 저장한 논문 페이지에서 함께 지울 수 있습니다.",
    # --- today: what is followed ---------------------------------------------------------------------
    "follows": "팔로우",
    "follow_count": "{text} · 새 논문 {n}편",
    "follow_new": "팔로우…",
    "follow_kind": "팔로우할 것",
    "follow_topic": "주제",
    "follow_author": "저자",
    "follow_question": "질문",
    "follow_text": "주제어, 저자 이름 또는 질문",
    "follow_add": "팔로우",
    "follow_remove": "{text} 팔로우 취소",
    "follow_none_new": "새로 들어온 논문이 없습니다. 최근에 해당하는 논문:",
    "follow_none": "아직 해당하는 논문이 없습니다.",
    # --- shortcuts -----------------------------------------------------------------------------------
    "shortcuts": "단축키",
    "shortcuts_help": "입력란에 글을 쓰는 동안에는 작동하지 않습니다.",
    "key_question": "질문란으로 가기",
    "key_stop": "답변 멈추기",
    "key_new": "새 대화",
    "key_next": "다음 논문",
    "key_before": "이전 논문",
    "key_read": "읽음 표시 또는 취소",
    "key_save": "저장",
    "key_dismiss": "관심 없음",
    "key_open": "다이제스트 열기",
    "key_help": "이 단축키",
    # --- saved ---------------------------------------------------------------------------------------
    "saved_caption": "저장한 논문과 내가 붙인 태그, 메모입니다. 이 컴퓨터에만 남습니다.",
    "saved_search": "제목, 태그, 메모에 있는 단어; 태그만 찾으려면 #태그",
    "saved_empty": "아직 저장한 논문이 없습니다. 오늘 페이지, 둘러보기 또는 답변의 출처에서 저장할 수 있습니다.",
    "saved_nothing": "이 단어가 모두 있는 저장한 논문이 없습니다.",
    "saved_count": "저장한 논문 {total}편 중 {n}편",
    "saved_tags": "태그",
    "saved_tags_help": "쉼표로 구분합니다",
    "saved_note": "메모",
    "saved_edit": "태그와 메모",
    "saved_remove": "삭제",
    "saved_remove_sure": "저장한 논문에서 삭제할까요? 태그와 메모가 디스크에서도 지워집니다.",
    "saved_gone": "이 논문의 다이제스트는 컬렉션에 없습니다.",
}
