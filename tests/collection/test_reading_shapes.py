"""Shapes of digests that people keep: the papers in each, and what beside them is no paper."""

from __future__ import annotations

import json
import time
import unicodedata
from pathlib import Path
from typing import Literal

import pytest

from rag_app.collection.digests import Report, parse, read
from rag_app.errors import DigestError
from rag_app.records import Paper

Expected = list[
    tuple[str, str, str, str, int | None, str]
]  # id, title, day, first author, votes, words of its text

SHAPES: dict[str, tuple[str, str, Expected]] = {  # name: (file, content, what it gives)
    "awesome list with tags before and links behind": (
        "README.md",
        """# Awesome Harbour Models [![Awesome](https://awesome.example/badge.svg)](https://awesome.example)

A curated list. See also [our survey](https://arxiv.org/abs/9901.90001) for background.

## Contents
- [Surveys](#surveys)
- [Methods](#methods)

## Methods
- **[HARBOUR'27]** Tugboat: Pulling Large Models with Small Ones [[paper](https://arxiv.org/abs/9901.90011)] [[code](https://github.com/x/tug)]
- (Quay 2027) [Mooring Lines: Holding Policies Still](https://arxiv.org/abs/9901.90012) - Ada Quill et al.
- Bollards, *Bo Stone, Cy Reed*, arXiv 2027. [[pdf]](https://arxiv.org/pdf/9901.90013.pdf)
""",
        [
            ("9901.90011", "Tugboat: Pulling Large Models with Small Ones", "", "", None, ""),
            ("9901.90012", "Mooring Lines: Holding Policies Still", "", "Ada Quill", None, ""),
            ("9901.90013", "Bollards", "", "", None, ""),
        ],
    ),
    "arxiv-daily table with a linked id and a broken abstract": (
        "2027-03-04.md",
        """# Daily arXiv

| ID | Title | Authors | Abstract | Comments |
|:--|:--|:--|:--|:--|
| [9903.90021](https://arxiv.org/abs/9903.90021) | Lantern Search | Ada Quill, Bo Stone | Finds lamps
in the fog, with three sensors. | 9 pages |
| [9903.90022](https://arxiv.org/abs/9903.90022) | Wick Trimming for Transformers | Cy Reed | Cuts heads that smoke. | |
""",
        [
            (
                "9903.90021",
                "Lantern Search",
                "2027-03-04",
                "Ada Quill",
                None,
                "in the fog, with three sensors",
            ),
            (
                "9903.90022",
                "Wick Trimming for Transformers",
                "2027-03-04",
                "Cy Reed",
                None,
                "Cuts heads that smoke",
            ),
        ],
    ),
    "hugging face dump with bold titles and upvotes in the line": (
        "hf-2027-05-06.md",
        """## Hugging Face Daily Papers

**1. [Sundial Scaling](https://huggingface.co/papers/9905.90031)** (⬆️ 121)
Authors: Ada Quill, Bo Stone
We scale models by the sun.

**2. [Moonrise Sampling](https://huggingface.co/papers/9905.90032)** (⬆️ 7)
Authors: Cy Reed
We sample at night.
""",
        [
            ("9905.90031", "Sundial Scaling", "2027-05-06", "Ada Quill", 121, "scale models by the sun"),
            ("9905.90032", "Moonrise Sampling", "2027-05-06", "Cy Reed", 7, "sample at night"),
        ],
    ),
    "obsidian note of one paper": (
        "Notes/Kite Strings.md",
        """---
title: "Kite Strings: Long Context on a Short Leash"
authors: [Ada Quill, Bo Stone]
aliases: [kites]
date: 2027-06-07
tags:
  - paper
---
Link:: https://arxiv.org/abs/9906.90041
Related: [[Bridle]]

## Summary
A string of summaries keeps the kite near.

## Thoughts
Would it fly in rain?
""",
        [
            (
                "9906.90041",
                "Kite Strings: Long Context on a Short Leash",
                "2027-06-07",
                "Ada Quill",
                None,
                "Would it fly in rain",
            )
        ],
    ),
    "logseq outline with properties": (
        "journals/2027_07_08.md",
        """- [Anchor Chains for Agents](https://arxiv.org/abs/9907.90051)
\t- authors:: Ada Quill, Bo Stone
\t- Agents drift unless chained to a plan.
- [Ballast Tokens](https://arxiv.org/abs/9907.90052)
\t- Heavy tokens steady the ship.
- #todo buy milk
""",
        [
            (
                "9907.90051",
                "Anchor Chains for Agents",
                "2027-07-08",
                "Ada Quill",
                None,
                "drift unless chained",
            ),
            ("9907.90052", "Ballast Tokens", "2027-07-08", "", None, "steady the ship"),
        ],
    ),
    "notion export: properties below the title": (
        "Papers/Sextant 9f2c.md",
        """# Sextant: Measuring Angles between Embeddings

Authors: Ada Quill, Bo Stone
Date: August 9, 2027
URL: https://arxiv.org/abs/9908.90061
Status: Read
Tags: Embeddings

# Notes

Angles tell more than lengths.
""",
        [("9908.90061", "Sextant: Measuring Angles between Embeddings", "2027-08-09", "Ada Quill", None, "")],
    ),
    "zotero notes with a list of fields": (
        "zotero.md",
        """# Library export

## Tide Tables as Curricula
* Item type: Preprint
* Author: Ada Quill
* Author: Bo Stone
* Date: 2027-09-10
* URL: http://arxiv.org/abs/9909.90071
* Abstract: Learning follows the tide.

## Ebb Rates
* Item type: Preprint
* Author: Cy Reed
* Date: 2027-09-11
* URL: http://arxiv.org/abs/9909.90072
* Abstract: Forgetting follows it too.
""",
        [
            (
                "9909.90071",
                "Tide Tables as Curricula",
                "2027-09-10",
                "Ada Quill",
                None,
                "Learning follows the tide",
            ),
            ("9909.90072", "Ebb Rates", "2027-09-11", "Cy Reed", None, "Forgetting follows it too"),
        ],
    ),
    "newsletter of paragraphs": (
        "issue-12.md",
        """# The Harbour Letter, 12 October 2027

Hello readers!

**[Gull Attention](https://arxiv.org/abs/9910.90081)** steals chips from other heads. It is loud but works.

**[Pelican Pouches](https://arxiv.org/abs/9910.90082)** carries whole texts. The pouch stretches to a million tokens.

Thanks for reading.
""",
        [
            ("9910.90081", "Gull Attention", "2027-10-12", "", None, "steals chips"),
            ("9910.90082", "Pelican Pouches", "2027-10-12", "", None, "stretches to a million"),
        ],
    ),
    "plain text with title lines": (
        "digest.txt",
        """arXiv digest 2027-11-13

Title: Foghorn Decoding
Authors: Ada Quill, Bo Stone
Link: https://arxiv.org/abs/9911.90091
Abstract: Loud tokens first.

Title: Bell Buoy Benchmarks
Authors: Cy Reed
Link: https://arxiv.org/abs/9911.90092
Abstract: Rings when models drift.
""",
        [
            ("9911.90091", "Foghorn Decoding", "", "Ada Quill", None, "Loud tokens first"),
            ("9911.90092", "Bell Buoy Benchmarks", "", "Cy Reed", None, "Rings when models drift"),
        ],
    ),
    "hugo post with toml and h2 papers": (
        "content/posts/daily.md",
        """+++
title = "Papers"
date = "2027-12-14"
+++

## Rope Ladders for Reasoning

[arXiv](https://arxiv.org/abs/9912.90101) · Ada Quill, Bo Stone

Climbs step by step.

## Net Mending with Diffusion

[arXiv](https://arxiv.org/abs/9912.90102) · Cy Reed, Di Moss

Fills the holes.
""",
        [
            (
                "9912.90101",
                "Rope Ladders for Reasoning",
                "2027-12-14",
                "Ada Quill",
                None,
                "Climbs step by step",
            ),
            ("9912.90102", "Net Mending with Diffusion", "2027-12-14", "Cy Reed", None, "Fills the holes"),
        ],
    ),
    "days as folded blocks": (
        "log.md",
        """# Reading log

<details>
<summary>2027-01-15</summary>

- [Plumb Bob Priors](https://arxiv.org/abs/9901.90111): straight down.
- [Spirit Level Losses](https://arxiv.org/abs/9901.90112): flat minima.

</details>

<details>
<summary>2027-01-16</summary>

- [Chisel Search](https://arxiv.org/abs/9901.90113): cuts the tree.

</details>
""",
        [
            ("9901.90111", "Plumb Bob Priors", "2027-01-15", "", None, "straight down"),
            ("9901.90112", "Spirit Level Losses", "2027-01-15", "", None, "flat minima"),
            ("9901.90113", "Chisel Search", "2027-01-16", "", None, "cuts the tree"),
        ],
    ),
    "html table": (
        "index.md",
        """<table>
<tr><th>Paper</th><th>Authors</th><th>Upvotes</th></tr>
<tr><td><a href="https://arxiv.org/abs/9902.90121">Windlass Optimizers</a></td><td>Ada Quill</td><td>31</td></tr>
<tr>
<td><a href="https://arxiv.org/abs/9902.90122">Capstan Gradients</a></td>
<td>Cy Reed</td>
<td>4</td>
</tr>
</table>
""",
        [
            ("9902.90121", "Windlass Optimizers", "", "Ada Quill", 31, ""),
            ("9902.90122", "Capstan Gradients", "", "Cy Reed", 4, ""),
        ],
    ),
    "japanese labels": (
        "2027年03月17日.md",
        """## 今日の論文

### 1. 灯台符号化
- 著者: Ada Quill, 山田太郎
- 論文: https://arxiv.org/abs/9903.90131
- いいね: 12
- 概要: 光で符号化する。

### 2. 波止場の学習
- 著者: Bo Stone
- 論文: https://arxiv.org/abs/9903.90132
- いいね: 3
- 概要: 波から学ぶ。
""",
        [
            ("9903.90131", "灯台符号化", "2027-03-17", "Ada Quill", 12, "光で符号化する"),
            ("9903.90132", "波止場の学習", "2027-03-17", "Bo Stone", 3, "波から学ぶ"),
        ],
    ),
    "vietnamese labels and day": (
        "ban-tin.md",
        """# Bản tin ngày 18 tháng 4 năm 2027

## Hải đăng thưa
**Tác giả:** Ada Quill, Bo Stone
**Liên kết:** https://arxiv.org/abs/9904.90141
**Tóm tắt:** Ánh sáng thưa mà xa.

## Neo dữ liệu
**Tác giả:** Cy Reed
**Liên kết:** https://arxiv.org/abs/9904.90142
**Tóm tắt:** Giữ dữ liệu đứng yên.
""",
        [
            ("9904.90141", "Hải đăng thưa", "2027-04-18", "Ada Quill", None, "thưa mà xa"),
            ("9904.90142", "Neo dữ liệu", "2027-04-18", "Cy Reed", None, "đứng yên"),
        ],
    ),
    "bibliography in a numbered list": (
        "refs.md",
        """# Reading group

1. Ada Quill, Bo Stone. "Keel Balancing for Mixtures." arXiv:9905.90151, 2027.
2. Cy Reed et al. "Hull Pruning." arXiv:9905.90152, 2027.
""",
        [
            ("9905.90151", "Keel Balancing for Mixtures", "", "", None, ""),
            ("9905.90152", "Hull Pruning", "", "", None, ""),
        ],
    ),
    "headings with the id in brackets and stars": (
        "top.md",
        """# Top papers 2027/06/19

### #1 Rudder Nets (arXiv:9906.90161) ⭐ 1.2k

Steers.

### #2 Tiller Nets (arXiv:9906.90162) ⭐ 88

Steers by hand.
""",
        [
            ("9906.90161", "Rudder Nets", "2027-06-19", "", 1200, "Steers."),
            ("9906.90162", "Tiller Nets", "2027-06-19", "", 88, "by hand"),
        ],
    ),
    "org-like outline without links": (
        "plan.md",
        """# 2027-07-20

- Spinnaker Policies
  https://arxiv.org/abs/9907.90171
  Ada Quill, Bo Stone
  Runs before the wind.

- Jib Policies
  https://arxiv.org/abs/9907.90172
  Cy Reed
  Runs against it.
""",
        [
            ("9907.90171", "Spinnaker Policies", "2027-07-20", "", None, "before the wind"),
            ("9907.90172", "Jib Policies", "2027-07-20", "", None, "Runs against it"),
        ],
    ),
    "arXiv API as JSON": (
        "feed.json",
        json.dumps(
            {
                "entries": [
                    {
                        "id": "http://arxiv.org/abs/9908.90181v1",
                        "title": "Galley\n Kitchens",
                        "summary": "Cooks with small fires and large pans.",
                        "authors": [{"name": "Ada Quill"}, {"name": "Bo Stone"}],
                        "published": "2027-08-21T17:59:59Z",
                        "links": [{"href": "http://arxiv.org/pdf/9908.90181v1"}],
                    }
                ]
            }
        ),
        [("9908.90181", "Galley Kitchens", "2027-08-21", "Ada Quill", None, "small fires")],
    ),
    "Semantic Scholar as JSON lines": (
        "s2.jsonl",
        json.dumps(
            {
                "paperId": "abc",
                "externalIds": {"ArXiv": "9909.90191", "CorpusId": 1},
                "title": "Porthole Vision",
                "abstract": "Sees through round windows only.",
                "authors": [{"authorId": "1", "name": "Ada Quill"}],
                "year": 2027,
                "citationCount": 3,
            }
        )
        + "\n"
        + json.dumps(
            {"externalIds": {"ArXiv": "9909.90192"}, "title": "Hatch Covers", "authors": [], "abstract": None}
        )
        + "\n",
        [
            ("9909.90191", "Porthole Vision", "", "Ada Quill", None, "round windows"),
            ("9909.90192", "Hatch Covers", "", "", None, ""),
        ],
    ),
    "JSON keyed by id with rows of Markdown": (
        "daily.json",
        json.dumps(
            {
                "Mapping": {
                    "9910.90201": "|**2027-10-22**|**Chart Rooms**|Ada Quill et.al.|[9910.90201](http://arxiv.org/abs/9910.90201)|null|\n",
                    "9910.90202": "|**2027-10-23**|**Compass Roses**|Bo Stone et.al.|[9910.90202](http://arxiv.org/abs/9910.90202)|null|\n",
                }
            }
        ),
        [
            ("9910.90201", "Chart Rooms", "2027-10-22", "Ada Quill", None, ""),
            ("9910.90202", "Compass Roses", "2027-10-23", "Bo Stone", None, ""),
        ],
    ),
    "file named by its id": (
        "9911.90211.md",
        """# Lead Lines: Sounding the Depth of Networks

Depth is measured with a weight on a line, compare [an older one](https://arxiv.org/abs/9901.90999).
""",
        [("9911.90211", "Lead Lines: Sounding the Depth of Networks", "", "", None, "weight on a line")],
    ),
    "csv-like table without marks at its edges": (
        "t.md",
        """Date | Title | arXiv | Likes
--- | --- | --- | ---
2027-12-24 | Oar Locks for Caches | 9912.90221 | 15
2027-12-25 | Thole Pins | 9912.90222 | 2
""",
        [
            ("9912.90221", "Oar Locks for Caches", "2027-12-24", "", 15, ""),
            ("9912.90222", "Thole Pins", "2027-12-25", "", 2, ""),
        ],
    ),
    "emoji fields in a quote": (
        "2027-01-26.md",
        """> ### 🚀 Cork Floats
> 👥 Ada Quill, Bo Stone
> 👍 44
> 🔗 https://arxiv.org/abs/9901.90231
>
> Stays on top.

> ### 🚀 Lead Sinkers
> 👥 Cy Reed, Di Moss
> 👍 5
> 🔗 https://arxiv.org/abs/9901.90232
>
> Goes to the ground.
""",
        [
            ("9901.90231", "Cork Floats", "2027-01-26", "Ada Quill", 44, "Stays on top"),
            ("9901.90232", "Lead Sinkers", "2027-01-26", "Cy Reed", 5, "to the ground"),
        ],
    ),
    "chinese list with full-width marks": (
        "2027/02/27/日报.md",
        """# 每日论文

1、【潮汐注意力】作者：甲乙，丙丁；链接：https://arxiv.org/abs/9902.90241
   一句话：随潮而动。
2、【码头缓存】作者：戊己；链接：https://arxiv.org/abs/9902.90242
   一句话：靠岸再取。
""",
        [
            ("9902.90241", "潮汐注意力", "2027-02-27", "甲乙", None, "随潮而动"),
            ("9902.90242", "码头缓存", "2027-02-27", "戊己", None, "靠岸再取"),
        ],
    ),
}


