package dev.parley.broker.management;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.queue.Message;
import dev.parley.broker.queue.MessageEvent;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueuedMessage;
import dev.parley.broker.queue.Return;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Getting the messages of a queue, and purging it. Thread-safe. */
final class QueueMessagesResource {
    private final ApiContext context;

    QueueMessagesResource(ApiContext context) {
        this.context = context;
    }

    void register(Routes routes) {
        routes.at("queues/:vhost/:queue/get").post(Right.VIRTUAL_HOST, this::get);
        routes.at("queues/:vhost/:queue/contents").delete(Right.VIRTUAL_HOST, this::purge);
        routes.at("queues/:vhost/:queue/actions").post(Right.ADMINISTRATOR, this::act);
    }

    private Response purge(ApiRequest request) {
        MessageQueue queue = context.queue(request);
        context.access(request).readQueue(queue.name());
        queue.checkUser(null);
        queue.purge();
        return Response.noContent();
    }

    /** Synchronizes mirrors, of which there are none. */
    private Response act(ApiRequest request) {
        String action = request.body().require("action").text("action", "");
        context.queue(request);
        if (!action.equals("sync") && !action.equals("cancel_sync")) {
            throw ApiException.invalid("unknown", action);
        }
        return Response.noContent();
    }

    private Response get(ApiRequest request) {
        JsonBody body = request.body().require("ackmode", "count", "encoding");
        long count = body.integer("count");
        String acknowledgement = body.text("ackmode", "");
        boolean base64 = switch (body.text("encoding", "")) {
            case "auto" -> false;
            case "base64" -> true;
            default -> throw ApiException.badRequest("Unsupported encoding. Please use auto or base64.");
        };
        long truncate = body.has("truncate") ? body.integer("truncate") : Long.MAX_VALUE;
        if (!List.of("ack_requeue_true", "ack_requeue_false", "reject_requeue_true", "reject_requeue_false")
                .contains(acknowledgement)) {
            throw ApiException.invalid("unknown_ackmode", acknowledgement);
        }
        try {
            String name = request.part("queue");
            context.access(request).readQueue(name);
            MessageQueue queue = context.virtualHost(request).queue(name);
            queue.checkUser(null);
            return Response.ok(get(request, queue, count, acknowledgement, base64, truncate));
        } catch (AmqpException e) {
            throw ManagementApi.refusedByChannel(e);
        }
    }

    /** Takes messages, settles them, and only then returns them: the client may never read the response. */
    private List<Object> get(
            ApiRequest request, MessageQueue queue, long count, String ackMode, boolean base64, long truncate) {
        boolean noAck = ackMode.equals("ack_requeue_false");
        List<QueuedMessage> taken = new ArrayList<>();
        List<Object> found = new ArrayList<>();
        long bytes = 0;
        long limit = context.broker().limits().managementBody();
        try {
            // A negative count is all there are, as in RabbitMQ.
            for (long left = count; left != 0 && bytes <= limit; left--) {
                QueuedMessage message = queue.take(noAck);
                count(request, message, noAck);
                if (message == null) {
                    break;
                }
                taken.add(message);
                bytes += Math.min(Math.max(0, truncate), message.message().body().length);
                found.add(json(message, queue.readyCount(), base64, truncate));
            }
        } finally {
            settle(queue, taken, ackMode);
        }
        return found;
    }

    private void count(ApiRequest request, @Nullable QueuedMessage message, boolean noAck) {
        var counters = context.virtualHost(request).counters();
        counters.count(message == null ? MessageEvent.GET_EMPTY : noAck ? MessageEvent.GET_NO_ACK : MessageEvent.GET);
        if (message != null && message.redelivered()) {
            counters.count(MessageEvent.REDELIVER);
        }
    }

    private static void settle(MessageQueue queue, List<QueuedMessage> taken, String ackMode) {
        switch (ackMode) {
            case "ack_requeue_false" -> taken.forEach(queue::fetched);
            case "reject_requeue_false" -> taken.forEach(queue::reject);
            default -> queue.requeue(taken, Return.NACKED);
        }
    }

    private static Map<String, @Nullable Object> json(QueuedMessage queued, int left, boolean base64, long truncate) {
        Message message = queued.message();
        byte[] body = message.body();
        byte[] shown = truncate < body.length ? Arrays.copyOf(body, (int) Math.max(0, truncate)) : body;
        String text = base64 ? null : text(shown);
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("payload_bytes", body.length);
        json.put("redelivered", queued.redelivered());
        json.put("exchange", message.exchange());
        json.put("routing_key", message.routingKey());
        json.put("message_count", left);
        json.put("properties", Stats.orEmptyList(MessageProperties.read(message.header())));
        json.put("payload", text == null ? Base64.getEncoder().encodeToString(shown) : text);
        json.put("payload_encoding", text == null ? "base64" : "string");
        return json;
    }

    /** As a string; {@code null} if it is not UTF-8. */
    private static @Nullable String text(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
