"""zmtp_dealer.py ADDRESS [--id ID] [--security JSON] [--ping MS]: a libzmq DEALER.
Each line of stdin is one message, {"parts": [HEX, ...]} or {"size": BYTES} for one large part;
the answer is the reply's parts in hex, or for a size whether it came back whole.
"""

import argparse
import os

import zmq

from peer import drive
from zmtp_security import secure

parser = argparse.ArgumentParser()
parser.add_argument("address")
parser.add_argument("--id")
parser.add_argument("--timeout", type=int, default=10_000, help="milliseconds to wait for a reply")
parser.add_argument("--security", help="see zmtp_security.py")
parser.add_argument("--ping", type=int, help="milliseconds between PING commands")
options = parser.parse_args()
socket = zmq.Context().socket(zmq.DEALER)
socket.setsockopt(zmq.RCVTIMEO, options.timeout)
socket.setsockopt(zmq.LINGER, 0)
if options.id:
    socket.setsockopt_string(zmq.IDENTITY, options.id)
if options.ping:
    socket.heartbeat_ivl = options.ping
    socket.heartbeat_timeout = options.timeout
secure(socket, options.security)
socket.connect(options.address)


def call(line):
    if "size" in line:
        sent = os.urandom(line["size"])
        socket.send(sent)
        return socket.recv_multipart() == [sent]
    socket.send_multipart([bytes.fromhex(part) for part in line["parts"]])
    return [part.hex() for part in socket.recv_multipart()]


drive(call)
