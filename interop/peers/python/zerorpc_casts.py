"""zerorpc_casts.py KIND ADDRESS [--bind]: zerorpc's Pusher, Puller, Publisher or Subscriber.

A pusher or publisher sends the calls from stdin; a puller or subscriber prints {"job": [NUMBER, TEXT, TRACE_ID]} for each.
"""

import argparse

import gevent
import zerorpc

import peer

parser = argparse.ArgumentParser()
parser.add_argument("kind", choices=["Pusher", "Puller", "Publisher", "Subscriber"])
parser.add_argument("address")
parser.add_argument("--bind", action="store_true")
options = parser.parse_args()
context = zerorpc.Context()
trace = {}


class Tracing:
    def get_task_context(self):
        return {"trace_id": "from python"}

    def load_task_context(self, header):
        trace["id"] = header.get("trace_id")


class Jobs:
    def job(self, number, text):
        peer.answer(job=[number, text, trace.get("id")])


context.register_middleware(Tracing())
sends = options.kind in ("Pusher", "Publisher")
end = getattr(zerorpc, options.kind)(*([] if sends else [Jobs()]), context=context)
(end.bind if options.bind else end.connect)(options.address)


def cast(line):
    end(line["method"], *line.get("args", []))
    gevent.sleep(0.02)  # a greenlet sends it


if sends:
    gevent.sleep(0.02)
    peer.drive(cast)
else:
    peer.ready(options.address)
    end.run()
