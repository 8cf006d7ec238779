"""zerorpc_client.py ADDRESS [--timeout S] [--heartbeat S] [--bind]: calls from stdin by zerorpc.Client; a stream answers a list.

"async": true makes the call by its async argument; "take": N reads only the first N items of a stream and leaves the rest.
"""

import argparse

import zerorpc

from peer import drive

parser = argparse.ArgumentParser()
parser.add_argument("address")
parser.add_argument("--timeout", type=float, default=30)
parser.add_argument("--heartbeat", type=float, default=5)
parser.add_argument("--bind", action="store_true")
options = parser.parse_args()
client = zerorpc.Client(timeout=options.timeout, heartbeat=options.heartbeat)
if options.bind:
    client.bind(options.address)
else:
    client.connect(options.address)


def call(line):
    result = client(line["method"], *line.get("args", []), **({"async": True} if line.get("async") else {}))
    if line.get("async"):
        result = result.get()
    if hasattr(result, "__next__"):
        if "take" in line:
            return [next(result) for _ in range(line["take"])]
        return list(result)
    return result


drive(call)
