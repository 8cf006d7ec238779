"""kafka_listener.py URL TOPIC [POOL]: oslo.messaging's notification listener over Kafka.

Prints `ready TOPIC`, and for each notification
{"level", "context", "publisher_id", "event_type", "payload", "metadata"}.
"""

import sys

import oslo_messaging as messaging
from oslo_config import cfg

from peer import answer, ready

url, topic, *pool = sys.argv[1:]
conf = cfg.ConfigOpts()
conf([])
transport = messaging.get_notification_transport(conf, url)


class Endpoint:
    def info(self, *args):
        told("info", *args)

    def error(self, *args):
        told("error", *args)


def told(level, context, publisher_id, event_type, payload, metadata):
    answer(
        level=level,
        context=context,
        publisher_id=publisher_id,
        event_type=event_type,
        payload=payload,
        metadata=metadata,
    )


listener = messaging.get_notification_listener(
    transport, [messaging.Target(topic=topic)], [Endpoint()], executor="threading", pool=pool[0] if pool else None
)
listener.start()
ready(topic)
listener.wait()
