"""zerorpc_client.py ADDRESS [--timeout S] [--heartbeat S] [--context JSON] [--bind] [--security JSON]: calls from stdin by
zerorpc.Client; a stream answers a list.

"async": true makes the call by its async argument; "take": N reads only the first N items of a stream and leaves the rest.
"""

import argparse
import json

import zerorpc

from peer import drive
from zmtp_security import secure

parser = argparse.ArgumentParser()
parser.add_argument("address")
parser.add_argument("--timeout", type=float, default=30)
parser.add_argument("--heartbeat", type=float, default=5)
parser.add_argument("--context", type=json.loads, default={})
parser.add_argument("--bind", action="store_true")
parser.add_argument("--security", help="see zmtp_security.py")
options = parser.parse_args()


class Middleware:
    """Puts the context into the header of each request."""

    def get_task_context(self):
        return options.context


zerorpc.Context.get_instance().register_middleware(Middleware())
client = zerorpc.Client(timeout=options.timeout, heartbeat=options.heartbeat)
secure(client._events._socket, options.security)
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