def reading_of(folder: Path, file: str, content: str) -> tuple[list[Paper], Report]:
    path = folder / "root" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    papers, report = read([folder / "root"])
    return list(papers), report


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_gives_its_papers_and_nothing_else(tmp_path: Path, name: str) -> None:
    file, content, expected = SHAPES[name]
    papers, _ = reading_of(tmp_path, file, content)
    assert [paper.arxiv_id for paper in papers] == [entry[0] for entry in expected]
    for paper, (_, title, day, author, votes, words) in zip(papers, expected, strict=True):
        assert paper.title == title
        assert not day or paper.date == day
        assert not author or paper.authors[:1] == (author,)
        assert paper.votes == votes
        assert words in "\n".join(section.text for section in paper.sections)


# --- what is no paper, and what is said ---------------------------------------------------------


def test_references_in_running_text_are_no_papers(tmp_path: Path) -> None:
    text = (
        "# Trends\n\nThe week follows [an older idea](https://arxiv.org/abs/9901.90301) and another "
        "(arXiv:9901.90302).\n\n- **Ways back**: as in [that paper](https://arxiv.org/abs/9901.90303), long ones.\n\n"
        "### [Own](https://arxiv.org/abs/9901.90304)\n\nBuilds on [X](https://arxiv.org/abs/9901.90305).\n"
    )
    papers, report = reading_of(tmp_path, "a.md", text)
    assert [paper.arxiv_id for paper in papers] == ["9901.90304"]
    assert any("running text" in skip.reason for skip in report.skipped)


