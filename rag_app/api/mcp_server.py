"""The border to the Model Context Protocol: rag-app's tools for assistants, over standard input and output.

Knows: names and descriptions of the tools, written for the assistants that read them. Does not know:
how a tool works (`api.tools`, `api.asking`). While it serves, the SDK sends whatever else is printed
to standard error: standard output is the protocol's alone.

The SDK is an extra (`rag-app[mcp]`); importing this module without it raises ImportError.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from typing import Annotated, TypeVar

import anyio.to_thread
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from rag_app import __version__
from rag_app.api import asking, tools
from rag_app.api.collection import Opened
from rag_app.api.tools import Json, conditions
from rag_app.errors import RagError
from rag_app.records import Answer, Done, Filters
from rag_app.records_json import as_json

Result = TypeVar("Result")

MOST_CITED = 100  # citations of one answer

INSTRUCTIONS = """A local collection of daily digests of AI papers. What these tools say rests on the digests, not on
the full papers, and on nothing from the internet. Use `list` for "which papers" and "how many": it
is complete and counts. Use `search` to find a few relevant papers, `paper` to read what the digests
say of one, `similar` for papers like it, `brief` for what is new, and `ask` for a written answer
whose every sentence is checked and cited. Name papers with their id and url."""

Day = Annotated[str, Field(description="a day as YYYY-MM-DD, inclusive; empty for no bound")]
Author = Annotated[
    str, Field(description="only papers of this author, by full name or surname; empty for any")
]
Votes = Annotated[int, Field(description="only papers with at least so many votes; 0 for any", ge=0)]
PaperId = Annotated[str, Field(description="an id as another tool returned it, such as 2411.15115")]
Few = Annotated[int, Field(description="how many papers at most", ge=1, le=tools.MOST_FOUND)]
Many = Annotated[int, Field(description="papers of this page at most", ge=1, le=tools.MOST_LISTED)]
Topic = Annotated[str, Field(description="what the papers are about; empty for all that the filters leave")]
Offset = Annotated[int, Field(description="where to go on: `next_offset` of the page before", ge=0)]
Asked = Annotated[str, Field(description="a question or topic, in English, Korean, Japanese or Chinese")]

_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)


def serve(opened: Opened) -> None:
    """Answer on standard input and output until the client goes."""
    server_of(opened).run("stdio")


def server_of(opened: Opened) -> MCPServer:
    """A server of every tool over one collection."""
    server = MCPServer(
        "rag-app", title="rag-app", instructions=INSTRUCTIONS, version=__version__, log_level="WARNING"
    )
    look_ups = LookUps(opened)
    for tool in (
        look_ups.search,
        look_ups.list,
        look_ups.paper,
        look_ups.similar,
        look_ups.brief,
        look_ups.ask,
    ):
        server.add_tool(tool, annotations=_READS)
    return server


class LookUps:
    """The tools. A method's name, arguments and docstring are what an assistant sees of it."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    async def search(
        self,
        query: Asked,
        *,
        limit: Few = 10,
        since: Day = "",
        until: Day = "",
        author: Author = "",
        min_votes: Votes = 0,
    ) -> Json:
        """Find the papers most relevant to a question or topic, best first, each with title,
        date, votes, url and the digest's own sentences that fit best. Not complete: for "which
        papers" or "how many" use `list`.
        """

        def found() -> Json:
            library = self._opened.library()
            filters = conditions(library, since, until, author, min_votes)
            return tools.search(library, query, limit=limit, filters=filters)

        return await _in_thread(found)

    async def list(
        self,
        topic: Topic = "",
        *,
        since: Day = "",
        until: Day = "",
        author: Author = "",
        min_votes: Votes = 0,
        offset: Offset = 0,
        limit: Many = 50,
    ) -> Json:
        """List every paper about a topic, or every paper of a period, an author or a number of
        votes. The list is complete: all papers are scanned, `count` is of the whole list, and
        `next_offset` leads to the next page (null on the last).
        """

        def page() -> Json:
            library = self._opened.library()
            filters = conditions(library, since, until, author, min_votes)
            return tools.listed(library, topic, offset=offset, limit=limit, filters=filters)

        return await _in_thread(page)

    async def paper(self, id: PaperId) -> Json:
        """Read all that the digests say of one paper: authors, days, votes, and each section as
        text. It is a digest, not the full text: what it does not say is not known here.
        """
        return await _in_thread(lambda: tools.paper(self._opened.library(), id))

    async def similar(self, id: PaperId, limit: Few = 10) -> Json:
        """Find the papers most like a given paper, best first, with words that both digests share."""
        return await _in_thread(lambda: tools.similar(self._opened.library(), id, limit=limit))

    async def brief(self, day: Day = "", since: Day = "") -> Json:
        """Get what is new: the papers of the newest day, of one `day`, or from the day `since` on, in groups
        of one topic, most votes first, each with its digest's first sentence; and the topics that rose.
        """
        return await _in_thread(lambda: tools.brief(self._opened.library(), day=day, since=since))

    async def ask(self, question: Asked, context: Context, since: Day = "", until: Day = "") -> Json:
        """Get a written answer to one question, in its language. Every sentence was checked
        against the digests; `[n]` is the citation with that `n`, with the digest's sentence that
        supports it. If `refused` is true the digests do not say it: do not guess. A local model
        writes it, in seconds to a minute; progress tells what was found and each sentence once it
        is checked. For facts, lists and counts the other tools are faster.
        """
        filters = await _in_thread(lambda: conditions(self._opened.library(), since, until))
        try:
            return await self._answer(question, filters, context)
        except RagError as error:
            raise ToolError(str(error)) from error

    async def _answer(self, question: str, filters: Filters, context: Context) -> Json:
        step = 0
        async with aclosing(asking.events(question, self._opened, filters=filters)) as coming:
            async for event in coming:
                if isinstance(event, Done):
                    return answer_json(event.answer)
                if message := asking.progress_message(event):
                    step += 1
                    await context.report_progress(step, message=message)
        raise ToolError("the answer did not come to an end")


def answer_json(answer: Answer) -> Json:
    """The answer as `ask --json` has it, without what only a page shows, and with at most `MOST_CITED`
    citations.
    """
    data = as_json(answer)
    kept = ("answer", "refused", "intent", "language", "nearest", "scanned", "matched", "model")
    cited = data["citations"]
    return {
        **{name: data[name] for name in kept},
        "citations": cited[:MOST_CITED],
        "citations_in_all": len(cited),
    }


async def _in_thread(work: Callable[[], Result]) -> Result:
    """Done beside the event loop; what a user can act on becomes the tool's error."""
    try:
        return await anyio.to_thread.run_sync(work)
    except RagError as error:
        raise ToolError(str(error)) from error
