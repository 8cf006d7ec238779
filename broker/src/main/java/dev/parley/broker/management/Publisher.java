package dev.parley.broker.management;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.auth.Access;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.queue.Message;
import dev.parley.broker.queue.MessageEvent;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.virtualhost.ReplyConsumer;
import dev.parley.broker.virtualhost.VirtualHost;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;

/** Publishes messages that come by HTTP, checked as those of AMQP. Thread-safe. */
final class Publisher {
    private final ApiContext context;

    Publisher(ApiContext context) {
        this.context = context;
    }

    Response publish(ApiRequest request) {
        VirtualHost host = context.virtualHost(request);
        JsonBody body = request.body().require("routing_key", "properties", "payload", "payload_encoding");
        String exchange = ApiContext.exchangeName(request, "exchange");
        byte[] payload = payload(body.text("payload", ""), body.text("payload_encoding", ""));
        ContentHeader header = MessageProperties.write(body.object("properties"));
        try {
            Message message = Message.of(exchange, body.text("routing_key", ""), header, payload);
            return Response.ok(Map.of("routed", publish(host, context.access(request), message)));
        } catch (AmqpException e) {
            throw ManagementApi.refusedByPublishing(e);
        }
    }

    private static byte[] payload(String payload, String encoding) {
        try {
            return switch (encoding) {
                case "string" -> payload.getBytes(StandardCharsets.UTF_8);
                case "base64" -> Base64.getDecoder().decode(payload);
                default -> throw ApiException.invalid("unsupported_encoding", encoding);
            };
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid("not_base64", payload);
        }
    }

    /** Returns whether a queue got it. */
    private boolean publish(VirtualHost host, Access access, Message message) {
        access.writeExchange(message.exchange());
        Exchange exchange = host.exchange(message.exchange());
        if (exchange.settings().internal()) {
            throw new AmqpException(
                    ReplyCode.ACCESS_REFUSED, "cannot publish to internal " + host.describeExchange(exchange.name()));
        }
        String claimed = message.header().userId();
        if (claimed != null && !claimed.equals(access.userName())) {
            throw new AmqpException(
                    ReplyCode.PRECONDITION_FAILED,
                    "user_id property set to '" + claimed + "' but authenticated user was '" + access.userName() + "'");
        }
        if (message.body().length > context.broker().limits().maxMessageSize()) {
            throw new AmqpException(
                    ReplyCode.PRECONDITION_FAILED,
                    "message size " + message.body().length + " is larger than configured max size "
                            + context.broker().limits().maxMessageSize());
        }
        refuseIfFull(host.memory().exceeded() ? host.memory().reason() : "");
        host.counters().count(MessageEvent.PUBLISH);
        ReplyConsumer replyConsumer = host.replyConsumers().get(message.routingKey());
        if (message.exchange().isEmpty() && replyConsumer != null) {
            replyConsumer.reply(message);
            return true;
        }
        Collection<MessageQueue> queues = host.route(exchange, message);
        for (MessageQueue queue : queues) {
            refuseIfFull(queue.watermark().exceeded() ? queue.watermark().reason() : "");
        }
        exchange.counted(queues.size());
        boolean accepted = !queues.isEmpty();
        for (MessageQueue queue : queues) {
            accepted &= queue.offer(message);
        }
        // As RabbitMQ does it: mandatory, and with a confirm.
        host.counters().count(queues.isEmpty() ? MessageEvent.RETURN_UNROUTABLE : MessageEvent.CONFIRM);
        return accepted;
    }

    /** Publishers of AMQP wait, which a request cannot. */
    private static void refuseIfFull(String reason) {
        if (!reason.isEmpty()) {
            throw new AmqpException(ReplyCode.RESOURCE_ERROR, "publishers are blocked: " + reason);
        }
    }
}
