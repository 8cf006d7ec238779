"""jsonrpc_small.py VERSION: SimpleJSONRPCServer, one connection at a time, speaking HTTP/1.0 or HTTP/1.1."""

import sys

from jsonrpclib.SimpleJSONRPCServer import SimpleJSONRPCRequestHandler, SimpleJSONRPCServer

from peer import ready


class Handler(SimpleJSONRPCRequestHandler):
    protocol_version = sys.argv[1]


server = SimpleJSONRPCServer(("127.0.0.1", 0), requestHandler=Handler, logRequests=False)
server.register_function(lambda x, y: x + y, "add")
ready("http://127.0.0.1:%d/" % server.server_address[1])
server.serve_forever()
