"""`python -m rag_app` is the `rag-app` command."""

import sys

from rag_app.cli.commands import main

sys.exit(main())
