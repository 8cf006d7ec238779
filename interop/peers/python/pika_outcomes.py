"""What pika sees of the broker on a port: one JSON line per row, the same for every broker that behaves alike."""
import datetime
import decimal
import json
import re
import sys
import time

import pika

PARAMETERS = pika.ConnectionParameters("127.0.0.1", int(sys.argv[1]), heartbeat=30, blocked_connection_timeout=30)
MANY = 20
ROWS = []


def row(function):
    ROWS.append(function)
    return function


def told(error):
    text = getattr(error, "reply_text", str(error))
    text = re.sub(r"amq\.gen-[\w-]+", "<queue>", text)
    return "%s %s %s" % (type(error).__name__, getattr(error, "reply_code", ""), text)


def refused(call):
    """How the broker refuses a call, which may be one that it does not answer."""
    connection = pika.BlockingConnection(PARAMETERS)
    try:
        channel = connection.channel()
        closed = []
        channel._impl.add_on_close_callback(lambda ignored, reason: closed.append(reason))
        call(channel)
        connection.process_data_events(time_limit=1)
        # What was not answered closed the channel by now, and a further call tells why.
        channel.queue_declare("", exclusive=True)
        return "not refused"
    except pika.exceptions.ChannelWrongStateError:
        return told(closed[0])
    except (pika.exceptions.ChannelClosedByBroker, pika.exceptions.ConnectionClosedByBroker) as error:
        return told(error)
    finally:
        if connection.is_open:
            connection.close()


def queue(channel, **options):
    return channel.queue_declare("", exclusive=True, **options).method.queue


def fetch(channel, name, **options):
    """The next message, waited for: a publish is not answered."""
    for _ in range(500):
        method, properties, body = channel.basic_get(name, **options)
        if method:
            return method, properties, body
        time.sleep(0.01)
    raise AssertionError("no message came")


def fill(channel, name, bodies):
    for body in bodies:
        channel.basic_publish("", name, body)
    for _ in range(500):
        if channel.queue_declare(name, passive=True).method.message_count >= len(bodies):
            return
        time.sleep(0.01)


def consume(channel, name, count, **options):
    taken = []
    for method, properties, body in channel.consume(name, inactivity_timeout=0.5, **options):
        if method is None:
            break
        taken.append((method, body))
        if len(taken) == count:
            break
    return taken


@row
def round_trip_of_every_field_type(channel):
    name = queue(channel)
    headers = {
        "text": "häder", "bytes": b"\x00\xff", "small": 7, "negative": -7, "long": 1 << 40, "yes": True, "no": False,
        "nothing": None, "when": datetime.datetime(2026, 1, 2, 3, 4, 5), "decimal": decimal.Decimal("3.14"),
        "array": [1, "two", [3, {"four": 4}]], "table": {"inner": {"deep": "x"}},
    }
    sent = pika.BasicProperties(
        content_type="text/plain", content_encoding="utf-8", headers=headers, delivery_mode=2, priority=3,
        correlation_id="c", reply_to="r", expiration="60000", message_id="m", timestamp=1700000000, type="t",
        user_id="guest", app_id="a", cluster_id="k")
    channel.basic_publish("", name, b"body", sent)
    method, properties, body = fetch(channel, name, auto_ack=True)
    return {"body": body.decode(), "got": repr(properties.__dict__)}


@row
def confirms_and_returns(channel):
    name = queue(channel)
    channel.confirm_delivery()
    outcomes = []
    for key in (name, "nobody-has-this"):
        try:
            channel.basic_publish("", key, b"x", mandatory=True)
            outcomes.append("confirmed")
        except pika.exceptions.UnroutableError as error:
            outcomes.append([[m.method.reply_code, m.method.reply_text, m.body.decode()] for m in error.messages])
    return outcomes


@row
def get(channel):
    name = queue(channel)
    empty = channel.basic_get(name)[0]
    fill(channel, name, [b"1", b"2"])
    method, _, body = channel.basic_get(name)
    return [empty, method.delivery_tag, method.redelivered, method.message_count, body.decode()]


@row
def consume_with_prefetch_and_acknowledge(channel):
    name = queue(channel)
    fill(channel, name, [b"%d" % i for i in range(MANY)])
    channel.basic_qos(prefetch_count=5)
    taken = []
    first = consume(channel, name, MANY)
    while first:
        taken.append(len(first))
        channel.basic_ack(first[-1][0].delivery_tag, multiple=True)
        first = consume(channel, name, MANY)
    return taken


