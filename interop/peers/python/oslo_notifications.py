"""oslo_notifications.py URL [--topic T] [--pool P] [--batch N] [--requeue]: oslo.messaging's notification listener.

Prints {"notification": {...}, "priority": P} for each one that its endpoint gets, and {"batch": [...], "priority": P}
with --batch. With --requeue, each is requeued the first time.
"""

import oslo_messaging as messaging
from oslo_config import cfg

import oslo_peer
from peer import answer, ready

parser = oslo_peer.parser(__doc__)
parser.add_argument("--pool")
parser.add_argument("--batch", type=int)
parser.add_argument("--requeue", action="store_true")
options = parser.parse_args()
oslo_peer.transport(options)
transport = messaging.get_notification_transport(cfg.CONF, url=options.url)
seen = set()


def endpoint(priority):
    def single(self, ctxt, publisher_id, event_type, payload, metadata):
        answer(
            notification=dict(
                context=ctxt, publisher_id=publisher_id, event_type=event_type, payload=payload, metadata=metadata
            ),
            priority=priority,
        )
        if options.requeue and metadata["message_id"] not in seen:
            seen.add(metadata["message_id"])
            return messaging.NotificationResult.REQUEUE
        return messaging.NotificationResult.HANDLED

    def batch(self, messages):
        answer(batch=messages, priority=priority)

    return batch if options.batch else single


Endpoint = type("Endpoint", (), {name: endpoint(name) for name in ("info", "warn", "error")})
targets = [messaging.Target(topic=options.topic, exchange=options.exchange)]
if options.batch:
    listener = messaging.get_batch_notification_listener(
        transport, targets, [Endpoint()], executor="threading", pool=options.pool, batch_size=options.batch,
        batch_timeout=1)
else:
    listener = messaging.get_notification_listener(
        transport, targets, [Endpoint()], executor="threading", pool=options.pool, allow_requeue=options.requeue)
listener.start()
ready(options.url)
listener.wait()
