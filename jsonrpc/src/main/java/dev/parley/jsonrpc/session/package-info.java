/**
 * A connection on which both sides may call, whatever carries its messages: it passes requests to a dispatcher,
 * responses to the calls in flight, and limits what waits. The messages of HTTP, one request and one response each,
 * are handled here too.
 */
@NullMarked
package dev.parley.jsonrpc.session;

import org.jspecify.annotations.NullMarked;
