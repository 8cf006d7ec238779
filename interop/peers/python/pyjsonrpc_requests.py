"""pyjsonrpc_requests.py URL: what python-jsonrpc 0.10.0 (Python 2) puts on the wire, byte for byte as raw HTTP.

Each line of stdin is {"method", "args", "kwargs", "notify", "gzip"} as its HttpClient is called, or "get": true for
its HTTP GET form. The answer is {"status", "body"} of the HTTP response.
"""

import gzip
import http.client
import json
import sys
import urllib.parse
import uuid

from peer import drive

url = urllib.parse.urlsplit(sys.argv[1])


def request(line):
    args, kwargs = line.get("args", []), line.get("kwargs", {})
    # Mixed positional and named arguments go as one object with the positional ones under __args.
    params = dict(kwargs, __args=args) if args and kwargs else kwargs or args
    body = {"jsonrpc": "2.0", "method": line["method"]}
    if params:
        body["params"] = params
    if not line.get("notify"):
        body["id"] = str(uuid.uuid4())
    return body


def call(line):
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=10)
    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
    if line.get("get"):
        query = {"jsonrpc": "2.0", "id": "1", "method": line["method"], "params": json.dumps(line.get("args", []))}
        connection.request("GET", f"{url.path}?{urllib.parse.urlencode(query)}", headers=headers)
    else:
        # A notification is a batch of one.
        body = json.dumps([request(line)] if line.get("notify") else request(line)).encode()
        if line.get("gzip"):
            body = gzip.compress(body)
            headers["Content-Encoding"] = "gzip"
        connection.request("POST", url.path or "/", body, headers)
    response = connection.getresponse()
    return {"status": response.status, "body": response.read().decode()}


drive(call)
