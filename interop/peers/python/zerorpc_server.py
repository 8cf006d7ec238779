"""zerorpc_server.py [ADDRESS] [--heartbeat SECONDS] [--connect]: the calculator and a few streams on zerorpc for Python."""

import argparse

import old_python  # noqa: F401 (before zerorpc)
import gevent
import zerorpc

import peer


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
parser.add_argument("--connect", action="store_true")
options = parser.parse_args()
address = options.address or "tcp://127.0.0.1:%d" % peer.free_port()
server = zerorpc.Server(Calculator(), heartbeat=options.heartbeat)
if options.connect:
    server.connect(address)
else:
    server.bind(address)
peer.ready(address)
server.run()
