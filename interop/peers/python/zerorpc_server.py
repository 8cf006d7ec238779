"""zerorpc_server.py [ADDRESS] [--heartbeat SECONDS] [--security JSON]: the calculator and a few streams on
zerorpc for Python.
"""

import argparse

import old_python  # noqa: F401 (before zerorpc)
import gevent
import zerorpc

import peer
from zmtp_security import secure


class Calculator(peer.Calculator):
    @zerorpc.stream
    def range(self, start, stop):
        """Counts from start up to stop."""
        return iter(range(start, stop))

    @zerorpc.stream
    def broken_range(self, stop):
        yield from range(stop)
        raise ValueError("broken after %d" % stop)

    def sleep(self, seconds):
        gevent.sleep(seconds)
        return seconds


parser = argparse.ArgumentParser()
parser.add_argument("address", nargs="?")
parser.add_argument("--heartbeat", type=float, default=5)
parser.add_argument("--security", help="see zmtp_security.py")
options = parser.parse_args()
address = options.address or "tcp://127.0.0.1:%d" % peer.free_port()
server = zerorpc.Server(Calculator(), heartbeat=options.heartbeat)
secure(server._events._socket, options.security)
server.bind(address)
peer.ready(address)
server.run()
