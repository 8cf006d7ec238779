"""https_client.py URL [CAFILE]: calls from stdin by xmlrpc.client, or by a JSON-RPC POST where "wire" is jsonrpc."""

import json
import ssl
import sys
import urllib.request
import xmlrpc.client

from peer import drive

context = ssl.create_default_context(cafile=sys.argv[2] if len(sys.argv) > 2 else None)


def call(line):
    if line["wire"] == "xmlrpc":
        proxy = xmlrpc.client.ServerProxy(sys.argv[1], context=context)
        return getattr(proxy, line["method"])(*line["args"])
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": line["method"], "params": line["args"]}).encode()
    request = urllib.request.Request(sys.argv[1], body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, context=context) as response:
        return json.load(response)["result"]


drive(call)
