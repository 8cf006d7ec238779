"""http_calls.py serve|call xmlrpc|jsonrpc [URL]: Python's end of the calls over HTTP that are compared.

serve: prints `ready URL` and serves until it is ended, a thread per connection. call: reads {"args": [SECONDS, THREADS]}
per line, calls add(2, 3) so long on so many threads, each with a proxy of its own, and prints {"calls", "seconds"}.
xmlrpc is the standard library's, jsonrpc is jsonrpclib-pelix.
"""

import json
import socketserver
import sys
import threading
import time

role, protocol = sys.argv[1:3]

if protocol == "xmlrpc":
    from xmlrpc.client import ServerProxy
    from xmlrpc.server import SimpleXMLRPCRequestHandler as Handler
    from xmlrpc.server import SimpleXMLRPCServer as Server
else:
    from jsonrpclib import ServerProxy
    from jsonrpclib.SimpleJSONRPCServer import SimpleJSONRPCRequestHandler as Handler
    from jsonrpclib.SimpleJSONRPCServer import SimpleJSONRPCServer as Server


class KeepAliveHandler(Handler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True


class ThreadedServer(socketserver.ThreadingMixIn, Server):
    daemon_threads = True
    request_queue_size = 128


def rounds(url):
    proxies = []
    for line in sys.stdin:
        seconds, threads = json.loads(line)["args"]
        while len(proxies) < int(threads):
            proxies.append(ServerProxy(url))
        counts = [0] * int(threads)
        start = time.monotonic()

        def work(index):
            proxy = proxies[index]
            while time.monotonic() - start < seconds:
                assert proxy.add(2, 3) == 5
                counts[index] += 1

        running = [threading.Thread(target=work, args=(i,)) for i in range(len(counts))]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        print(json.dumps({"calls": sum(counts), "seconds": time.monotonic() - start}), flush=True)


if role == "serve":
    server = ThreadedServer(("127.0.0.1", 0), requestHandler=KeepAliveHandler, logRequests=False)
    server.register_function(lambda x, y: x + y, "add")
    print(f"ready http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()
else:
    rounds(sys.argv[3])
