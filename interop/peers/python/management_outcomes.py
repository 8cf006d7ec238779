"""What clients of the management API see: one JSON line per row, the same for every broker that behaves alike.

Arguments: the port of the API, the port of AMQP, the file of rabbitmqadmin, which the broker itself hands out.
"""
import asyncio
import json
import re
import subprocess
import sys
import time

import amqp
import pyrabbit2
from flower.utils.broker import RabbitMQ
from pyrabbit2.http import HTTPError

API, AMQP, RABBITMQADMIN = sys.argv[1:]
HERE = "127.0.0.1:" + API
QUEUE, OTHER, EXCHANGE, VHOST, USER = "suite-queue", "suite-other", "suite-exchange", "suite-vhost", "suite-user"
ROWS = []


def row(function):
    ROWS.append(function)
    return function


def admin(*arguments, user="guest", password="guest"):
    command = [sys.executable, RABBITMQADMIN, "-H", "127.0.0.1", "-P", API, "-u", user, "-p", password, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=50)
    return [ended.returncode, ended.stdout.splitlines(), ended.stderr.splitlines()]


def table(*arguments):
    """A listing as rabbitmqadmin makes it, in order."""
    code, lines, errors = admin("-f", "tsv", *arguments)
    return [code, sorted(lines), errors]


def ours(listing):
    """Its lines about what this program declared, and about what every broker has."""
    return [line for line in listing[1] if re.search(r"suite|\bamq[.](?!gen)", line)]


def client():
    return pyrabbit2.Client(HERE, "guest", "guest", timeout=20)


def told(call):
    """What a call of pyrabbit2 returns, or how it fails."""
    try:
        return call()
    except HTTPError as error:
        return ["HTTPError", error.status, error.reason]
    except Exception as error:
        return [type(error).__name__]


def only(record, *names):
    return {name: record.get(name, "missing") for name in names}


def eventually(condition):
    """Statistics of RabbitMQ are some seconds old."""
    for _ in range(300):
        outcome = condition()
        if outcome:
            return outcome
        time.sleep(0.1)
    raise AssertionError("never came true")


@row
def rabbitmqadmin_declares():
    return [
        admin("declare", "exchange", "name=" + EXCHANGE, "type=topic", "durable=false"),
        admin("declare", "queue", "name=" + QUEUE, "durable=true", 'arguments={"x-max-length":10}'),
        admin("declare", "queue", "name=" + QUEUE, "durable=false"),
        admin("declare", "exchange", "name=" + EXCHANGE, "type=bogus"),
        admin("declare", "binding", "source=" + EXCHANGE, "destination=" + QUEUE, "routing_key=a.*"),
        admin("declare", "binding", "source=none", "destination=" + QUEUE, "routing_key=a.*"),
    ]


@row
def rabbitmqadmin_lists():
    return [
        ours(table("list", "queues", "name", "durable", "auto_delete", "arguments", "type")),
        ours(table("list", "exchanges", "name", "type", "durable", "internal")),
        ours(table("list", "bindings", "source", "destination", "routing_key")),
        table("list", "vhosts", "name", "tracing"),
        table("list", "users", "name", "tags"),
        table("list", "permissions"),
        sorted(set(table("list", "queues", "no-such-column")[1])),
    ]


@row
def rabbitmqadmin_publishes_and_gets():
    return [
        admin(
            "publish", "exchange=" + EXCHANGE, "routing_key=a.b", "payload=hello",
            'properties={"priority":3,"headers":{"n":1}}'),
        admin("publish", "exchange=" + EXCHANGE, "routing_key=nowhere", "payload=hello"),
        admin("publish", "exchange=missing", "routing_key=nowhere", "payload=hello"),
        json.loads(admin("-f", "raw_json", "get", "queue=" + QUEUE, "ackmode=ack_requeue_true")[1][0]),
        admin("-f", "tsv", "get", "queue=" + QUEUE, "ackmode=ack_requeue_false"),
        admin("-f", "tsv", "get", "queue=" + QUEUE, "ackmode=ack_requeue_false"),
        admin("get", "queue=missing"),
    ]


