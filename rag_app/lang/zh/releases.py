"""What papers make public, as questions and digests say it in Chinese."""

from __future__ import annotations

from rag_app.lang.language import ReleaseWords

_THING = "(?:源?代[码碼]|实现|實現|模型|权重|權重|检查点|檢查點|数据集?|數據集?|基准|基準)"
_THINGS = f"{_THING}(?:(?:和|与|與|、|及|或){_THING})*"
_OPENS = "(?:开源|開源|公开|公開|发布|發布)"

RELEASES = ReleaseWords(
    things={
        "code": "代[码碼]|实现|實現|github",
        "model": "模型|权重|權重|检查点|檢查點",
        "data": "数据|數據|基准|基準",
    },
    asked=(
        f"{_OPENS}(?:了)?(?:其)?{_THINGS}(?=的|$)|{_THINGS}(?:已|都|是)?{_OPENS}了?(?=的)",
        f"有(?:公开|公開|开源|開源)?(?:的)?源?代[码碼](?=的)|{_OPENS}(?=的?(?:论文|論文))",
    ),
    withheld=(f"(?:没有|沒有|未|不){_OPENS}(?:其)?{_THINGS}|{_THINGS}(?:没有|沒有|未){_OPENS}",),
    either=("或",),
    said=(
        f"{_THING}[^。\\n]{{0,30}}?(?:已|均|都|将|將|也|全部)*(?:(?:开源|開源)(?!模型|社区|社區|数据)|(?:公开|公開)(?!数据|數據|的|基))",
        f"{_OPENS}了?(?:其|我们的|我們的|全部|所有|相关|相關|完整的?)+{_THING}",
    ),
)
