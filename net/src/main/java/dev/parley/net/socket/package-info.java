/**
 * What all socket wires share: event loops, listening sockets, and how the addresses of peers are written.
 */
@NullMarked
package dev.parley.net.socket;

import org.jspecify.annotations.NullMarked;
