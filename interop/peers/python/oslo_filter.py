"""oslo_filter.py: what oslo.messaging's NotificationFilter says.

Each line: {"rule": {"context", "publisher_id", "event_type", "metadata", "payload"}, "notification": {the same}} answers
whether the notification matches.
"""

import old_python  # noqa: F401  for oslo.messaging 2.9.0
import oslo_messaging as messaging

from peer import drive

PARTS = ("context", "publisher_id", "event_type", "metadata", "payload")


def matches(line):
    return messaging.NotificationFilter(**line["rule"]).match(*(line["notification"].get(part) for part in PARTS))


drive(matches)
