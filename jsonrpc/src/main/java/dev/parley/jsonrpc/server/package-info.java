/** The server side: listeners for HTTP and TCP, and what handles the messages of both. */
@NullMarked
package dev.parley.jsonrpc.server;

import org.jspecify.annotations.NullMarked;
