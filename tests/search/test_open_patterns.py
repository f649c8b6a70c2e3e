"""What is read off an open question beside its subject."""

from __future__ import annotations

import pytest

from rag_app.search import dates, open_patterns


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("What are the main ways to fold cloth with robots?", "fold cloth with robots"),
        ("Make a table of tide models", "tide models"),
        ("로봇이 옷을 개는 방법들을 설명해줘", "로봇이 옷을 개는"),
        ("explain this in 3 bullet points", "this in"),
        ("정리해줘", ""),
        ("번역 품질을 재는 방법들을 설명해줘", "번역 품질을 재는"),
        ("추천 시스템을 요약해 주세요", "추천 시스템을"),
        ("회의 요약 소개", "회의 요약"),
        ("I'd like to fold cloth", "fold cloth"),
        ("I'm new to tide models", "tide models"),
        ("what do papers say about tide models?", "tide models"),
        ("what is known about tide models?", "tide models"),
        ("papers about tide models for a beginner", "about tide models"),
    ],
)
def test_the_subject_is_what_is_left_without_what_asks(question: str, subject: str) -> None:
    assert open_patterns.subject(question) == subject


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("PickBot 다이제스트를 영어로 번역해줘", "en"),
        ("explain PickBot in Korean", "ko"),
        ("What does PickBot do?", "en"),
        ("PickBot은 뭐 하는 거야?", "ko"),
    ],
)
def test_the_answer_is_in_the_language_that_is_asked_for(question: str, language: str) -> None:
    assert open_patterns.answer_language(question) == language


@pytest.mark.parametrize(
    ("question", "count"),
    [("in three bullet points", 3), ("세 줄로 요약", 3), ("2 sentences please", 2), ("how does it work?", 0)],
)
def test_the_number_of_points_is_read(question: str, count: int) -> None:
    assert open_patterns.points_asked(question) == count


@pytest.mark.parametrize(
    ("question", "columns"),
    [
        ("Make a table of tide models: gauges, error, year", ("gauges", "error", "year")),
        ("조석 모델을 표로 정리해줘 (이름, 크기(토큰 수), 결과)", ("이름", "크기(토큰 수)", "결과")),
        ("Make a table of tide models", ()),
    ],
)
def test_the_columns_of_a_table_are_those_listed(question: str, columns: tuple[str, ...]) -> None:
    assert open_patterns.columns(question) == columns


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("tide forecasts without neural networks", "neural networks"),
        ("카메라 없이 파지하는 로봇", "카메라"),
        ("which robots fold cloth?", ""),
        ("papers on tides that use no gauges", "gauges"),
        ("tide papers, but not about harbours", "harbours"),
        ("비디오를 다루는데 텍스트를 쓰지 않는 것", "텍스트"),
        ("faster tide models without losing accuracy", ""),
        ("faster without losing accuracy and without gauges", "gauges"),
        ("tide forecasts without gauges or harbour cameras, in Busan", "gauges or harbour cameras"),
        ("can models reason without chain of thought?", "chain of thought"),
        ("tide models besides regression", "regression"),
        ("조수계나 카메라 없이 예측하는 방법", "조수계나 카메라"),
        ("회귀 이외의 조수 모델", "회귀"),
        ("따로 학습하지 않는 방법", "따로 학습"),
        ("안전하지 않은 출력을 막는 방법", ""),
        ("정확도 손실 없이 조수를 예측하는 방법", ""),
    ],
)
def test_what_must_not_hold_is_told_apart(question: str, what: str) -> None:
    assert open_patterns.denial(question).what == what


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("DPO vs PPO", ("DPO", "PPO")),
        ("rag vs fine tuning which one is better for me", ("rag", "fine tuning")),
        ("is mamba better than transformers?", ("mamba", "transformers")),
        ("which is faster, flow matching or diffusion?", ("flow matching", "diffusion")),
        ("SFT or RL, which generalizes better?", ("SFT", "RL")),
        ("difference between LoRA and QLoRA", ("LoRA", "QLoRA")),
        ("compare DPO and PPO", ("DPO", "PPO")),
        ("GAN이랑 확산모델 뭐가 달라?", ("GAN", "확산모델")),
        ("파인튜닝이랑 RAG 중에 뭐가 나아?", ("파인튜닝", "RAG")),
        ("맘바가 트랜스포머보다 좋아?", ("맘바", "트랜스포머")),
        ("DPO와 PPO 차이", ("DPO", "PPO")),
        ("DPOとPPOの違い", ("DPO", "PPO")),
        ("扩散模型和自回归模型的区别", ("扩散模型", "自回归模型")),
        ("papers on agents or robots", None),
        ("vision and language", None),
        ("What is LoRA and who uses it?", None),
        ("페루 도로 영상으로 사람과 모델의 답을 비교한 데이터셋 이름이 뭐지?", None),
        ("로봇과 사람이 함께 일하는 논문", None),
    ],
)
def test_what_is_set_side_by_side(question: str, sides: tuple[str, str] | None) -> None:
    assert open_patterns.versus(question) == sides


