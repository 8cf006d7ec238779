"""oslo_calls.py serve|call URL: Python's end of the calls that are compared.

serve: prints `ready` and serves until it is ended. call: reads {"args": [SECONDS, THREADS]} per line, calls add(2, 3)
so long on so many threads and prints {"calls", "seconds"}.
"""

import json
import sys
import threading
import time

import oslo_messaging as messaging
from oslo_config import cfg

role, url = sys.argv[1:]
cfg.CONF([], project="parley-bench", default_config_files=[])
transport = messaging.get_rpc_transport(cfg.CONF, url=url)


class Work:
    def add(self, ctx, x, y):
        return x + y


def rounds():
    target = messaging.Target(topic="bench-python")
    client = (messaging.get_rpc_client if hasattr(messaging, "get_rpc_client") else messaging.RPCClient)(transport, target)
    for line in sys.stdin:
        seconds, threads = json.loads(line)["args"]
        counts = [0] * int(threads)
        start = time.monotonic()

        def work(index):
            while time.monotonic() - start < seconds:
                assert client.call({}, "add", x=2, y=3) == 5
                counts[index] += 1

        running = [threading.Thread(target=work, args=(i,)) for i in range(len(counts))]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        print(json.dumps({"calls": sum(counts), "seconds": time.monotonic() - start}), flush=True)


if role == "serve":
    server = messaging.get_rpc_server(transport, messaging.Target(topic="bench-python", server=f"bench"), [Work()],
                                      executor="threading", access_policy=messaging.DefaultRPCAccessPolicy)
    server.start()
    print("ready", flush=True)
    threading.Event().wait()
else:
    rounds()
