"""jsonrpc_server.py [PORT]: SimpleJSONRPCServer of whichever jsonrpclib the interpreter has (the original or pelix)."""

import sys

from jsonrpclib.SimpleJSONRPCServer import SimpleJSONRPCServer

from peer import Calculator, ready

port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
server = SimpleJSONRPCServer(("127.0.0.1", port), logRequests=False)
calculator = Calculator()
for name in ("multiply", "subtract", "divide", "hello", "echo", "fail"):
    server.register_function(getattr(calculator, name), name)
server.register_function(lambda x, y: x + y, "add")
ready("http://127.0.0.1:%d/" % server.server_address[1])
server.serve_forever()
