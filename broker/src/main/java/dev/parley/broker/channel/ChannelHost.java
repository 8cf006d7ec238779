package dev.parley.broker.channel;

import dev.parley.broker.auth.Access;
import dev.parley.broker.limit.Debts;
import dev.parley.broker.limit.Limits;
import dev.parley.broker.limit.Watermark;
import dev.parley.broker.output.FrameOutput;
import dev.parley.broker.output.Outbox;
import dev.parley.broker.profile.RabbitMqProfile;
import dev.parley.broker.queue.MessageCounters;
import dev.parley.broker.queue.QueueOwner;
import dev.parley.broker.virtualhost.VirtualHost;

/**
 * What a channel needs of its connection. Used on the connection's event loop; {@link #id()}, {@link #outbox()} and the
 * methods of {@link QueueOwner} by any thread.
 */
public interface ChannelHost extends QueueOwner {
    /** The number of the connection, unique in the broker. */
    long id();

    /** What queues hand to the connection. */
    Outbox outbox();

    /** The frames to write. */
    FrameOutput output();

    /** The RabbitMQ that the broker behaves as. */
    RabbitMqProfile profile();

    /** What the broker grants to clients. */
    Limits limits();

    /** The virtual host that was opened. */
    VirtualHost virtualHost();

    /** What the user of the connection may do. */
    Access access();

    /** Whether the client announced a capability. */
    boolean clientCan(String capability);

    /** The count of bytes held by the whole broker. */
    Watermark memory();

    /** What the connection holds and no consumer can take away. */
    Debts.Debt debt();

    /** What all channels of the virtual host did. */
    MessageCounters counters();

    /** What becomes of publisher confirms. */
    ConfirmFaults confirmFaults();

    /** Stops reading from the client until the watermark is no longer exceeded. */
    void blockOn(Watermark watermark);

    /** Calls {@link ChannelSession#flushConfirms()} once everything received has been handled. */
    void confirmLater(ChannelSession channel);

    /** The channel is closed on both sides: its number is free. */
    void forget(ChannelSession channel);
}
