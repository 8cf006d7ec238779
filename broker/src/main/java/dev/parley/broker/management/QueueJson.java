package dev.parley.broker.management;

import dev.parley.broker.policy.AppliedPolicies;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueueConsumer;
import dev.parley.broker.queue.QueueContents;
import dev.parley.broker.virtualhost.VirtualHost;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Queues as JSON. Each type has fields of its own, as in RabbitMQ. Stateless. */
final class QueueJson {
    private QueueJson() {}

    /** What a queue was declared with. */
    private static Map<String, @Nullable Object> declared(VirtualHost host, MessageQueue queue) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", queue.name());
        json.put("vhost", host.name());
        json.put("type", queue.settings().kind());
        json.put("durable", queue.settings().durable());
        json.put("auto_delete", queue.settings().autoDelete());
        json.put("exclusive", queue.settings().exclusive());
        json.put("arguments", queue.settings().arguments());
        json.put("node", ApiContext.NODE);
        return json;
    }

    /** Without statistics, for {@code disable_stats}. */
    static Map<String, @Nullable Object> brief(VirtualHost host, MessageQueue queue, boolean totals) {
        Map<String, @Nullable Object> json = declared(host, queue);
        json.put("state", "running");
        if (totals) {
            putMessages(json, queue.contents());
        }
        return json;
    }

    private static void putMessages(Map<String, @Nullable Object> json, QueueContents contents) {
        json.put("messages", contents.ready() + contents.unacked());
        json.put("messages_ready", contents.ready());
        json.put("messages_unacknowledged", contents.unacked());
    }

    /** With statistics. */
    static Map<String, @Nullable Object> full(VirtualHost host, MessageQueue queue) {
        QueueContents contents = queue.contents();
        String kind = queue.settings().kind();
        Map<String, @Nullable Object> json = declared(host, queue);
        json.put("state", "running");
        AppliedPolicies policies = queue.policies();
        json.put("policy", policies.policy());
        json.put("operator_policy", policies.operatorPolicy());
        json.put("effective_policy_definition", policies.effective());
        putMessages(json, contents);
        json.put("consumers", queue.consumerCount());
        json.put("memory", queue.watermark().bytes());
        Stats.putOfQueue(json, queue.counters());
        if (!kind.equals("stream")) {
            putBytes(json, contents);
        }
        if (kind.equals("classic")) {
            putClassic(json, queue, contents);
        } else {
            json.put("members", List.of(ApiContext.NODE));
            json.put("online", List.of(ApiContext.NODE));
        }
        if (kind.equals("quorum")) {
            json.put("leader", ApiContext.NODE);
            json.put("message_bytes_ram", 0);
            json.put("messages_ram", 0);
            json.put("message_bytes_dlx", 0);
            json.put("messages_dlx", 0);
            json.put("single_active_consumer_ctag", singleActiveTag(queue));
        }
        return json;
    }

    private static void putBytes(Map<String, @Nullable Object> json, QueueContents contents) {
        json.put("message_bytes", contents.readyBytes() + contents.unackedBytes());
        json.put("message_bytes_ready", contents.readyBytes());
        json.put("message_bytes_unacknowledged", contents.unackedBytes());
        json.put("message_bytes_persistent", contents.persistentBytes());
        json.put("messages_persistent", contents.persistent());
    }

    /** All of it is in memory. */
    private static void putClassic(Map<String, @Nullable Object> json, MessageQueue queue, QueueContents contents) {
        json.put("idle_since", Stats.time(queue.activeAtMillis()));
        json.put("message_bytes_ram", contents.readyBytes() + contents.unackedBytes());
        json.put("messages_ram", contents.ready() + contents.unacked());
        json.put("messages_ready_ram", contents.ready());
        json.put("messages_unacknowledged_ram", contents.unacked());
        json.put("message_bytes_paged_out", 0);
        json.put("messages_paged_out", 0);
        json.put("head_message_timestamp", null);
        json.put("recoverable_slaves", null);
        json.put(
                "exclusive_consumer_tag",
                queue.consumers().stream()
                        .filter(QueueConsumer::exclusive)
                        .map(QueueConsumer::tag)
                        .findFirst()
                        .orElse(null));
        json.put("single_active_consumer_tag", singleActiveTag(queue));
    }

    private static @Nullable String singleActiveTag(MessageQueue queue) {
        List<QueueConsumer> consumers = queue.consumers();
        return queue.settings().flag("x-single-active-consumer") && !consumers.isEmpty()
                ? consumers.get(0).tag()
                : null;
    }
}
