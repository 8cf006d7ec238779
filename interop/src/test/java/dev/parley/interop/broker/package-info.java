/**
 * Other people's AMQP clients, with their own tests where those are published, on the embedded broker and on RabbitMQ.
 */
@NullMarked
package dev.parley.interop.broker;

import org.jspecify.annotations.NullMarked;
