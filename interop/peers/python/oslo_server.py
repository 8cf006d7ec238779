"""oslo_server.py URL [--topic T] [--server S] [--exchange E] [--conf ...]: the article's oslo.messaging server.

Prints `ready TOPIC SERVER` once it consumes, a line {"received": METHOD, "args": {...}, "context": {...}} for every
call, cast and fanout that reaches it, and {"stopped": true} after control.stop stopped it.
"""

import threading
import time

import oslo_messaging as messaging
from oslo_context.context import RequestContext

import oslo_peer
import shop
from peer import answer, ready

parser = oslo_peer.parser(__doc__)
parser.add_argument("--server", default="server1")
options = parser.parse_args()


class ServerControlEndpoint:
    target = messaging.Target(namespace="control", version="2.0")

    def __init__(self):
        self.server = None
        self.stopped = threading.Event()

    def stop(self, ctx):
        if self.server:
            self.server.stop()
        self.stopped.set()


class TestEndpoint:
    # Serves the article's client, which asks for version 2.0, as well as one that names no version.
    target = messaging.Target(version="2.0")

    def test(self, ctx, arg):
        received("test", ctx, arg=arg)
        return arg


class Endpoint:
    def add(self, ctx, x, y):
        received("add", ctx, x=x, y=y)
        return x + y

    def echo(self, ctx, **kwargs):
        received("echo", ctx, **kwargs)
        return kwargs

    def context(self, ctx):
        return ctx

    def openstack_context(self, ctx):
        return RequestContext.from_dict(ctx).to_dict()

    def nothing(self, ctx):
        pass

    def who(self, ctx):
        received("who", ctx)
        return options.server

    def fail(self, ctx, message):
        raise ValueError(message)

    def fail_own(self, ctx, message):
        raise OwnError(message)

    def sell(self, ctx, item):
        raise shop.OutOfStock(item=item)

    @messaging.expected_exceptions(KeyError)
    def fail_expected(self, ctx, message):
        raise KeyError(message)

    def slow(self, ctx, seconds):
        received("slow", ctx, seconds=seconds)
        time.sleep(seconds)
        return seconds


class OwnError(Exception):
    """Of a module that no client allows."""


def received(method, ctx, **kwargs):
    answer(received=method, args=kwargs, context=ctx)


control = ServerControlEndpoint()
# 2.9.0 has no policies.
policy = {"access_policy": messaging.DefaultRPCAccessPolicy} if hasattr(messaging, "DefaultRPCAccessPolicy") else {}
server = messaging.get_rpc_server(
    oslo_peer.transport(options),
    messaging.Target(exchange=options.exchange, topic=options.topic, server=options.server),
    [control, TestEndpoint(), Endpoint()],
    executor="threading",
    **policy,
)
control.server = server
server.start()
ready(f"{options.topic} {options.server}")
control.stopped.wait()
server.wait()
answer(stopped=True)
