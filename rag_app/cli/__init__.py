"""The `rag-app` command.

Open `commands` first: each command is one function there, and one parser. `terminal` prints,
`saved_answers` keeps an answer so that it can be asked again.
"""
