/**
 * Timers and backoff.
 */
@NullMarked
package dev.parley.oslo.time;

import org.jspecify.annotations.NullMarked;
