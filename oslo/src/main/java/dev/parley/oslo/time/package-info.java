/** Timers, and the backoff between attempts to reconnect. */
@NullMarked
package dev.parley.oslo.time;

import org.jspecify.annotations.NullMarked;
