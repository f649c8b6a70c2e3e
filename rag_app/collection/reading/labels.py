"""Names of fields in the usual languages -> what the field holds.

Knows: the words that digests put before a colon, over a column, or into the keys of their data, and
how such a label is written on a line. Does not know: how a field's value is read. A word that is not
known is a section's name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Role(StrEnum):
    """What a field holds."""

    TITLE = "title"
    ORIGINAL = "original title"
    AUTHORS = "authors"
    DAY = "day"
    PUBLISHED = "published"
    UPDATED = "updated"
    VOTES = "votes"
    LINK = "link"
    ELSEWHERE = "elsewhere"  # code, project pages, posts: links that are no paper's address
    NUMBER = "number"  # ranks and scores: no votes
    TEXT = "text"
    OTHER = "other"


_WORDS: dict[Role, str] = {
    Role.TITLE: """
        title, paper title, paper, papers, paper name, name, article, headline, work, tiêu đề,
        tên bài báo, tên bài, bài báo, 제목, 논문 제목, 논문명, 논문, 标题, 题目, 论文标题, 论文题目,
        论文, 論文標題, 標題, 題目, タイトル, 論文タイトル, 論文, 論文名, 中文标题, translation title,
        translated title, title zh, title cn, title ko, title ja, 한글 제목, 번역 제목, 题名
    """,
    Role.ORIGINAL: """
        original title, english title, title en, 原文标题, 英文标题, 原标题, 原題, 英題, 원제,
        영문 제목, 영어 제목, 원문 제목
    """,
    Role.AUTHORS: """
        author, authors, author s, by, written by, author list, first author, author names, tác giả,
        các tác giả, 저자, 저자들, 글쓴이, 지은이, 제1저자, 作者, 作者列表, 作者们, 第一作者, 论文作者,
        著者, 著者ら, 筆者, 著者名, creators, creator
    """,
    Role.DAY: """
        date, day, ngày, 날짜, 일자, 日期, 日付, 日, added, date added, added on, collected, featured,
        featured on, submitted on daily at, collected at, collected on, scraped date, scraped at,
        crawled, fetched, read on, digest date, daily date, 수집일, 추가일, 收录日期, 收录时间, 掲載日,
        収集日, entry date
    """,
    Role.PUBLISHED: """
        published, publish date, publication date, published on, published at, publishedat,
        publish time, publish, pub date, pubdate, publication time, released, release date, submitted,
        submitted on, submission date, submitted date, year, month, issued, first submitted, created,
        created at, ngày đăng, ngày xuất bản, ngày công bố, 발행일, 게시일, 출판일, 제출일, 공개일,
        发布日期, 发布时间, 发表日期, 发表时间, 提交日期, 提交时间, 公開日, 投稿日, 発表日, 出版日, 发布
    """,
    Role.UPDATED: """
        updated, updated on, updated at, last updated, last update, last modified, update, update date,
        update time, last updated on, generated, generated on, generated at, cập nhật,
        cập nhật lần cuối, 업데이트, 최종 업데이트, 갱신일, 마지막 업데이트, 생성일, 생성 시간, 更新,
        更新时间, 更新日期, 最后更新, 最近更新, 生成时间, 生成日期, 更新日, 更新日時, 最終更新,
        作成日時, 作成日, 生成日時
    """,
    Role.VOTES: """
        vote, votes, upvote, upvotes, up votes, num upvotes, likes, like, stars, star, thumbs up,
        thumbs, hf upvotes, hf votes, hf likes, popularity votes, lượt thích, lượt bình chọn, bình chọn,
        추천, 추천수, 추천 수, 투표, 투표수, 투표 수, 득표, 좋아요, 업보트, 点赞, 点赞数, 赞, 赞数,
        票数, 投票, 投票数, 得票, 热度票数, 推荐票, 点赞量, いいね, いいね数, 得票数, スター, 点赞数量
    """,
    Role.LINK: """
        link, links, url, urls, uri, arxiv, arxiv id, arxivid, arxiv url, arxiv link, arxiv page url,
        paper link, paper links, paper url, paper id, paperid, pdf, pdf url, pdf link, abs, abs url,
        abstract url, html, html url, id, ids, doi, address, source url, hf, hf url, huggingface,
        hugging face, hf paper, hf page, read, read more, full text, entry id, access, alphaxiv,
        openreview, semantic scholar, external ids, externalids, links summary, liên kết, đường dẫn,
        link bài báo, mã bài báo, 링크, 논문 링크, 주소, 원문, 원문 링크, 链接, 论文链接, 原文链接,
        原文, 论文地址, 地址, 网址, 文章链接, 详细链接, 論文リンク, リンク, 論文url, 原論文, arxiv编号,
        论文编号, 编号, arxiv链接, identifier, identifiers, resource, resources, pdf链接, paper page,
        webpage
    """,
    Role.ELSEWHERE: """
        code, code link, code url, github, github repo, githubrepo, repo, repository, project,
        project page, website, web, demo, blog, tweet, twitter, x, video, slides, poster, dataset, data,
        model, models, weights, homepage, news, thumbnail, image, images, figure, figures, media,
        discussion, discussionid, github stars, githubstars, github links, figures json, comments count,
        num comments, numcomments, mã nguồn, 코드, 깃허브, 프로젝트, 데모, 블로그, 代码, 代码链接, 项目,
        项目主页, 项目地址, 开源地址, 代码地址, 仓库, 博客, 推特, 视频, コード, プロジェクト, 実装
    """,
    Role.NUMBER: """
        rank, ranking, no, nr, number, index, score, scores, relevance, relevance score, rating,
        priority, stt, hạng, điểm, 순위, 번호, 점수, 관련도, 평점, 评分, 得分, 分数, 打分, 推荐度, 序号,
        排名, 相关性, 相关度, 相关性得分, スコア, 順位, 評価, 番号, 点数, citations, citation count,
        cited by, 引用数, 引用量, 被引, 인용, 인용수
    """,
    Role.TEXT: """
        abstract, summary, tldr, tl dr, tl;dr, ai summary, overview, description, introduction,
        motivation, method, methods, methodology, approach, result, results, conclusion, conclusions,
        contribution, contributions, key contributions, key points, key ideas, key idea, key findings,
        main idea, idea, takeaway, takeaways, key takeaways, insight, insights, why it matters,
        significance, problem, background, limitations, limitation, experiments, findings, highlight,
        highlights, note, notes, my notes, comment, comments, remarks, details, content, contents, body,
        text, translation, translated abstract, translation summary, one liner, one sentence summary,
        purpose, review, analysis, novelty, what s new, technical details, performance highlights,
        practical value, evidence, question, answer, tóm tắt, mô tả, phương pháp, kết quả, đóng góp,
        động lực, kết luận, ghi chú, 초록, 요약, 한줄 요약, 한 줄 요약, 개요, 설명, 동기, 방법, 결과,
        결론, 기여, 핵심, 핵심 내용, 의의, 한계, 배경, 메모, 비고, 내용, 번역, 摘要, 中文摘要, 英文摘要,
        总结, 概要, 概述, 简介, 一句话总结, 动机, 方法, 结果, 结论, 贡献, 亮点, 创新点, 背景, 局限,
        意义, 备注, 核心方法, 核心思想, 主要贡献, 主要内容, 要点, 笔记, 解读, 点评, 推荐理由, 内容,
        翻译, 论文速读, 主要工作, 主要亮点, 核心关键词, 要約, アブストラクト, 手法, 結果, 結論, 新規性,
        貢献, 目的, 課題, メモ, 感想, 読む理由, 詳細, 備考
    """,
    Role.OTHER: """
        category, categories, main category, primary category, subject, subjects, topic, topics, field,
        area, type, task, tags, tag, keywords, keyword, key words, venue, conference, journal,
        journal ref, affiliation, affiliations, institution, institutions, institute, organization,
        organizations, org, company, source, sources, status, version, language, license, pages,
        direction, level, week, chủ đề, từ khóa, nguồn, 분야, 카테고리, 키워드, 태그, 기관, 소속, 출처,
        주제, 학회, 类别, 分类, 领域, 关键词, 标签, 机构, 单位, 作者单位, 来源, 会议, 期刊, 主题, 方向,
        类型, 任务, カテゴリ, 分野, キーワード, タグ, 所属, 会議, 出典, 機関
    """,
}
_ROLES = {" ".join(word.split()): role for role, words in _WORDS.items() for word in words.split(",")}

LONGEST_LABEL = 40  # characters
_OPEN = r"(?:\*{1,3}|__?|<(?:b|strong|i|em)>)"
_CLOSE = r"(?:\*{1,3}|__?|</(?:b|strong|i|em)>)"
_NAME = rf"(?P<name>[^*_<>|:：\n\[\]()`]{{1,{LONGEST_LABEL}}}(?:[（(][^)）\n:：|]{{1,20}}[)）])?)"
_LABEL = re.compile(
    r"\s{0,40}(?:[-*+•▪·]\s{1,8}|\d{1,3}[.)]\s{1,8}|</?(?:p|li|br|div|sub|span|summary)\b[^<>]{0,80}>\s?){0,4}"
    rf"(?:[^\w\s*_<>|:：\n()\[\]`-]{{1,6}}\s?)?(?P<open>{_OPEN})?{_NAME}"
    rf"(?P<in>\s?[:：])?(?P<close>{_CLOSE})?\s{{0,4}}(?P<out>[:：])?[ \t]*(?P<after>{_CLOSE}(?!\w))?[ \t]*"
)
_DECORATION = re.compile(r"[^\w\s;]+|_")


@dataclass(frozen=True, slots=True)
class Label:
    """A field's name at the start of a line, and where its value begins in the line."""

    name: str
    role: Role | None  # None: a name of its own
    value: int
    marked: bool  # in bold or italics


