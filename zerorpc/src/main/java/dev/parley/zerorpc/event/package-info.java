/**
 * zerorpc's messages: an {@link dev.parley.zerorpc.event.Event} is {@code [header, name, args]} in MessagePack. Knows
 * their form, not what they mean to a channel.
 */
@NullMarked
package dev.parley.zerorpc.event;

import org.jspecify.annotations.NullMarked;
