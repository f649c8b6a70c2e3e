"""rag-app for other programs: tools of the Model Context Protocol, and OpenAI's chat protocol over HTTP.

Open `tools` first: what both look up. `asking` runs an answer for either.
"""