@lru_cache(4096)
def role_of(name: str) -> Role | None:
    """What a field of that name holds; None for a name that is not known."""
    if len(name) > 2 * LONGEST_LABEL:
        return None
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name) if name.isascii() and not name.isupper() else name
    plain = " ".join(
        _DECORATION.sub(" ", re.sub(r"[(（][^)）]*[)）]|&nbsp;?", " ", words)).casefold().split()
    )
    if not plain:
        return _symbol(name)
    return _ROLES.get(plain) or _ROLES.get(plain.replace(" ", "")) or _of_parts(name)


def _symbol(name: str) -> Role | None:
    if any(mark in name for mark in "👍⬆🔺▲⭐★❤🔼"):
        return Role.VOTES
    return {"#": Role.NUMBER, "№": Role.NUMBER}.get(name.strip())


def _of_parts(name: str) -> Role | None:
    """Of "Links & Summary" or "論文/PDF": the role of the first part, if all parts have one."""
    parts = re.split(r"\s*[/&|+·]\s*|\s+(?:and|or)\s+", name) if len(name) <= LONGEST_LABEL else []
    roles = [role_of(part) for part in parts] if 2 <= len(parts) <= 4 else []
    return roles[0] if roles and all(roles) else None


def label_of(line: str) -> Label | None:
    """The label that starts a line: "- **Authors:** ", "作者：", "👥 Authors: ", "*Published* : "."""
    found = _LABEL.match(line)
    if not found or not (found["in"] or found["out"]):
        return None
    name = found["name"].strip()
    if not any(map(str.isalnum, name)) and role_of(name) is None:
        return None
    if found["in"] is None and found["close"] and not found["open"]:
        return None
    if line.startswith("//", found.end()) or (found["after"] and not found["open"]):
        return None
    return Label(name.strip(" #*"), role_of(name), found.end(), bool(found["open"]))
