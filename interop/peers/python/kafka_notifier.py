"""kafka_notifier.py URL PUBLISHER_ID TOPIC: oslo.messaging's notifier over Kafka.

Reads `{"method": LEVEL, "args": [EVENT_TYPE, PAYLOAD]}`; each notification is sent with the context of a user.
"""

import sys

import oslo_messaging as messaging
from oslo_config import cfg
from oslo_context.context import RequestContext

from peer import drive

url, publisher_id, topic = sys.argv[1:]
conf = cfg.ConfigOpts()
conf([])
transport = messaging.get_notification_transport(conf, url)
notifier = messaging.Notifier(transport, publisher_id, driver="messagingv2", topics=[topic], retry=-1)
context = RequestContext(user_id="u1", project_id="p1", request_id="req-1", auth_token="never sent")


def send(line):
    getattr(notifier, line["method"])(context, *line["args"])
    return None


drive(send)
# Kafka's client sends in the background.
transport.cleanup()