def test_the_ways_and_other_words_of_a_denial_are_read() -> None:
    found = open_patterns.denial("tide forecasts without gauges (e.g. by radar, by eye)?")
    assert (found.what, found.also, len(found.ways)) == ("gauges", "", 2)
    found = open_patterns.denial("tide forecasts without gauges (gauge-free): how (radar, cameras)?")
    assert (found.what, found.also, found.ways) == ("gauges", "gauge-free", ("radar", "cameras"))


@pytest.mark.parametrize(
    ("question", "denies", "apart"),
    [
        ("tide forecasts without gauges", True, False),
        ("gauge-free tide forecasts", False, False),  # a word of the field
        ("tide models other than regression", True, True),
        ("조수 말고 다른 논문", True, True),
        ("조수계 없이 예측하는 논문", True, False),
        ("tide models with gauges", False, False),
        ("Why do tide models fail without gauges?", False, False),  # asks for reasons
        ("조수계 없이는 왜 예측이 틀려?", False, False),
    ],
)
def test_papers_without_a_thing_are_told_from_other_papers(question: str, denies: bool, apart: bool) -> None:
    assert open_patterns.denies(question) is denies
    assert open_patterns.denial(question).apart is apart


def test_a_paper_named_to_be_left_out_is_not_meant() -> None:
    assert open_patterns.denied("LoRA (the first, not ", ")")
    assert open_patterns.denied("", " 말고 다른 논문")
    assert not open_patterns.denied("explain ", " please")


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("2024년 하반기(7~12월)에 나온 것, 2025년 건 빼고", "2024-07-01", "2024-12-31"),
        ("2025년 3월 셋째 주(3/17~3/21)에 나온 것", "2025-03-17", "2025-03-21"),
        ("2025 robotics papers with many votes", "2025-01-01", "2025-12-31"),
    ],
)
def test_dates_left_out_are_no_condition_and_a_parenthesis_says_more_exactly(
    question: str, since: str, until: str
) -> None:
    found = dates.find(question, "2025-05-09")
    assert (found.since, found.until) == (since, until)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("조수 예측(tide forecasting) 방법", "tide forecasting"),
        ("tide forecasting (of harbours)", ""),
        ("조수 예측(항구별)", ""),
    ],
)
def test_an_english_term_in_parentheses_behind_another_language_is_read(text: str, term: str) -> None:
    assert open_patterns.term_given(text) == term


@pytest.mark.parametrize(
    ("question", "columns", "rest"),
    [
        (
            "Make a table of tide models with number of gauges and best error",
            ("number of gauges", "best error"),
            "Make a table of tide models with",
        ),
        ("조수 예측 논문을 방법과 자료 수로 표 만들어줘", ("방법", "자료 수"), "조수 예측 논문을"),
        ("潮汐モデルの表を作って（手法、誤差）", ("手法", "誤差"), "潮汐モデルの表を作って"),
        ("做一个表格：方法，误差，数据", ("方法", "误差", "数据"), "做一个表格"),
        ("파도와 조수를 다루는 논문을 표로", (), "파도와 조수를 다루는 논문을 표로"),
    ],
)
def test_columns_are_told_in_the_sentence_or_as_other_scripts_list(
    question: str, columns: tuple[str, ...], rest: str
) -> None:
    assert open_patterns.columns(question) == columns
    assert open_patterns.without_columns(question).strip().startswith(rest)


