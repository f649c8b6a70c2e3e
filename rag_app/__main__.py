"""`python -m rag_app`: the same as the `rag-app` command."""

import sys

from rag_app.cli.commands import main

sys.exit(main())
