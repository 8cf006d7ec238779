/** What the socket wires share: event loops, HTTP server and client, limits, graceful close. */
@NullMarked
package dev.parley.net;

import org.jspecify.annotations.NullMarked;
