"""https_server.py WIRE CERT KEY [--client-ca FILE] [--tls12]: a calculator by TLS, WIRE is xmlrpc or jsonrpc."""

import argparse
import socketserver
import ssl

from jsonrpclib.SimpleJSONRPCServer import SimpleJSONRPCServer
from peer import Calculator, ready
from xmlrpc.server import SimpleXMLRPCServer

options = argparse.ArgumentParser()
options.add_argument("wire")
options.add_argument("cert")
options.add_argument("key")
options.add_argument("--client-ca")
options.add_argument("--tls12", action="store_true")
given = options.parse_args()

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(given.cert, given.key)
if given.client_ca:
    context.load_verify_locations(given.client_ca)
    context.verify_mode = ssl.CERT_REQUIRED
if given.tls12:
    context.maximum_version = ssl.TLSVersion.TLSv1_2

kind = SimpleXMLRPCServer if given.wire == "xmlrpc" else SimpleJSONRPCServer


class Server(socketserver.ThreadingMixIn, kind):
    daemon_threads = True


server = Server(("127.0.0.1", 0), logRequests=False)
# The handshake on the thread of the connection, so that one which fails does not stop the server.
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.register_instance(Calculator())
ready("https://localhost:%d/" % server.server_address[1])
server.serve_forever()
