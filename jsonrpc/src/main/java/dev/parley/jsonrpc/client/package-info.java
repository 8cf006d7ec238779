/** The client side: calls over HTTP, and calls over one TCP connection. */
@NullMarked
package dev.parley.jsonrpc.client;

import org.jspecify.annotations.NullMarked;