@row
def nack_and_reject(channel):
    name = queue(channel)
    fill(channel, name, [b"a", b"b", b"c"])
    taken = consume(channel, name, 3)
    channel.basic_nack(taken[0][0].delivery_tag, requeue=True)
    channel.basic_reject(taken[1][0].delivery_tag, requeue=False)
    channel.basic_ack(taken[2][0].delivery_tag)
    again = consume(channel, name, 1)
    left = channel.cancel()
    return [[body.decode(), method.redelivered] for method, body in again] + [left]


@row
def recover(channel):
    name = queue(channel)
    fill(channel, name, [b"a"])
    channel.basic_get(name)
    channel.basic_recover(requeue=True)
    method, _, body = fetch(channel, name)
    return [body.decode(), method.redelivered]


@row
def transactions(channel):
    name = queue(channel)
    channel.tx_select()
    channel.basic_publish("", name, b"rolled back")
    channel.tx_rollback()
    channel.basic_publish("", name, b"committed")
    before = channel.basic_get(name)[0]
    channel.tx_commit()
    return [before, fetch(channel, name)[2].decode()]


@row
def cancel_by_the_broker(channel):
    name = queue(channel)
    cancelled = []
    channel.add_on_cancel_callback(lambda frame: cancelled.append(frame.method.consumer_tag))
    tag = channel.basic_consume(name, lambda *ignored: None, consumer_tag="mine")
    channel.queue_delete(name)
    channel.connection.process_data_events(time_limit=1)
    return [tag, cancelled, channel.consumer_tags]


@row
def exchanges(channel):
    name = queue(channel)
    outcomes = {}
    bindings = {"direct": ("k", {}), "fanout": ("", {}), "topic": ("a.*.#", {}), "headers": ("", {"x-match": "any", "h": 1})}
    for kind, (key, arguments) in bindings.items():
        exchange = "pika-" + kind
        channel.exchange_declare(exchange, kind, auto_delete=True)
        channel.queue_bind(name, exchange, key, arguments)
        for sent in ("k", "a.b", "a.b.c.d", "b"):
            channel.basic_publish(exchange, sent, b"", pika.BasicProperties(headers={"h": 1 if sent == "b" else 2}))
        channel.basic_publish("", name, b"end")
        came = []
        while True:
            method, _, body = fetch(channel, name, auto_ack=True)
            if body == b"end":
                break
            came.append(method.routing_key)
        outcomes[kind] = came
        channel.queue_unbind(name, exchange, key, arguments)
    return outcomes


@row
def counts(channel):
    name = queue(channel)
    fill(channel, name, [b""] * 3)
    purged = channel.queue_purge(name).method.message_count
    fill(channel, name, [b""] * 2)
    return [purged, channel.queue_delete(name).method.message_count]


@row
def a_large_message(channel):
    name = queue(channel)
    body = bytes(range(256)) * 8192
    channel.basic_publish("", name, body)
    return fetch(channel, name)[2] == body


@row
def what_is_refused(channel):
    name = "pika-refusals"
    calls = {
        "get from a missing queue": lambda c: c.basic_get(name),
        "passive declare of a missing exchange": lambda c: c.exchange_declare(name, passive=True),
        "unknown exchange type": lambda c: c.exchange_declare(name, "odd"),
        "reserved name": lambda c: c.queue_declare("amq.mine"),
        "unknown delivery tag": lambda c: c.basic_ack(9),
        "commit without a transaction": lambda c: c.tx_commit(),
        "prefetch by size": lambda c: c.basic_qos(prefetch_size=10),
        "flow": lambda c: c.flow(False),
        "recover without requeue": lambda c: c.basic_recover(False),
        "publish to a missing exchange": lambda c: c.basic_publish(name, "", b""),
        "publish to an internal exchange": lambda c: c.basic_publish("amq.rabbitmq.trace", "", b""),
        "delete a system exchange": lambda c: c.exchange_delete("amq.direct"),
        "consumer priority": lambda c: c.basic_consume(queue(c), print, arguments={"x-priority": "high"}),
        "exclusive and not": lambda c: [c.basic_consume(queue(c), print), c.basic_consume("", print, exclusive=True)],
        "header match": lambda c: c.queue_bind(queue(c), "amq.headers", "", {"x-match": "odd"}),
    }
    return {label: refused(call) for label, call in calls.items()}


for function in ROWS:
    connection = pika.BlockingConnection(PARAMETERS)
    try:
        outcome = function(connection.channel())
    except Exception as error:  # an outcome to compare, too
        outcome = told(error)
    print(json.dumps({"row": function.__name__, "outcome": outcome}))
    if connection.is_open:
        connection.close()
