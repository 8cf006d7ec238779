package dev.parley.broker.virtualhost;

import dev.parley.broker.queue.Message;

/** A consumer on the pseudo queue of direct reply-to. Thread-safe. */
public interface ReplyConsumer {
    /** Hands over a message that was published to its reply address. */
    void reply(Message message);
}
