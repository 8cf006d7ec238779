"""websocket_client.py websockets|websocket-client URL: calls from stdin as JSON-RPC by either library.

"notify": true sends a notification; "fragments": true sends the request in several frames (websockets only).
"""

import itertools
import json
import sys

from peer import drive

library, url = sys.argv[1:]
ids = itertools.count(1)

if library == "websockets":
    from websockets.sync.client import connect

    # Its own offer asks for a small window, which Parley cannot use; without one both compress.
    from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

    socket = connect(url, subprotocols=["jsonrpc"], extensions=[ClientPerMessageDeflateFactory()])
    assert socket.subprotocol == "jsonrpc", socket.subprotocol
    assert socket.protocol.extensions, "no compression"
else:
    import websocket

    socket = websocket.create_connection(url, timeout=60)


def call(line):
    request = {"jsonrpc": "2.0", "method": line["method"], "params": line.get("kwargs", line.get("args", []))}
    if not line.get("notify"):
        request["id"] = next(ids)
    text = json.dumps(request)
    socket.send([text[:5], text[5:9], text[9:]] if line.get("fragments") else text)
    if line.get("notify"):
        return None
    response = json.loads(socket.recv())
    assert response["id"] == request["id"], response
    if "error" in response:
        raise RuntimeError(json.dumps(response["error"]))
    return response["result"]


drive(call)
socket.close()