def test_the_columns_of_a_table_are_no_part_of_what_it_is_about() -> None:
    question = "조석 모델을 표로 정리해줘 (이름, 크기(토큰 수), 결과)"
    assert "토큰" not in open_patterns.without_columns(question)
    assert (
        open_patterns.without_columns("Make a table of tide models").strip() == "Make a table of tide models"
    )


@pytest.mark.parametrize(
    "question", ["of those, only the open ones", "그중에 공개한 것만", "그 가운데 큰 것"]
)
def test_the_papers_of_the_answer_before_are_spoken_of(question: str) -> None:
    assert open_patterns.OF_THOSE.search(question)


@pytest.mark.parametrize(
    ("question", "both"),
    [
        ("조수 예측을 학습이 필요한 것과 필요 없는 것으로 나눠서 알려줘", True),
        ("객체 구분 없이 영상을 나르는 방법만 알려줘", False),
        ("Tide models split into those without gauges and those with them", True),
        ("Tide models without a split by season", False),
    ],
)
def test_who_wants_nothing_told_apart_does_not_ask_for_both_sides(question: str, both: bool) -> None:
    assert open_patterns.asks_for_both(question) is both


def test_what_is_listed_in_parentheses_is_no_part_of_a_narrow_subject() -> None:
    assert open_patterns.narrow_subject("tide models (gauge, radar)") == "tide models"
    assert open_patterns.narrow_subject("조수를 예측하는 모델 (조위계, 레이더)") == "조수를 예측하는 모델"
    assert open_patterns.narrow_subject("tide models (TideNet)") == "tide models (TideNet)"


@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        (
            "이 논문은 촉각 없이 물건을 집는 새로운 정책인 Otter를 제안합니다.",
            "촉각 없이 물건을 집는 새로운 정책인 Otter",
        ),
        ("Otter는 두 단계의 훈련 방법을 도입하여 비용을 줄입니다.", "두 단계의 훈련 방법"),
        ("본 연구에서는 지도를 제안하여 길을 찾는 방법을 소개합니다.", ""),  # which of the two is not clear
        ("기존 방법은 느린 탐색을 도입했습니다.", ""),
        (
            "We introduce Otter, a policy that grasps without touch.",
            "Otter, a policy that grasps without touch",
        ),
        ("This paper presents a map of tactile skills; it is small.", "a map of tactile skills"),
        ("It was proposed long ago.", ""),
        ("Transformers present challenges where contexts are long.", ""),
        ("Released in 2023 the model has many users.", ""),
        ("We propose to use more data.", ""),
        ("We propose GPT-9.5 as a judge of 1.5B models.", "GPT-9.5 as a judge of 1.5B models"),
        ("이 논문은 앞선 방법이 실패함을 보이고, 이를 고치는 Otter를 제안합니다.", ""),
        ("本文提出的方法在多个任务上表现良好。", ""),
        ("本論文では、触覚なしで物をつかむ方策Otterを提案する。", "触覚なしで物をつかむ方策Otter"),
        ("本文提出了一种不用触觉的抓取策略，成本更低。", "一种不用触觉的抓取策略"),
    ],
)
def test_what_a_paper_brings_is_read_off_its_sentence(sentence: str, part: str) -> None:
    assert open_patterns.contributed(sentence) == part


@pytest.mark.parametrize(
    "question",
    [
        "shorter, two sentences max", "two sentences at most", "in at most three sentences", "max 2 sentences",
        "keep it under 50 words", "no more than 80 words", "just one sentence", "두 문장 이내로", "as a table",
        "now in bullets", "as bullet points", "불릿으로",
    ],
)  # fmt: skip
def test_a_length_is_a_form_of_the_answer(question: str) -> None:
    assert open_patterns.is_a_form(question)


@pytest.mark.parametrize("question", ["table understanding", "under 10 parameters", "sentence embeddings"])
def test_a_topic_is_no_form(question: str) -> None:
    assert not open_patterns.is_a_form(question)
