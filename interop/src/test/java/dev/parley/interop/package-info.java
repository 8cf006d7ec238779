/**
 * Other people's programs against ours, both ways, over real sockets.
 *
 * <p>The kit: {@link dev.parley.interop.Peer} names what {@code peers/install} installs, {@link
 * dev.parley.interop.NeedsPeer} skips or fails a test whose peer is missing, {@link
 * dev.parley.interop.PeerProcess} runs a program of {@code peers/python} or {@code peers/node}, and {@link
 * dev.parley.interop.RabbitMq} is a real broker.
 */
@NullMarked
package dev.parley.interop;

import org.jspecify.annotations.NullMarked;