@row
def rabbitmqadmin_purges_and_deletes():
    admin("publish", "exchange=" + EXCHANGE, "routing_key=a.b", "payload=hello")
    return [
        admin("purge", "queue", "name=" + QUEUE),
        admin("purge", "queue", "name=missing"),
        admin("-f", "tsv", "get", "queue=" + QUEUE),
        admin(
            "delete", "binding", "source=" + EXCHANGE, "destination_type=queue", "destination=" + QUEUE,
            "properties_key=a.*"),
        admin("delete", "queue", "name=" + QUEUE),
        admin("delete", "queue", "name=" + QUEUE),
        admin("delete", "exchange", "name=" + EXCHANGE),
    ]


@row
def rabbitmqadmin_users_and_hosts():
    return [
        admin("declare", "vhost", "name=" + VHOST),
        admin("declare", "user", "name=" + USER, "password=for-tests", "tags=monitoring"),
        admin("declare", "permission", "vhost=" + VHOST, "user=" + USER, "configure=^a", "write=", "read=.*"),
        table("list", "vhosts", "name"),
        table("list", "users", "name", "tags"),
        table("list", "permissions"),
        admin("list", "nodes", user=USER, password="wrong"),
        admin("delete", "permission", "vhost=" + VHOST, "user=" + USER),
        admin("delete", "user", "name=" + USER),
        admin("delete", "vhost", "name=" + VHOST),
        admin("delete", "vhost", "name=" + VHOST),
    ]


@row
def rabbitmqadmin_policies():
    return [
        admin(
            "declare", "policy", "name=suite-policy", "pattern=^suite-", 'definition={"max-length":5}',
            "apply-to=queues", "priority=2"),
        table("list", "policies"),
        admin("delete", "policy", "name=suite-policy"),
    ]


@row
def pyrabbit2_topology():
    api = client()
    return [
        told(lambda: api.create_exchange("/", EXCHANGE, "direct", durable=False)),
        told(lambda: api.create_queue("/", QUEUE, durable=True)),
        told(lambda: api.create_queue("/", OTHER, durable=True)),
        told(lambda: api.create_binding("/", EXCHANGE, QUEUE, "k")),
        told(lambda: only(
            api.get_exchange("/", EXCHANGE),
            "name", "vhost", "durable", "auto_delete", "internal", "arguments", "type", "incoming", "outgoing")),
        told(lambda: sorted(x["name"] for x in api.get_exchanges("/") if re.match("amq[.]|suite-", x["name"]))),
        told(lambda: only(
            api.get_queue("/", QUEUE), "name", "vhost", "durable", "auto_delete", "exclusive", "arguments", "type")),
        told(lambda: [
            [b["source"], b["routing_key"], b["properties_key"]] for b in api.get_queue_bindings("/", QUEUE)]),
        told(lambda: api.get_bindings_from_exchange("/", EXCHANGE)),
        told(lambda: api.get_bindings_between_exch_and_queue("/", EXCHANGE, QUEUE)),
        told(lambda: api.publish("/", EXCHANGE, "k", "hello")),
        told(lambda: api.publish("/", EXCHANGE, "other", "hello")),
        told(lambda: api.get_messages("/", QUEUE)),
        told(lambda: api.get_messages("/", QUEUE, requeue=False)),
        told(lambda: api.purge_queue("/", QUEUE)),
        told(lambda: api.delete_binding("/", EXCHANGE, QUEUE, "k")),
        told(lambda: api.delete_queue("/", QUEUE)),
        told(lambda: api.delete_queue("/", QUEUE)),
        told(lambda: api.delete_queue("/", OTHER)),
        told(lambda: api.delete_exchange("/", EXCHANGE)),
        told(lambda: api.get_queue("/", QUEUE)),
        told(lambda: api.purge_queue("/", QUEUE)),
    ]


