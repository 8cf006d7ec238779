"""A plugin of pytest for the tests of aio-pika and aiormq, which have Docker start a broker.

It answers as Docker would, with the ports of a broker that runs already.
"""
import http.server
import json
import os
import threading
import types

import pytest
import yarl

PORTS = {"5672/tcp": os.environ["BROKER_PORT"], "5671/tcp": "1"}


class Daemon(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer({"NetworkSettings": {"Ports": {name: [{"HostPort": port}] for name, port in PORTS.items()}}})

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer({"Id": "broker"})

    def do_DELETE(self):
        self.answer({})

    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *ignored):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Daemon)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["DOCKER_HOST"] = "tcp://127.0.0.1:%d" % server.server_address[1]


@pytest.fixture(scope="session")
def rabbitmq_container():
    """This and the next one are for aiormq, whose source archive lacks the file that defines them."""
    return types.SimpleNamespace(host="127.0.0.1", ports={name: int(port) for name, port in PORTS.items()})


@pytest.fixture(scope="session")
def amqp_direct_url(rabbitmq_container):
    return yarl.URL("amqp://guest:guest@127.0.0.1:" + PORTS["5672/tcp"] + "//")
