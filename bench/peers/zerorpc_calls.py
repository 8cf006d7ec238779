"""zerorpc_calls.py serve|call [ADDRESS]: zerorpc for Python, one end of what is compared.

serve: prints `ready ADDRESS` and serves until it is ended. call: reads a line {"args": [SECONDS, CALLERS]}, calls add(2, 3)
so long in so many greenlets with one client and prints {"calls", "seconds"}; with 0 callers it reads streams, and the
calls are their items.
"""

import json
import sys
import time

import gevent
import zerorpc

ITEMS = 10_000


class Work:
    def add(self, x, y):
        return x + y

    @zerorpc.stream
    def count(self, n):
        return iter(range(n))


def main():
    if sys.argv[1] == "serve":
        server = zerorpc.Server(Work())
        server.bind("tcp://127.0.0.1:*")
        address = server._events._socket.getsockopt_string(zerorpc.zmq.LAST_ENDPOINT)
        print(f"ready {address}", flush=True)
        server.run()
        return
    client = zerorpc.Client(sys.argv[2])
    for line in sys.stdin:
        seconds, callers = json.loads(line)["args"]
        start = time.monotonic()

        def work():
            done = 0
            while time.monotonic() - start < seconds:
                assert client.add(2, 3) == 5
                done += 1
            return done

        def read():
            items = 0
            while time.monotonic() - start < seconds:
                for _ in client.count(ITEMS):
                    items += 1
            return items

        running = [gevent.spawn(work) for _ in range(int(callers))] or [gevent.spawn(read)]
        gevent.joinall(running, raise_error=True)
        done = sum(greenlet.value for greenlet in running)
        print(json.dumps({"calls": done, "seconds": time.monotonic() - start}), flush=True)


main()
