/** Notifications over a real Kafka, with each other and with oslo.messaging's driver for it. */
@NullMarked
package dev.parley.interop.kafka;

import org.jspecify.annotations.NullMarked;
