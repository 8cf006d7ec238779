/**
 * Channels over one connection: a {@link dev.parley.zerorpc.channel.Session} routes events to its
 * {@linkplain dev.parley.zerorpc.channel.Channel channels} and sends their heartbeats; a channel is one call, on either
 * side. Also what both sides share: the options of an address and the flow control of streams.
 */
@NullMarked
package dev.parley.zerorpc.channel;

import org.jspecify.annotations.NullMarked;
