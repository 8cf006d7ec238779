"""jsonrpc_client.py URL [--version 1.0|2.0]: calls from stdin by jsonrpclib.Server (the original or pelix).

"notify": true sends a notification; "batch": [{"method", "args", "kwargs", "notify"}, ...] sends a batch.
"""

import argparse

import jsonrpclib

from peer import drive

parser = argparse.ArgumentParser()
parser.add_argument("url")
parser.add_argument("--version", type=float, default=2.0)
options = parser.parse_args()
server = jsonrpclib.Server(options.url, version=options.version)


def send(to, line):
    to = to._notify if line.get("notify") else to
    return getattr(to, line["method"])(*line.get("args", []), **line.get("kwargs", {}))


def call(line):
    if "batch" in line:
        batch = jsonrpclib.MultiCall(server)
        for one in line["batch"]:
            send(batch, one)
        results = batch()
        return [] if results is None else list(results)
    return send(server, line)


drive(call)
