"""xmlrpc_small.py VERSION: SimpleXMLRPCServer as it comes, one connection at a time, speaking HTTP/1.0 or HTTP/1.1."""

import sys
from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer

from peer import Calculator, ready


class Handler(SimpleXMLRPCRequestHandler):
    protocol_version = sys.argv[1]


with SimpleXMLRPCServer(("127.0.0.1", 0), requestHandler=Handler, logRequests=False) as server:
    server.register_instance(Calculator())
    ready("http://127.0.0.1:%d/RPC2" % server.server_address[1])
    server.serve_forever()