def test_headings_within_folded_blocks_and_fences_end_no_entry(tmp_path: Path) -> None:
    text = (
        "## [A](https://arxiv.org/abs/9901.90311)\n\n<details>\n<summary>More</summary>\n\n# Big\n\nInside.\n\n"
        "</details>\n\n```sh\n# comment\n```\n\nBehind.\n\n## [B](https://arxiv.org/abs/9901.90312)\n\nB's own.\n"
    )
    first, second = reading_of(tmp_path, "a.md", text)[0]
    told = "\n".join(section.text for section in first.sections)
    assert all(words in told for words in ("Inside.", "# comment", "Behind.")) and "own" not in told
    assert [section.text for section in second.sections] == ["B's own."]


@pytest.mark.parametrize(
    ("line", "votes"),
    [
        ("Score: 9", None),
        ("⭐ 4/5", None),
        ("⭐⭐⭐ 3", None),
        ("Relevance: 88", None),
        ("👍 38", 38),
        ("추천: 7", 7),
    ],
)
def test_a_score_is_no_vote(tmp_path: Path, line: str, votes: int | None) -> None:
    (paper,), _ = reading_of(
        tmp_path, "a.md", f"## [A b](https://arxiv.org/abs/9901.90321)\n\n{line}\n\nText.\n"
    )
    assert paper.votes == votes


