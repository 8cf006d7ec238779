/** Notifications over AMQP 0-9-1 and within the JVM. */
@NullMarked
package dev.parley.oslo.notify.amqp;

import org.jspecify.annotations.NullMarked;
