"""oslo_topology.py: declares what servers and clients of many transports declare, each with options of its own.

Each line: {"do", "url", "topic", "exchange"}, where "do" is "serve" (a server named server1), "call" (its method ping),
"fanout" (a cast of it to all); {"do": "stop"} stops all of them. Options stand in the URL.
"""

import concurrent.futures
import tempfile

import oslo_messaging as messaging
from oslo_concurrency import lockutils
from oslo_config import cfg

import oslo_peer
from peer import drive


class Endpoint:
    def ping(self, ctx):
        return "pong"


class Rpc:
    """One server and one client, on transports of their own as in two processes."""

    def __init__(self, line):
        self.url = line["url"]
        self.target = messaging.Target(exchange=line.get("exchange"), topic=line["topic"])
        self.transports = []
        self.server = None

    def transport(self):
        self.transports.append(messaging.get_rpc_transport(cfg.CONF, url=self.url))
        return self.transports[-1]

    def serve(self):
        self.server = messaging.get_rpc_server(
            self.transport(), self.target(server="server1"), [Endpoint()], executor="threading")
        self.server.start()

    def client(self):
        make = getattr(messaging, "get_rpc_client", messaging.RPCClient)
        return make(self.transport(), self.target)

    def call(self):
        return self.client().call({}, "ping")

    def fanout(self):
        self.client().prepare(fanout=True).cast({}, "ping")

    def stop(self):
        if self.server:
            self.server.stop()
            self.server.wait()
        for transport in self.transports:
            transport.cleanup()


rpcs = {}

oslo_peer.own_process_group()
cfg.CONF([], project="parley-interop", default_config_files=[])
# The queue manager counts in a file behind a lock.
locks = tempfile.TemporaryDirectory()
lockutils.set_defaults(locks.name)


def stop_all():
    # A server takes seconds to stop.
    with concurrent.futures.ThreadPoolExecutor(max(1, len(rpcs))) as pool:
        for stopped in [pool.submit(rpc.stop) for rpc in rpcs.values()]:
            stopped.result()


def do(line):
    if line["do"] == "stop":
        return stop_all()
    key = line["url"], line["topic"]
    if key not in rpcs:
        rpcs[key] = Rpc(line)
    return getattr(rpcs[key], line["do"])()


drive(do)