def test_a_week_is_a_range_dated_by_its_first_day(tmp_path: Path) -> None:
    text = "## Papers of the Week (June 21 - June 27) - 2027\n\n- [One](https://arxiv.org/abs/9901.90331): words.\n"
    (paper,), report = reading_of(tmp_path, "a.md", text)
    assert (paper.dates, paper.period, report.weeks) == (("2027-06-21",), "2027-06-21/2027-06-27", 1)


def test_a_day_without_a_year_is_not_the_day_of_the_heading_before(tmp_path: Path) -> None:
    text = (
        "## June 21 - June 27 - 2027\n\n- [One](https://arxiv.org/abs/9901.90341): words.\n\n"
        "## Jan 8-14\n\n- [Two](https://arxiv.org/abs/9901.90342): words.\n"
    )
    assert [paper.date for paper in reading_of(tmp_path, "a.md", text)[0]] == ["2027-06-21", ""]


def test_papers_without_an_arxiv_id_are_keyed_by_their_address(tmp_path: Path) -> None:
    text = (
        "### [A](https://openreview.net/forum?id=madeUp42)\n\nText.\n\n### [B](https://doi.org/10.9999/Made.Up.7)\n\nText.\n\n"
        "### [C](https://arxiv.org/abs/9901.90351)\n\n- Code: https://github.com/x/c\n\n"
        "### D of ours\n\n- Paper: https://papers.example/d.pdf\n\n### [E](https://github.com/x/e)\n\nText.\n"
    )
    papers = reading_of(tmp_path, "a.md", text)[0]
    assert [(paper.arxiv_id, paper.url) for paper in papers[:3]] == [
        ("https://openreview.net/forum?id=madeUp42", "https://openreview.net/forum?id=madeUp42"),
        ("10.9999/made.up.7", "https://doi.org/10.9999/made.up.7"),
        ("9901.90351", "https://arxiv.org/abs/9901.90351"),
    ]
    assert "https://papers.example/d.pdf" in [paper.arxiv_id for paper in papers]


