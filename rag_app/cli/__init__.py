"""The `rag-app` command.

Open `commands` first: each command is one function there, and one parser. `terminal` prints,
`batch` answers files of questions, `saved_answers` keeps an answer so that it can be asked again.
"""
