"""Has programs that know only RabbitMQ's usual port meet the broker on BROKER_PORT, and those that they start, too."""
import os
import socket

USUAL = 5672


def redirected(method):
    def connect(self, address):
        if isinstance(address, tuple) and address[1] == USUAL:
            address = (address[0], int(os.environ["BROKER_PORT"])) + address[2:]
        return method(self, address)

    return connect


socket.socket.connect = redirected(socket.socket.connect)
socket.socket.connect_ex = redirected(socket.socket.connect_ex)
