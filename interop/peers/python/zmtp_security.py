"""What the programs with libzmq sockets share: the security of a socket, as a JSON object.

A client has {"user", "password"} for PLAIN, or {"server_key", "public", "secret"} for CURVE (keys in Z85, or
"key_file": a file NAME.key_secret). A server has {"passwords": {USER: PASSWORD}} for PLAIN, or {"key_file",
"client_keys": FOLDER} for CURVE, checked by pyzmq's authenticator; without "client_keys" any client is accepted. {} is NULL.

zmtp_security.py FOLDER NAME...: makes certificates, as pyzmq's users do.
"""

import json
import sys

import zmq
import zmq.auth


def secure(socket, text):
    """Sets the options of a socket; returns what must be kept while it is used."""
    options = json.loads(text or "{}")
    if "user" in options:
        socket.plain_username = options["user"].encode()
        socket.plain_password = options["password"].encode()
    elif "server_key" in options:
        public, secret = _keys(options)
        socket.curve_publickey = public
        socket.curve_secretkey = secret
        socket.curve_serverkey = options["server_key"].encode()
    elif "passwords" in options:
        authenticator = _authenticator()
        authenticator.configure_plain(domain="*", passwords=options["passwords"])
        socket.plain_server = True
        return authenticator
    elif "key_file" in options:
        socket.curve_secretkey = _keys(options)[1]
        socket.curve_server = True
        if "client_keys" in options:
            authenticator = _authenticator()
            authenticator.configure_curve(domain="*", location=options["client_keys"])
            return authenticator
    return None


def _keys(options):
    if "key_file" in options:
        return zmq.auth.load_certificate(options["key_file"])
    return options["public"].encode(), options["secret"].encode()


def _authenticator():
    from zmq.auth.thread import ThreadAuthenticator

    authenticator = ThreadAuthenticator(zmq.Context.instance())
    authenticator.start()
    return authenticator


if __name__ == "__main__":
    for name in sys.argv[2:]:
        zmq.auth.create_certificates(sys.argv[1], name)
