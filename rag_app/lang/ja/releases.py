"""What papers make public, as questions and digests say it in Japanese."""

from __future__ import annotations

from rag_app.lang.language import ReleaseWords

_THING = "(?:(?:ソース)?コード|実装|モデル|重み|チェックポイント|データセット|データ|ベンチマーク)"
_THINGS = f"{_THING}(?:(?:と|や|、|・|および|または|か){_THING})*"

RELEASES = ReleaseWords(
    things={
        "code": "コード|実装|github",
        "model": "モデル|重み|チェックポイント",
        "data": "データ|ベンチマーク",
    },
    asked=(
        f"{_THINGS}(?:を|が|も)(?:すべて|一緒に)?(?:公開|オープンソース(?:に|化)?)"
        "(?:して(?:い)?る|した|されて(?:い)?る|された|する)",
        "(?:ソース)?コードが?(?:ある|公開の)(?=(?:論文|研究|もの))|オープンソースの(?=(?:論文|研究|もの))",
    ),
    withheld=(f"{_THINGS}(?:を|が|も)公開(?:して(?:い)?ない|されて(?:い)?ない|しない)",),
    either=("または|もしくは|か(?=モデル|コード|データ|重み)",),
    said=(
        f"{_THING}[^。\\n]{{0,30}}?(?:公開(?!され?てい?ない|されな|しな|データ)(?:し|さ|す|予定|中|済)"
        "|オープンソース(?:化|として|で公開))",
    ),
)
