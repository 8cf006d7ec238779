"""What the oslo.messaging programs share: the options that name the transport, and the transport itself."""

import argparse
import logging
import os
import tempfile

import old_python  # noqa: F401  for oslo.messaging 2.9.0
import oslo_messaging as messaging
from oslo_config import cfg


def parser(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="transport URL, rabbit://user:password@host:port/vhost")
    parser.add_argument("--topic", default="test")
    parser.add_argument("--exchange")
    parser.add_argument("--conf", action="append", default=[], metavar="[GROUP.]OPTION=VALUE",
                        help="an option as oslo.config reads it, e.g. oslo_messaging_rabbit.rabbit_quorum_queue=true")
    parser.add_argument("--allow", action="append", default=[], metavar="MODULE",
                        help="a module whose exceptions may be raised for remote failures")
    parser.add_argument("--log", default="WARNING", help="level of the log on stderr")
    return parser


def transport(options):
    own_process_group()
    logging.basicConfig(level=options.log)
    groups = {}
    for override in options.conf:
        name, _, value = override.partition("=")
        group, _, option = name.rpartition(".")
        groups.setdefault(group or "DEFAULT", []).append(f"{option} = {value}")
    # A file, so that oslo.config reads the values as an operator's and knows their types before they are registered.
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        for group, lines in groups.items():
            file.write("\n".join([f"[{group}]", *lines, ""]))
        file.flush()
        # 14.0.3 reads some options from the global CONF whatever it is given.
        cfg.CONF([], project="parley-interop", default_config_files=[file.name])
    # 2.9.0 has but the one that became deprecated later.
    make = getattr(messaging, "get_rpc_transport", messaging.get_transport)
    return make(cfg.CONF, url=options.url, allowed_remote_exmods=options.allow)


def own_process_group():
    # The queue manager asks after the leader of the process group, and a test's may be gone.
    if os.getpgrp() != os.getpid():
        os.setpgrp()