@pytest.mark.parametrize(
    ("encoding", "words", "name"),
    [
        ("utf-16", "한글 다이제스트", "UTF-16"),
        ("cp949", "한글로 쓴 다이제스트는 모델을 학습하고 결과를 보인다. 논문의 데이터를 이해한다.", "CP949"),
        ("shift_jis", "これは論文の要約です。モデルを学習して、その結果をまとめます。", "Shift-JIS"),
        ("shift_jis", "モデルヲ学習スル", "Shift-JIS"),
        ("utf-16-le", "no mark in front", "UTF-16"),
        ("utf-16-be", "한글 다이제스트", "UTF-16"),
        ("utf-32", "한글 다이제스트", "UTF-32"),
        ("gb18030", "我们训练一种新的模型，用于整理论文。", "GB18030"),
        ("big5", "我們訓練一種新的模型，用於整理論文。", "Big5"),
        ("latin-1", "Über die Größe naïver Modelle", "Windows-1252"),
        ("cp1252", "Un modèle entraîné à l’École – déjà évalué «là»", "Windows-1252"),
        ("cp1252", "one naïve model", "Windows-1252"),
    ],
)
def test_other_encodings_are_read_and_said(tmp_path: Path, encoding: str, words: str, name: str) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(f"### [A](https://arxiv.org/abs/9901.90361)\n\n- **New**: {words}\n".encode(encoding))
    (paper,), report = read([tmp_path])
    assert paper.sections[0].text == words
    assert name in report.notes[0].reason


def encoded(folder: Path, encoding: str, words: str) -> None:
    text = "".join(
        f"### [{name}](https://arxiv.org/abs/9901.9036{n})\n\n- **New**: {words if n < 3 else 'English words.'}\n\n"
        for n, name in enumerate("ABC", 1)
    )
    (folder / "a.md").write_bytes(text.encode(encoding))


@pytest.mark.parametrize(
    ("encoding", "words", "name"),
    [
        ("cp1251", "Модель обучается на больших данных и показывает лучшие результаты.", "Windows-1251"),
        ("koi8_r", "Модель обучается на больших данных и показывает лучшие результаты.", "KOI8-R"),
        (
            "cp1250",
            "Model uczy się na dużych zbiorach danych i osiąga wyniki lepsze niż wcześniejsze, łącząc źródła.",
            "Windows-1250",
        ),
        ("cp1253", "Το μοντέλο εκπαιδεύεται σε μεγάλα δεδομένα και δείχνει αποτελέσματα.", "Windows-1253"),
        ("cp1254", "Model büyük veriler üzerinde eğitilir; öğrenme şöyle ışıldar.", "Windows-1254"),
        ("cp1255", "המודל מאומן על נתונים גדולים ומראה תוצאות טובות יותר.", "Windows-1255"),
        ("cp874", "แบบจำลองได้รับการฝึกกับข้อมูลขนาดใหญ่และแสดงผลลัพธ์ที่ดีขึ้น", "Windows-874"),
    ],
)
def test_a_code_page_that_is_not_read_is_named_once_a_file(
    tmp_path: Path, encoding: str, words: str, name: str
) -> None:
    encoded(tmp_path, encoding, words)
    (paper,), report = read([tmp_path])
    assert paper.title == "C"
    (skip,) = report.skipped
    assert name in skip.reason and "iconv" in skip.reason and "2 places left out" in skip.reason
    (tmp_path / "a.md").write_bytes(f"{words}\n{words}\n".encode(encoding))
    with pytest.raises(DigestError, match=name):
        read([tmp_path / "a.md"])


