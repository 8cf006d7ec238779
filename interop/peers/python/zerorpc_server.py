"""zerorpc_server.py [ADDRESS] [--heartbeat SECONDS] [--connect] [--security JSON]: the calculator and a few
streams on zerorpc for Python.
"""

import argparse

import old_python  # noqa: F401 (before zerorpc)
import gevent
import gevent.local
import zerorpc

import peer
from zmtp_security import secure


task = gevent.local.local()


class Middleware:
    """Keeps the header of each request with the greenlet that serves it."""

    def load_task_context(self, header):
        task.header = dict(header)


class Calculator(peer.Calculator):
    @zerorpc.stream
    def range(self, start, stop):
        """Counts from start up to stop."""
        return iter(range(start, stop))

    @zerorpc.stream
    def broken_range(self, stop):
        yield from range(stop)
        raise ValueError("broken after %d" % stop)

    def context(self):
        """What the caller's header has besides zerorpc's own keys."""
        return {key: value for key, value in task.header.items() if key not in ("message_id", "v", "response_to")}

    def sleep(self, seconds):
        gevent.sleep(seconds)
        return seconds


zerorpc.Context.get_instance().register_middleware(Middleware())
parser = argparse.ArgumentParser()
parser.add_argument("address", nargs="?")
parser.add_argument("--heartbeat", type=float, default=5)
parser.add_argument("--connect", action="store_true")
parser.add_argument("--security", help="see zmtp_security.py")
options = parser.parse_args()
address = options.address or "tcp://127.0.0.1:%d" % peer.free_port()
server = zerorpc.Server(Calculator(), heartbeat=options.heartbeat)
secure(server._events._socket, options.security)
if options.connect:
    server.connect(address)
else:
    server.bind(address)
peer.ready(address)
server.run()
