"""oslo_client.py URL [--topic T] [--exchange E] [--conf ...]: calls from stdin by oslo.messaging's RPC client.

Each line: {"method", "kwargs", "context"} and "kind": "call" (default), "cast" or "fanout"; anything that prepare()
takes may stand beside: "server", "namespace", "version", "topic", "timeout", "retry", "call_monitor_timeout".
"version_cap" and "at_least_once" (transport option) are for the client itself.
"""

import oslo_messaging as messaging

import oslo_peer
from peer import drive

PREPARED = ("exchange", "topic", "namespace", "version", "server", "timeout", "retry", "version_cap",
            "call_monitor_timeout")

options = oslo_peer.parser(__doc__).parse_args()
transport = oslo_peer.transport(options)
target = messaging.Target(exchange=options.exchange, topic=options.topic)


def client(line):
    if not hasattr(messaging, "TransportOptions"):
        return messaging.RPCClient(transport, target)
    transport_options = messaging.TransportOptions(at_least_once=True) if line.get("at_least_once") else None
    if hasattr(messaging, "get_rpc_client"):
        return messaging.get_rpc_client(transport, target, transport_options=transport_options)
    return messaging.RPCClient(transport, target, transport_options=transport_options)


def call(line):
    kind = line.get("kind", "call")
    prepared = {name: line[name] for name in PREPARED if name in line}
    if kind == "fanout":
        prepared["fanout"] = True
    send = getattr(client(line).prepare(**prepared), "call" if kind == "call" else "cast")
    return send(line.get("context", {}), line["method"], **line.get("kwargs", {}))


drive(call)
