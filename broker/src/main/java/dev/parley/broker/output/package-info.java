/**
 * The way out to a client: what any thread hands over ({@link dev.parley.broker.output.Outbox}) and the frames the
 * event loop writes ({@link dev.parley.broker.output.FrameOutput}).
 */
@NullMarked
package dev.parley.broker.output;

import org.jspecify.annotations.NullMarked;