@row
def pyrabbit2_users_and_hosts():
    api = client()
    return [
        told(lambda: api.is_alive("%2F")),
        told(lambda: api.get_whoami()),
        told(lambda: only(api.get_overview(), "management_version", "rabbitmq_version", "product_name")),
        told(lambda: api.create_vhost(VHOST)),
        told(lambda: sorted(api.get_vhost_names())),
        told(lambda: api.create_user(USER, "for-tests", tags="management")),
        told(lambda: sorted([user["name"], user["tags"]] for user in api.get_users())),
        told(lambda: api.set_vhost_permissions(VHOST, USER, ".*", "^w", "")),
        told(lambda: api.get_permission(VHOST, USER)),
        told(lambda: api.get_user_permissions(USER)),
        told(lambda: sorted(p["user"] for p in api.get_vhost_permissions(VHOST))),
        told(lambda: api.delete_permission(VHOST, USER)),
        told(lambda: api.delete_user(USER)),
        told(lambda: api.delete_user(USER)),
        told(lambda: api.delete_vhost(VHOST)),
        told(lambda: api.get_vhost(VHOST)),
        told(lambda: pyrabbit2.Client(HERE, "guest", "wrong").get_whoami()),
    ]


@row
def pyrabbit2_connections():
    api = client()
    connection = amqp.Connection("127.0.0.1:" + AMQP, client_properties={"connection_name": "suite-connection"})
    connection.connect()
    channel = connection.channel()
    channel.queue_declare(QUEUE, exclusive=True)
    channel.basic_qos(0, 7, False)
    channel.basic_consume(QUEUE, consumer_tag="suite-tag")

    def having(member, records):
        """Those with numbers in them: statistics of RabbitMQ come later than the record."""
        return [record for record in records if record.get(member)]

    def ours_of(connections):
        return [c for c in connections if c.get("user_provided_name") == "suite-connection"]

    def on(connection, channels):
        return [c for c in channels if c.get("connection_details", {}).get("name") == connection]

    found = eventually(lambda: having("channels", ours_of(api.get_connections())))[0]
    name = found["name"]
    channels = eventually(lambda: having("consumer_count", on(name, api.get_channels())))
    queue = eventually(lambda: [q for q in having("consumers", api.get_queues("/")) if q["name"] == QUEUE])
    outcome = [
        only(
            found, "user", "vhost", "protocol", "state", "type", "channels", "channel_max", "frame_max", "ssl",
            "auth_mechanism"),
        only(
            channels[0], "number", "user", "vhost", "confirm", "transactional", "prefetch_count",
            "global_prefetch_count", "consumer_count"),
        only(queue[0], "consumers", "exclusive", "state", "messages", "messages_ready", "messages_unacknowledged"),
        told(lambda: api.delete_connection(name)),
        eventually(lambda: not [c for c in api.get_connections() if c["name"] == name]),
    ]
    try:
        connection.drain_events(timeout=20)
    except (amqp.exceptions.ConnectionError, OSError):
        outcome.append("closed")  # which of the two is a matter of time
    return outcome + [told(lambda: api.delete_connection(name))]


@row
def flower_watches_queues():
    api = client()
    api.create_queue("/", QUEUE, durable=True)
    for _ in range(3):
        api.publish("/", "amq.default", QUEUE, "task")
    watcher = RabbitMQ("amqp://guest:guest@127.0.0.1:%s//" % AMQP, "http://guest:guest@%s/api/" % HERE)

    def seen():
        found = asyncio.run(watcher.queues([QUEUE, "celery"]))
        return found if found and found[0].get("messages") == 3 else None

    found = eventually(seen)
    api.delete_queue("/", QUEUE)
    names = ["name", "messages", "messages_ready", "messages_unacknowledged", "consumers"]
    return [only(queue, *names) for queue in found]


def cleaned(outcome):
    text = json.dumps(outcome, default=str)
    text = text.replace(API, "<port>").replace(AMQP, "<amqp>")
    return json.loads(re.sub(r"\b\d{3,5}\b -> 127", "<peer> -> 127", text))


for function in ROWS:
    try:
        outcome = function()
    except Exception as error:  # an outcome to compare, too
        outcome = "%s: %s" % (type(error).__name__, error)
    print(json.dumps({"row": function.__name__, "outcome": cleaned(outcome)}), flush=True)
print("done", flush=True)
