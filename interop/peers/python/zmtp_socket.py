"""zmtp_socket.py TYPE [OPTION=VALUE ...]: a libzmq socket of any type, with options by their names in pyzmq.

Each line of stdin is one operation, {"do": ...}; parts of messages and prefixes are in hex:
  bind, connect     {"address"}: the endpoint
  disconnect        {"address"}
  send              {"parts"}
  sendMany          {"count", "size"}: each message is its number in text and so many bytes
  recv              the parts of the next message
  recvMany          {"count"}: the first parts of so many messages
  subscribe, unsubscribe  {"prefix"}; an XSUB sends the message that means it
"""

import sys

import zmq

from peer import drive

socket = zmq.Context().socket(getattr(zmq, sys.argv[1]))
socket.setsockopt(zmq.RCVTIMEO, 30_000)
socket.setsockopt(zmq.SNDTIMEO, 30_000)
socket.setsockopt(zmq.LINGER, 0)
for option in sys.argv[2:]:
    name, value = option.split("=")
    socket.setsockopt(getattr(zmq, name), int(value))


def change(subscribe, prefix):
    if socket.socket_type == zmq.XSUB:
        socket.send((b"\x01" if subscribe else b"\x00") + prefix)
    else:
        socket.setsockopt(zmq.SUBSCRIBE if subscribe else zmq.UNSUBSCRIBE, prefix)


def call(line):
    do = line["do"]
    if do == "bind":
        socket.bind(line["address"])
        return socket.getsockopt_string(zmq.LAST_ENDPOINT)
    if do == "connect":
        return socket.connect(line["address"]) and None
    if do == "disconnect":
        return socket.disconnect(line["address"])
    if do == "send":
        return socket.send_multipart([bytes.fromhex(part) for part in line["parts"]])
    if do == "sendMany":
        for number in range(line["count"]):
            socket.send_multipart([str(number).encode(), bytes(line["size"])])
        return None
    if do == "recv":
        return [part.hex() for part in socket.recv_multipart()]
    if do == "recvMany":
        return [socket.recv_multipart()[0].hex() for _ in range(line["count"])]
    if do in ("subscribe", "unsubscribe"):
        return change(do == "subscribe", bytes.fromhex(line["prefix"]))
    raise ValueError(do)


drive(call)