@pytest.mark.parametrize("words", ["빠름.", "정확도 향상", "서울대"])
def test_a_few_korean_words_decide_for_korean_and_are_said_to_be_a_guess(tmp_path: Path, words: str) -> None:
    (tmp_path / "a.md").write_bytes(
        f"### [A](https://arxiv.org/abs/9901.90361)\n\n- **New**: {words}\n".encode("cp949")
    )
    (paper,), report = read([tmp_path])
    assert paper.sections[0].text == words
    assert "CP949" in report.notes[0].reason and "guess" in report.notes[0].reason


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("gb18030", "模型快"),
        ("big5", "我們訓練"),
        ("euc_jp", "速い"),
        ("shift_jis", "速い"),
        ("cp1251", "Модель."),
        ("koi8_r", "Модель."),
    ],
)
def test_a_few_letters_of_another_script_are_left_out_and_not_guessed(
    tmp_path: Path, encoding: str, words: str
) -> None:
    (tmp_path / "b.md").write_text("### [B](https://arxiv.org/abs/9901.90362)\n\nText.\n")
    (tmp_path / "a.md").write_bytes(
        f"### [A](https://arxiv.org/abs/9901.90361)\n\n- **New**: {words}\n".encode(encoding)
    )
    papers, report = read([tmp_path])
    assert [paper.title for paper in papers] == ["B"]
    assert ["cannot be told" in skip.reason for skip in report.skipped] == [True]


def test_one_paper_in_several_places_of_a_file_keeps_all_its_text(tmp_path: Path) -> None:
    text = (
        "| Title | Link |\n|---|---|\n| One paper | [pdf](https://arxiv.org/pdf/9901.90371) |\n\n"
        "## Notes\n\n- [One paper](https://arxiv.org/abs/9901.90371): first words.\n\n"
        "## More notes\n\n- [One paper](https://arxiv.org/abs/9901.90371v2): second words.\n"
    )
    (paper,), report = reading_of(tmp_path, "a.md", text)
    told = "\n".join(section.text for section in paper.sections)
    assert "first words" in told and "second words" in told
    assert report.entries == 3


def test_linked_folders_and_hidden_github_are_read_once(tmp_path: Path) -> None:
    entry = "### [A](https://arxiv.org/abs/9901.9038{})\n\nText.\n"
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "a.markdown").write_text(entry.format(1))
    root = tmp_path / "root"
    (root / ".github").mkdir(parents=True)
    (root / ".github" / "b.mdx").write_text(entry.format(2))
    (root / "linked").symlink_to(tmp_path / "else")
    (root / "loop").symlink_to(root)
    (root / "c.csv").write_text("x")
    papers, report = read([root])
    assert sorted(paper.arxiv_id for paper in papers) == ["9901.90381", "9901.90382"]
    assert report.files == 2
    assert "1 .csv file" in report.notes[0].reason


def test_a_day_above_the_root_is_not_used(tmp_path: Path) -> None:
    root = tmp_path / "2020-01-01 backup"
    root.mkdir()
    (root / "notes.md").write_text("### [A](https://arxiv.org/abs/9901.90391)\n\nText.\n")
    assert read([root])[0][0].dates == ()
    assert read([root / "notes.md"])[0][0].dates == ()


# --- papers whose title is written otherwise than the others -------------------------------------

_OTHER = "https://arxiv.org/abs/9901.90402"
_TITLE = f"[Beta turbine]({_OTHER})"


def between_entries(line: str, gap: str = "\n\n") -> str:
    """A digest of two entries with headings, and between them a line with text below it."""
    parts = [
        "## 2027-11-25",
        "### [Alpha rotor](https://arxiv.org/abs/9901.90401)",
        "- **New**: Rotor turns at 10 rpm.",
        line,
        "- **Results**: The turbine reaches 88.8 kW.",
        "### [Gamma](https://arxiv.org/abs/9901.90403)",
        "- **New**: Gamma rays.",
    ]
    return gap.join(parts) + "\n"


def who_says(papers: list[Paper], words: str) -> list[str]:
    return [paper.title for paper in papers if words in "\n".join(s.text for s in paper.sections)]


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize(
    "line",
    [
        *(f"{unseen}### {_TITLE}" for unseen in ("\u200b", "\u200e", "\u2060", "\ufeff", "\u00a0", "\u3000")),
        f"###\u00a0{_TITLE}",
        f"###\u200b{_TITLE}",
        f"＃＃＃ {_TITLE}",
        f"####### {_TITLE}",
        f"\\### {_TITLE}",
        f"**{_TITLE}**",
        f"__1. {_TITLE}__ (👍 12)",
        f"<p><strong><a href={_OTHER}>Beta turbine</a></strong></p>",
    ],
)
def test_a_title_among_headings_begins_an_entry_however_it_is_marked(
    tmp_path: Path, line: str, gap: str
) -> None:
    papers, report = reading_of(tmp_path, "a.md", between_entries(line, gap))
    assert [paper.title for paper in papers] == ["Alpha rotor", "Beta turbine", "Gamma"]
    assert who_says(papers, "88.8 kW") == ["Beta turbine"]
    assert {paper.date for paper in papers} == {"2027-11-25"} and not report.skipped


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize(
    "line",
    [
        f"**Beta turbine** {_OTHER}",
        f"> {_TITLE}",
        f"> - {_TITLE}",
        f"**New! {_TITLE}**",
        "[[9901.90402|Beta turbine]]",
        "- [[9901.90402]]",
        "![[9901.90402]]",
    ],
)
def test_text_below_a_line_that_may_be_another_title_is_reported_and_nobodys(
    tmp_path: Path, line: str, gap: str
) -> None:
    papers, report = reading_of(tmp_path, "a.md", between_entries(line, gap))
    assert [paper.title for paper in papers] == ["Alpha rotor", "Gamma"]
    assert who_says(papers, "10 rpm") == ["Alpha rotor"] and not who_says(papers, "88.8 kW")
    (skip,) = report.skipped
    assert (
        "alone on its line" in skip.reason
        and skip.line == between_entries(line, gap).split("\n").index(line) + 1
    )


