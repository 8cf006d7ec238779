"""Runs zerorpc's own command line once for each line of standard input.

A line is {"args": [...]}; the answer {"code": N, "out": "...", "err": "..."} has the exit code and what was printed.
"""

import contextlib
import io
import json
import logging
import sys
import traceback

import old_python  # noqa: F401 (before zerorpc)

sys.argv = ["zerorpc"]  # read when the module is loaded
from zerorpc.cli import main  # noqa: E402

answers = sys.stdout
for line in sys.stdin:
    sys.argv = ["zerorpc"] + json.loads(line)["args"]
    logging.getLogger().setLevel(logging.WARNING)
    code = 0
    out = io.StringIO()
    err = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main() or 0
        except SystemExit as e:
            code = e.code or 0
        except BaseException:
            traceback.print_exc()
            code = 1
    print(json.dumps({"code": code % 256, "out": out.getvalue(), "err": err.getvalue()}), file=answers, flush=True)
