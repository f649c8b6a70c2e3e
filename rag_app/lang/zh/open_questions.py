"""What open questions in Chinese say beside their subject.

Knows: words and patterns only. Does not know: which kinds of questions there are, or the collection.
"""

from __future__ import annotations

from rag_app.lang.han import DIGITS
from rag_app.lang.language import OpenPatterns

_COUNT = rf"(\d{{1,2}}|[{''.join(DIGITS)}两兩])"

OPEN_QUESTIONS = OpenPatterns(
    asking=(
        r"(?:请|請)?(?:帮我|幫我|给我|給我)?(?:解释|解釋|总结|總結|概括|整理|介绍|介紹|比较|比較|分类|分類|翻译|翻譯|推荐|推薦)(?:一下)?",
        r"(?:告诉|告訴)我|列出|找出|(?:有)?(?:哪些|什么|什麼|哪几种|哪幾種)(?:主要的?|不同的?)?(?:方法|办法|辦法|做法|思路|论文|論文|研究|技术|技術)?",
        r"(?:如何|怎么|怎麼|怎样|怎樣|为什么|為什麼|为何|為何|是什么|是什麼)|有没有人?|有沒有人?",
        r"简单|簡單|简短|簡短|详细|詳細|分别|分別|首先|用表格|按主题|按主題|(?:论文|論文)(?:中|里|裡)?|呢|吗|嗎",
        r"(?:提出|发表|發表|公开|公開)的(?=方法|论文|論文|研究)",
    ),
    in_this_language=(
        r"用(?:中文|汉语|漢語)|(?:翻译|翻譯|译|譯)成(?:中文|汉语|漢語)",
        r"\b(?:in|into|to) chinese\b",
    ),
    points=(rf"{_COUNT}\s?(?:行|点|點|句话?|句話|条|條|个要点|個要點|项|項)",),
    name_column=(r"名称|名稱|名字|论文|論文|标题|標題|模型|方法|基准|基準|数据集|資料集",),
    figures_asked=(
        r"大小|长度|長度|得分|结果|結果|性能|数值|數值|速度|成本|参数量?|參數量?|准确率|準確率|比例|数量|數量|票数|票數",
    ),
    without_before=(r"(?:不用|不使用|不需要|无需|無需|除了|没有|沒有)([^\s,，。的]{2,10})",),
    without_after=(),
    not_before=("不是|而非|除了",),
    not_after=(),
    denying=("不需要|无需|無需|不用|不使用|不依赖|不依賴|代替|取代",),
    defining=("是(?:一种|一種|一个|一個|指)|(?:称为|稱為|叫做)",),
    contributing=("提出|介绍|介紹|引入|开发|開發|发布|發布|构建|構建|设计|設計|新的",),
    background=("^(?:最近|近年|现有|現有|传统|傳統|以往)|存在.{0,6}(?:问题|問題)|面临|面臨",),
    shorter=("简短|簡短|更短|短一点|短一點|一句话|一句話|概括",),
    longer=("详细|詳細|更长|更長|具体|具體|展开|展開",),
    as_table=("表格",),
    only=("只要|只看|只留|仅|僅",),
)