@pytest.mark.parametrize(
    "line",
    [
        f"It builds on {_TITLE}.",
        f"- **Base**: builds on {_TITLE}",
        f"- {_TITLE}",
        _TITLE,
        f"**Related**: {_TITLE}",
        f"**See also** {_TITLE}",
        f"Related:\n\n> {_TITLE}",
        f"**Related papers**\n\n**{_TITLE}**",
        f"- Related:\n\n**{_TITLE}**",
        f"> {_TITLE} was first.",
        f"**{_TITLE}**\n\n**[Delta](https://arxiv.org/abs/9901.90404)**",
        "**[Alpha rotor](https://arxiv.org/abs/9901.90409)**",
        "**[Alpha on video](https://arxiv.org/abs/9901.90401v2)**",
    ],
)
def test_a_reference_within_an_entry_stays_its_text(tmp_path: Path, line: str) -> None:
    papers, report = reading_of(tmp_path, "a.md", between_entries(line))
    assert [paper.title for paper in papers] == ["Alpha rotor", "Gamma"]
    assert who_says(papers, "88.8 kW") == ["Alpha rotor"] and not report.skipped


def test_a_bold_title_begins_an_entry_below_a_heading_whose_address_is_a_line(tmp_path: Path) -> None:
    text = between_entries(f"**{_TITLE}**").replace("[Alpha rotor](", "Alpha rotor\n\n[paper](")
    papers, _ = reading_of(tmp_path, "a.md", text)
    assert who_says(papers, "88.8 kW") == ["Beta turbine"]


# --- days ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "day", "until"),
    [
        ("2027년 11월 4주차", "2027-11-22", "2027-11-28"),
        ("2027년 11월 2주", "2027-11-08", "2027-11-14"),
        ("2027년 2월 넷째 주", "2027-02-22", "2027-02-28"),
        ("2027년 11월 5주차", "2027-11-29", "2027-11-30"),
        ("2027-11-4주차", "2027-11-22", "2027-11-28"),
        ("2027年11月第2週", "2027-11-08", "2027-11-14"),
        ("Week 4 of November 2027", "2027-11-22", "2027-11-28"),
        ("4th week of November 2027", "2027-11-22", "2027-11-28"),
        ("November 2027, week 4", "2027-11-22", "2027-11-28"),
        ("25-30 November 2027", "2027-11-25", "2027-11-30"),
        ("25 to 30 Nov 2027", "2027-11-25", "2027-11-30"),
        ("2027-11-25_2027-11-26", "2027-11-25", "2027-11-26"),
        ("27. November 2027", "2027-11-27", ""),
        ("2027년 11월 25", "2027-11-25", ""),
        ("2027-11-25_10 papers", "2027-11-25", ""),
        ("2027-11-25 (11월 4주차)", "2027-11-25", ""),
        ("2027년 11월 3차", "", ""),
        ("2027년 11월 12편", "", ""),
        ("2027년 11월 10선", "", ""),
        ("2027年11月12篇", "", ""),
        ("Nov 10 papers 2027", "", ""),
        ("Top 10 Nov 2027", "", ""),
    ],
)
@pytest.mark.parametrize("where", ["heading", "file"])
def test_a_number_behind_a_month_is_a_day_a_week_or_a_count(
    tmp_path: Path, written: str, day: str, until: str, where: str
) -> None:
    entry = "### [A](https://arxiv.org/abs/9901.90411)\n\nText.\n"
    file, text = (
        ("a.md", f"## 2027-10-02\n\n## {written}\n\n{entry}")
        if where == "heading"
        else (f"{written}.md", entry)
    )
    (paper,), _ = reading_of(tmp_path, file, text)
    assert paper.dates == ((day,) if day else ())
    assert paper.period == (f"{day}/{until}" if until else "")


@pytest.mark.parametrize(
    "heading", ["26 novembre 2027", "28 de noviembre de 2027", "Вторник, 29 ноября 2027 г.", "le 3 août 2027"]
)
def test_a_day_whose_month_is_not_read_is_not_the_day_above(tmp_path: Path, heading: str) -> None:
    text = f"## 2027-11-25\n\n## {heading}\n\n### [A](https://arxiv.org/abs/9901.90412)\n\nText.\n"
    (paper,), report = reading_of(tmp_path, "a.md", text)
    assert paper.dates == ()
    assert [(skip.line, "month is not read" in skip.reason) for skip in report.skipped] == [(3, True)]


