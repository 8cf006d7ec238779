"""oslo_notifications.py URL: Python's notifier and listener, in one process each, on a topic of their own.

Starts itself again as the listener (URL TOPIC), which counts. Reads {"args": [SECONDS, THREADS]} per line, publishes
so long on so many threads, waits until all has been received, and prints {"calls", "seconds", "cpu"}.
"""

import json
import os
import resource
import subprocess
import sys
import threading
import time

import oslo_messaging as messaging
from oslo_config import cfg

url = sys.argv[1]
topic = sys.argv[2] if sys.argv[2:] else f"bench-python-{os.getpid()}"
cfg.CONF([], project="parley-bench", default_config_files=[])
transport = messaging.get_notification_transport(cfg.CONF, url=url)


class Endpoint:
    count = 0
    lock = threading.Lock()

    def info(self, ctxt, publisher_id, event_type, payload, metadata):
        with self.lock:
            self.count += 1


def listen():
    endpoint = Endpoint()
    listener = messaging.get_notification_listener(
        transport, [messaging.Target(topic=topic)], [endpoint], executor="threading")
    listener.start()
    print("ready", flush=True)
    for line in sys.stdin:
        # Answers once as many have arrived.
        expected = int(line)
        while endpoint.count < expected:
            time.sleep(0.001)
        usage = resource.getrusage(resource.RUSAGE_SELF)
        print(usage.ru_utime + usage.ru_stime, flush=True)


def publish():
    listener = subprocess.Popen([sys.executable, sys.argv[0], url, topic], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)
    assert listener.stdout.readline().strip() == "ready"
    notifier = messaging.Notifier(transport, publisher_id="bench", driver="messagingv2", topics=[topic])
    payload = {"text": "x" * 100}
    total = 0
    for line in sys.stdin:
        seconds, threads = json.loads(line)["args"]
        counts = [0] * int(threads)
        before = time.process_time()
        start = time.monotonic()

        def work(index):
            while time.monotonic() - start < seconds:
                notifier.info({}, "bench.event", payload)
                counts[index] += 1

        running = [threading.Thread(target=work, args=(i,)) for i in range(len(counts))]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        total += sum(counts)
        listener.stdin.write(f"{total}\n")
        listener.stdin.flush()
        listener_cpu = float(listener.stdout.readline())
        cpu = time.process_time() - before + listener_cpu - publish.listener_cpu
        publish.listener_cpu = listener_cpu
        print(json.dumps({"calls": sum(counts), "seconds": time.monotonic() - start, "cpu": cpu}), flush=True)
    listener.kill()


publish.listener_cpu = 0.0
if sys.argv[2:]:
    listen()
else:
    publish()
