"""zmtp_router.py [ADDRESS [SECURITY]]: a libzmq ROUTER that sends every message back to who sent it, all parts
as they came.
"""

import sys

import zmq

from peer import ready
from zmtp_security import secure

socket = zmq.Context.instance().socket(zmq.ROUTER)
kept = secure(socket, sys.argv[2] if len(sys.argv) > 2 else None)
socket.bind(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:*")
ready(socket.getsockopt_string(zmq.LAST_ENDPOINT))
while True:
    socket.send_multipart(socket.recv_multipart())
