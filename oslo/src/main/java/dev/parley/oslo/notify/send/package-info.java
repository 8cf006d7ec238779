/** The publishing side of notifications: drivers, routing, and the outbox. */
@NullMarked
package dev.parley.oslo.notify.send;

import org.jspecify.annotations.NullMarked;
