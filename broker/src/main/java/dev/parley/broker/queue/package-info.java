/**
 * Queues: classic and quorum queues, streams, the messages they hold, expiry, length limits and dead-lettering.
 *
 * <p>A queue knows neither channels nor connections, only three interfaces:
 * its {@link dev.parley.broker.queue.QueueHost} (the virtual host), its {@link dev.parley.broker.queue.QueueConsumer}s,
 * and the {@link dev.parley.broker.queue.QueueOwner} of an exclusive queue. Each queue has its own lock, which is never
 * held while another queue's lock is taken or a socket is written.
 */
@NullMarked
package dev.parley.broker.queue;

import org.jspecify.annotations.NullMarked;
