/**
 * Python's oslo.messaging, the newest and Debian's, with Parley on the other side, on RabbitMQ and on the embedded
 * broker.
 */
@NullMarked
package dev.parley.interop.oslo;

import org.jspecify.annotations.NullMarked;
