"""tls_client.py HOST PORT CAFILE [CERTFILE KEYFILE]: calls from stdin by JSON texts on a TLS connection of Python's ssl."""

import json
import socket
import ssl
import sys

from peer import drive

context = ssl.create_default_context(cafile=sys.argv[3])
if len(sys.argv) > 4:
    context.load_cert_chain(sys.argv[4], sys.argv[5])
connection = context.wrap_socket(
    socket.create_connection((sys.argv[1], int(sys.argv[2]))), server_hostname=sys.argv[1]
)
lines = connection.makefile("rw", encoding="utf-8", newline="\n")


def call(line):
    request = {"jsonrpc": "2.0", "id": 1, "method": line["method"], "params": line.get("args", [])}
    lines.write(json.dumps(request) + "\n")
    lines.flush()
    response = json.loads(lines.readline() or '{"error": "the server closed the connection"}')
    if "error" in response:
        raise RuntimeError(json.dumps(response["error"]))
    return response["result"]


drive(call)
