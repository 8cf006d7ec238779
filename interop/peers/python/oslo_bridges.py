"""oslo_bridges.py: what oslo.messaging's bridges send, as one line {EVENT: {"priority", "publisher_id", "payload"}}.

The events are logrecord, error_notification, http.request and http.response.
"""

import json
import logging

import oslo_messaging
import webob.dec
from oslo_config import cfg
from oslo_messaging.notify import _impl_test, middleware
from oslo_serialization import jsonutils


@webob.dec.wsgify
def shop(request):
    return webob.Response(b"done", status=201, headerlist=[("X-Order", "17")])


cfg.CONF([], project="parley-interop", default_config_files=[])
oslo_messaging.get_notification_transport(cfg.CONF, "fake://")
cfg.CONF.set_override("transport_url", "fake://")
oslo_messaging.Notifier(oslo_messaging.get_notification_transport(cfg.CONF), publisher_id="x")
cfg.CONF.set_override("driver", ["test"], group="oslo_messaging_notifications")

log = logging.getLogger("shop.Orders")
log.addHandler(oslo_messaging.LoggingNotificationHandler("fake://", publisher_id="shop", driver="test"))
try:
    raise ValueError("no stock")
except ValueError:
    log.warning("order %d waits", 17, exc_info=True)

errors = logging.getLogger("shop.Errors")
errors.addHandler(oslo_messaging.LoggingErrorNotificationHandler())
errors.error("lost")

application = middleware.RequestNotifier(shop, url="fake://", publisher_id="web", service_name="shop")
request = webob.Request.blank("/orders?limit=5", headers={"Host": "shop:80", "X-Project-Id": "p1"})
request.get_response(application)

print(
    json.dumps(
        {
            sent[1]["event_type"]: {
                "priority": sent[1]["priority"],
                "publisher_id": sent[1]["publisher_id"],
                "payload": jsonutils.loads(jsonutils.dumps(sent[1]["payload"])),
            }
            for sent in _impl_test.NOTIFICATIONS
        }
    ),
    flush=True,
)
