"""zmq_proxy.py: libzmq's proxy between a ROUTER for clients and a DEALER for servers; prints both addresses."""

import zmq

from peer import ready

context = zmq.Context()
front = context.socket(zmq.ROUTER)
front.bind("tcp://127.0.0.1:*")
back = context.socket(zmq.DEALER)
back.bind("tcp://127.0.0.1:*")
ready(front.getsockopt_string(zmq.LAST_ENDPOINT) + " " + back.getsockopt_string(zmq.LAST_ENDPOINT))
zmq.proxy(front, back)
