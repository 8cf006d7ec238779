package dev.parley.broker.queue;

import dev.parley.broker.limit.Watermark;
import dev.parley.broker.profile.RabbitMqProfile;
import io.netty.channel.EventLoop;
import java.util.Collection;

/** What a queue needs of the virtual host it is in. Thread-safe. */
public interface QueueHost {
    /** The name of the virtual host. */
    String name();

    /** The RabbitMQ that it behaves as. */
    RabbitMqProfile profile();

    /** The count of bytes held by the whole broker. */
    Watermark memory();

    /** Bytes that one queue may hold before its publishers are blocked. */
    long queueMemory();

    /** An event loop for the timers and dead letters of one queue. */
    EventLoop nextLoop();

    /** Removes a queue that has expired or lost its last consumer, and calls its {@link MessageQueue#end}. */
    void delete(MessageQueue queue);

    /** The queues for a message published to an exchange; none if there is no such exchange. */
    Collection<MessageQueue> route(String exchange, Message message);
}