@pytest.mark.parametrize("heading", ["12 papers 2027", "### 10 trends 2027", "Agents of November 2027"])
def test_a_count_or_a_topic_below_a_day_keeps_the_day(tmp_path: Path, heading: str) -> None:
    mark = "" if heading.startswith("#") else "### "
    text = f"## 2027-11-25\n\n{mark}{heading}\n\n#### [A](https://arxiv.org/abs/9901.90413)\n\nText.\n"
    (paper,), _ = reading_of(tmp_path, "a.md", text)
    assert paper.date == "2027-11-25"


@pytest.mark.parametrize(
    "path", ["2027년 11월 25일.md", "다이제스트 2027년 11월 25일.md", "2027년 11월/25일.md"]
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_of_files_are_composed_before_a_day_is_looked_for(
    tmp_path: Path, path: str, form: Literal["NFC", "NFD"]
) -> None:
    entry = "### [A](https://arxiv.org/abs/9901.90414)\n\nText.\n"
    (paper,), _ = reading_of(tmp_path, unicodedata.normalize(form, path), entry)
    assert paper.date == "2027-11-25"


@pytest.mark.parametrize(
    ("table", "day"),
    [
        ("| Date | Likes | Title |\n|---|---|---|\n| 2027-11-26 | 12 | [Winch](ADDRESS) |", "2027-11-26"),
        ("| 2027-11-26 | 12 | [Winch](ADDRESS) |", "2027-11-26"),
        ("| Published | Title |\n|---|---|\n| 2027-11-20 | [Winch](ADDRESS) |", "2027-11-25"),
        ("| Likes | Title |\n|---|---|\n| 12 | [Winch](ADDRESS) |", "2027-11-25"),
    ],
)
def test_the_day_of_a_row_comes_before_that_of_the_heading(tmp_path: Path, table: str, day: str) -> None:
    text = f"## 2027-11-25\n\n{table}\n".replace("ADDRESS", "https://arxiv.org/abs/9901.90421")
    (paper,), _ = reading_of(tmp_path, "a.md", text)
    assert (paper.title, paper.date) == ("Winch", day)


# --- lines ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["- 👍 12", "▲ 12", "👍 12 votes", "- ⬆️ **12** upvotes", "2. 👍 12"])
def test_a_line_of_votes_alone_is_no_text(tmp_path: Path, line: str) -> None:
    text = f"### [Winch](https://arxiv.org/abs/9901.90422)\n\n{line}\n\n- **New**: Pulls.\n"
    (paper,), _ = reading_of(tmp_path, "a.md", text)
    assert (paper.votes, [section.name for section in paper.sections]) == (12, ["New"])


def test_votes_beside_other_words_stay_text(tmp_path: Path) -> None:
    text = "### [Winch](https://arxiv.org/abs/9901.90423)\n\n👍 12 from engineers\n"
    (paper,), _ = reading_of(tmp_path, "a.md", text)
    assert (paper.votes, paper.sections[0].text) == (12, "👍 12 from engineers")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("### [Winch](ADDRESS1)\n\nPulls.\n\n", "### [Crane](ADDRESS2)\n\n"),
        ("### Winch\n\n[paper](ADDRESS1)\n\nPulls.\n\n", "### Crane\n\n[paper](ADDRESS2)\n\n"),
        ("- [Winch](ADDRESS1)\n  Pulls.\n", "- [Crane](ADDRESS2)\n"),
        ("- Winch\n  ADDRESS1\n  Pulls.\n", "- Crane\n  ADDRESS2\n"),
    ],
)
@pytest.mark.parametrize("behind", ["", "  ```sh\n  # another\n  ```\n"])
def test_a_fence_that_never_closes_ends_where_the_next_entry_begins(
    tmp_path: Path, first: str, second: str, behind: str
) -> None:
    fence = "  ```sh\n# install it\n  run at 5 kW\n\n"
    text = f"## 2027-11-25\n\n{first}{fence}{second}  Lifts.\n{behind if '#' in first else ''}"
    text = text.replace("ADDRESS", "https://arxiv.org/abs/9901.9043")
    papers, report = reading_of(tmp_path, "a.md", text)
    assert [paper.title for paper in papers] == ["Winch", "Crane"] and not report.skipped
    assert who_says(papers, "install it") == who_says(papers, "5 kW") == ["Winch"]
    assert who_says(papers, "Lifts.") == ["Crane"]


def test_what_stands_behind_the_last_fence_that_never_closes_is_kept(tmp_path: Path) -> None:
    text = "### [Winch](https://arxiv.org/abs/9901.90431)\n\n```\nrun\n# a comment\nat 5 kW\n"
    (paper,), report = reading_of(tmp_path, "a.md", text)
    assert "5 kW" in paper.sections[0].text and not report.skipped


@pytest.mark.parametrize(
    "line", ["```sh\n", "```sh\nhttps://arxiv.org/abs/9901.90431 ", "~~~\n```\n### [A](x)\n"]
)
def test_fences_that_never_close_take_linear_time(line: str) -> None:
    start = time.perf_counter()
    parse("### [T](https://arxiv.org/abs/2407.00001)\n" + line * 40_000, "f.md")
    assert time.perf_counter() - start < 20
