"""zerorpc_leaver.py ADDRESS ROUNDS: reads the beginning of a stream, leaves the rest, and calls on the same client.

Prints {"ok": [how many items each client had read that heard no more after that]}.
"""

import sys

import zerorpc

import peer

TAKEN = (1, 2, 3, 5, 10, 30, 50, 51, 52, 101, 102, 150)

address, rounds = sys.argv[1], int(sys.argv[2])
stuck = []
for number in range(rounds):
    client = zerorpc.Client(address)
    taken = TAKEN[number % len(TAKEN)]
    stream = client.range(0, 100000)
    for _ in range(taken):
        next(stream)
    stream.close()
    try:
        assert client.add(1, 2, timeout=5) == 3
    except zerorpc.TimeoutExpired:
        stuck.append(taken)
    client.close()
peer.answer(ok=stuck)
