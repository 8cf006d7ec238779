"""oslo_notifier.py URL [--exchange E] [--conf ...]: notifications from stdin by oslo.messaging's Notifier.

Each line: {"priority", "event_type", "payload"}, and perhaps "driver" (default messagingv2), "topics" (default
["notifications"]), "publisher_id", "context" (the members of an oslo.context RequestContext) and "times".
"""

import oslo_messaging as messaging
from oslo_config import cfg
from oslo_context import context as oslo_context

import oslo_peer
from peer import drive


class ContextSerializer(messaging.NoOpSerializer):
    """As each service of OpenStack has one: contexts are objects with it, maps on the wire."""

    def serialize_context(self, context):
        return context.to_dict() if hasattr(context, "to_dict") else dict(context)


options = oslo_peer.parser(__doc__).parse_args()
oslo_peer.transport(options)
if options.exchange:
    messaging.set_transport_defaults(control_exchange=options.exchange)
transport = messaging.get_notification_transport(cfg.CONF, url=options.url)


def notify(line):
    notifier = messaging.Notifier(
        transport,
        publisher_id=line.get("publisher_id", "python.host1"),
        driver=line.get("driver", "messagingv2"),
        topics=line.get("topics", ["notifications"]),
        serializer=ContextSerializer(),
    )
    context = oslo_context.RequestContext(**line["context"]) if "context" in line else {}
    for _ in range(line.get("times", 1)):
        getattr(notifier, line["priority"])(context, line["event_type"], line.get("payload"))


drive(notify)
