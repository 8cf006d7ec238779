"""login_client.py URL [TOKEN]: calls from stdin with credentials: by xmlrpc.client, with those of the URL; with a token by
http.client as JSON-RPC. The result has the status if it is not 200."""

import http.client
import json
import sys
import urllib.parse
import xmlrpc.client

from peer import drive


def call(line):
    if len(sys.argv) < 3:
        try:
            return getattr(xmlrpc.client.ServerProxy(sys.argv[1]), line["method"])(*line["args"])
        except xmlrpc.client.ProtocolError as e:
            return {"status": e.errcode, "challenge": e.headers["WWW-Authenticate"]}
    url = urllib.parse.urlsplit(sys.argv[1])
    connection = http.client.HTTPConnection(url.hostname, url.port)
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": line["method"], "params": line["args"]})
    connection.request(
        "POST", url.path or "/", body, {"Content-Type": "application/json", "Authorization": "Bearer " + sys.argv[2]}
    )
    response = connection.getresponse()
    if response.status != 200:
        return {"status": response.status, "challenge": ", ".join(response.headers.get_all("WWW-Authenticate"))}
    return json.load(response)


drive(call)
