"""How the topic of a list is put together in English."""

from __future__ import annotations

from rag_app.lang.language import TopicWords

TOPICS = TopicWords(
    either=frozenset({"or", "and/or"}),
    both=frozenset({"and", "plus"}),
    leaving_out_next=frozenset("except excluding minus not".split()),
    leaving_out_last=frozenset(),
    leaving_out=(
        r"\b(?:i|we) (?:do(?:n['’]t| not)|won['’]t) (?:want|need|care for)(?: anything| any| the ones| those)?"
        r"(?: (?:that|which|about|on|with|in|only))*\s",
        r"(?:^|[.;:,!?]\s*|\b(?:but|and|please) )(?:skip|leave out|drop|ignore)"
        r" (?:the ones|those|anything|any|everything|papers)(?: (?:that|which|about|on|with|only))*\s",
        r"(?<=[.;:,?!] )([\w-]+(?: [\w-]+){0,3}) (?:is not|isn['’]t|are not|aren['’]t) (?:what )?"
        r"(?:i['’]m|i am|we['’]re|we are|i|we) (?:after|looking for|interested in|want|need)\b",
        r"(?<=[.;:,?!] )([\w-]+(?: [\w-]+)?) (?:does not|doesn['’]t|do not|don['’]t) count\b",
    ),
    saying_little=frozenset(
        "against combine combined combining "
        "evaluate evaluated evaluating test tested testing benchmarked trained improve enhance advance "
        "boost increase reduce lower speed up make making build built try explore "
        "based basing exploring examine investigate study apply applying applied using utilize employ leverage train "
        "training perform achieve target focus focusing relate related relating relevant concern concerning "
        "concerned regarding involve involving involved feature featuring touch tackle handle deal dealing "
        "treat treats mention mentioning work working do doing anything something everything topic topics area areas "
        "subject field question specifically particular mainly mostly especially inside here e.g i.e like "
        "include including contain written better good novel recent several various different first "
        "anybody somebody i'm we're interested interest see read reading need looking literature research "
        "other another particular certain such write writes rely new propose introduce introduces built existing "
        "came come out released publications articles collection digest digests we our you paper papers called "
        "known collect collecting give entries ones thing things whatever all every i'd "
        "made specifically got gimme lots bunch worth interesting cool stuff".split()
    ),
    within=frozenset(
        "a an the of for in on with without and or to by from using via over under into at as".split()
    ),
)
