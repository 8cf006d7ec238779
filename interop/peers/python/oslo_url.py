"""oslo_url.py: what oslo.messaging reads from a transport URL or a configuration file.

Each line: {"url": URL} answers {"transport", "virtual_host", "hosts": [{"hostname", "port", "username", "password"}],
"query"}; {"conf": TEXT} the same of the file's transport, with "control_exchange", "rpc_response_timeout" and "rabbit"
(the group oslo_messaging_rabbit as far as the file sets it).

{"layers": [TEXT or {FILE NAME: TEXT}], "env": {NAME: VALUE}} the same of several files and folders, with
"executor_thread_pool_size" and "notifications" (the group oslo_messaging_notifications).
"""

import os
import pathlib
import tempfile

import oslo_messaging as messaging
from oslo_config import cfg
from oslo_messaging import server, transport
from oslo_messaging._drivers import amqp, impl_rabbit
from oslo_messaging.notify import notifier
from oslo_messaging.rpc import client

from peer import drive


def described(conf, url=None):
    url = messaging.TransportURL.parse(conf, url)
    return {
        "transport": url.transport,
        "virtual_host": url.virtual_host,
        "hosts": [
            {name: getattr(host, name) for name in ("hostname", "port", "username", "password")} for host in url.hosts
        ],
        "query": url.query,
    }


def layered(layers, env):
    arguments = []
    with tempfile.TemporaryDirectory() as folder:
        for number, layer in enumerate(layers):
            path = pathlib.Path(folder) / f"{number}.conf"
            if isinstance(layer, str):
                path.write_text(layer)
                arguments += ["--config-file", str(path)]
            else:
                path.mkdir()
                for name, text in layer.items():
                    (path / name).write_text(text)
                arguments += ["--config-dir", str(path)]
        conf = cfg.ConfigOpts()
        conf(arguments, project="parley-interop", default_config_files=[])
    os.environ.update(env)
    try:
        group = "oslo_messaging_notifications"
        conf.register_opts(server._pool_opts + [cfg.StrOpt("secret")])
        conf.register_opts(notifier._notifier_opts, group=group)
        return described_all(conf) | {
            "executor_thread_pool_size": conf.executor_thread_pool_size,
            "notifications": {name: conf[group][name] for name in ("driver", "topics", "retry")},
        }
    finally:
        for name in env:
            del os.environ[name]


def configured(text):
    conf = cfg.ConfigOpts()
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write(text)
        file.flush()
        conf([], project="parley-interop", default_config_files=[file.name])
    return described_all(conf)


def described_all(conf):
    conf.register_opts(transport._transport_opts)
    conf.register_opts(client._client_opts)
    conf.register_opts(impl_rabbit.rabbit_opts, group="oslo_messaging_rabbit")
    conf.register_opts(amqp.amqp_opts, group="oslo_messaging_rabbit")
    group = conf.oslo_messaging_rabbit
    names = [opt.name for opt in impl_rabbit.rabbit_opts + amqp.amqp_opts]
    return described(conf) | {
        "control_exchange": conf.control_exchange,
        "rpc_response_timeout": conf.rpc_response_timeout,
        "rabbit": {
            name: str(group[name])
            for name in names
            if getattr(conf.get_location(name, "oslo_messaging_rabbit"), "location", None)
            in (cfg.Locations.user, cfg.Locations.environment)
        },
    }


def do(line):
    if "layers" in line:
        return layered(line["layers"], line.get("env", {}))
    return configured(line["conf"]) if "conf" in line else described(cfg.CONF, line["url"])


drive(do)
