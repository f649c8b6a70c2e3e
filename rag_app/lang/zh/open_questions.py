"""What open questions in Chinese say beside their subject.

Knows: words and patterns only. Does not know: which kinds of questions there are, or the collection.
"""

from __future__ import annotations

from rag_app.lang.language import OpenPatterns

OPEN_QUESTIONS = OpenPatterns(
    asking=(
        r"(?:请|帮我)?(?:解释|总结|概括|介绍|比较|整理|推荐|翻译|说明)(?:一下)?",
        r"(?:告诉我|给我|列出)|有(?:哪些|什么)(?:方法|论文|研究|办法|做法)?|(?:哪些|什么样的|主要的?)(?:方法|论文|研究|办法)",
        r"(?:是什么|什么是|为什么|怎么(?:做|样)?|如何|吗|呢)|用中文|用表格|简单地?|详细地?",
        r"论文(?=$|[,，。?？\s])",
    ),
    in_this_language=(r"用中文|成中文",),
    dividing=("分成|分为|区分",),
    points=(r"(\d{1,2})\s?(?:点|条|句话?|行)",),
    name_column=(r"名称|名字|论文|标题|模型|方法|数据集",),
    results=("结果|性能|成绩",),
    figures_asked=(r"大小|规模|长度|分数|得分|结果|性能|数量|多少|速度|精度|比例",),
    without_before=(r"(?:不用|不使用|不需要|无需|没有|除了)([\w-]{1,8})",),
    harms=(r"损失|下降|牺牲|降低|增加|遗忘|改变|幻觉|错误|偏见|问题|限制|投票|影响",),
    not_before=(r"不是|而非|除了",),
    denying_before=(r"无需|不需要|不用|没有|免",),
    defining=(r"是(?:一种|指)",),
    opening=("近年来|最近|传统的|一般来说|此外|然而|但",),
    general_nouns=("(?:模型|方法|技术|算法|架构)",),
    subject_end=("(?:是指|指的是|是|通过|使用)",),
    apposing=("(?:称为|即|名为)",),
    praising=("优于|超过|达到|关注|流行|广泛使用|显著",),
    announcing=("新的|新颖|提出|介绍|引入",),
    comparing=("比|不同|区别|相比|而不是|代替",),
    mending=("解决|克服|缓解|改进",),
    told_apart=(r"(?:与|和|跟)([^，。?？]+?)(?:有什么|的)?(?:不同|区别)",),
    named=(r"^\W*什么是(.+?)[?？]?$", r"^\W*(.+?)是(?:什么|啥)"),
    faults=(r"问题|局限|缺点|弱点|失败|不足",),
    contributed=(
        r"^(?:本文|本(?:论文|研究|工作)|我们|作者们?|[A-Za-z][\w.+-]*)(?:首次)?(?:提出|介绍|引入|开发|发布)了?(?!的)((?:(?![后时])[^，。；]){4,})(?=[，。；]|$)",
    ),
    contributing=(r"提出|介绍|引入|开发|发布|新的",),
    background=(r"^(?:近年来|最近|现有|传统)",),
    shorter=(r"简短|简洁|一句话|两句话|短一点",),
    longer=(r"详细|更长|具体",),
    as_table=(r"表格|做成表",),
    only=(r"只要|仅|只有",),
    alike=("类似|相似",),
    of_those=(r"其中|这些(?:中|里)",),
    negating=("不(?!仅|但|只|同|断)|没有|无法|未能|并非|从未",),
    hinting=("不|没|无|未|非|难|失败|缺|局限|限制|避免|防止|代替|而非",),
    rising=("增加|提高|提升|改善|改进|更高|更好|更快|优于|超过|超越|增强|上升",),
    falling=("减少|降低|下降|更低|更差|更慢|退化|恶化|削减|劣于",),
    lacking=("缺乏|缺少|缺失|不足|不充分|匮乏|稀缺|稀少|贫乏|较低|很低|低下|薄弱|很少|有限",),
    abounding=("丰富|(?<!不)充分|(?<!不)充足|足够|大量|很多|详细|较高|很高|高度|优秀|强大",),
    leaning=("^(?:这(?!篇|项)|该方法|此|它|但是|然而|因此|此外|并且|同时)",),
    columns_asked={"data": "数据", "speed": "速度|时间", "human": "人类|人", "method": "方法"},
    columns_said={"data": "数据", "speed": "秒|倍|速度", "human": "人类", "method": "提出|使用|通过"},
    made_things={"benchmark": "基准", "data": "数据集|语料"},
    counting=("大小|规模|长度|数量|多少",),
    sizes=(r"\d[\d,.]*\s?(?:万|亿|兆|千|百)?\s?(?:个|篇|张|条|小时|对|人|词元|道|样本)",),
)
