"""zerorpc_command.py ...: zerorpc's own command line, as `zerorpc ...`, on today's Python."""

import sys

import old_python  # noqa: F401 (before zerorpc)
from zerorpc.cli import main

sys.exit(main())
