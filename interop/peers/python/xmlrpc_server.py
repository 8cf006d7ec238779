"""xmlrpc_server.py [PORT]: the calculator on Python's own XML-RPC server, threaded, None allowed."""

import socketserver
import sys
from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer

from peer import Calculator, ready


class Handler(SimpleXMLRPCRequestHandler):
    rpc_paths = ("/", "/RPC2")


class Server(socketserver.ThreadingMixIn, SimpleXMLRPCServer):
    daemon_threads = True


port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
with Server(("127.0.0.1", port), requestHandler=Handler, allow_none=True, logRequests=False) as server:
    server.register_introspection_functions()
    server.register_multicall_functions()
    server.register_instance(Calculator())
    ready("http://127.0.0.1:%d/RPC2" % server.server_address[1])
    server.serve_forever()
