"""What the peer programs share: how a server says that it serves, how a client is driven.

A server prints one line `ready ADDRESS` on stdout once it serves, and runs until it is ended or its stdin closes.
A client reads calls from stdin, one JSON object a line, `{"method": ..., "args": [...], "kwargs": {...}}` and whatever
else the program documents, and prints one JSON line for each: `{"ok": RESULT}` or `{"error": {"type", "message"}}`.
"""

import json
import os
import sys
import threading
import traceback


def ready(address):
    print(f"ready {address}", flush=True)
    threading.Thread(target=_end_with_stdin, daemon=True).start()


def _end_with_stdin():
    # Whoever started this program holds the other end: a test that dies must not leave servers behind.
    while os.read(0, 4096):
        pass
    os._exit(0)


def answer(**line):
    # In one write: servers answer from many threads, and print() writes the end of the line apart.
    sys.stdout.write(json.dumps(line, default=_plain) + "\n")
    sys.stdout.flush()


def _plain(value):
    """What JSON has no word for, tagged with its Python type, so that a test can tell bytes from text."""
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    return {type(value).__name__: str(value)}


def drive(call):
    """Runs call(line) for each line of stdin."""
    for text in sys.stdin:
        if not text.strip():
            continue
        try:
            answer(ok=call(json.loads(text)))
        except Exception as error:
            sys.stderr.write(traceback.format_exc())
            answer(error=describe(error))


def describe(error):
    described = {"type": type(error).__name__, "message": str(error)}
    # What the libraries at hand call the parts of a remote error.
    for part in ("faultCode", "faultString", "name", "msg", "exc_type", "value", "code", "data", "kwargs"):
        if hasattr(error, part):
            described[part] = getattr(error, part)
    # jsonrpclib raises ProtocolError with the whole error as its argument.
    if getattr(error, "args", None):
        described["args"] = list(error.args)
    return described


class Calculator:
    """The article's calculator, and a few methods that show what a wire can carry."""

    def add(self, x, y):
        return x + y

    def multiply(self, x, y):
        return x * y

    def subtract(self, x, y):
        return abs(x - y)

    def divide(self, x, y):
        return x / y

    def hello(self):
        return None

    def echo(self, value):
        return value

    def fail(self, message):
        raise ValueError(message)


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
