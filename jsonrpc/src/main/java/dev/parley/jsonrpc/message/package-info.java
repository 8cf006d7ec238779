/** The messages of JSON-RPC 2.0 and 1.0: scanning, reading and writing them, and the errors in them. */
@NullMarked
package dev.parley.jsonrpc.message;

import org.jspecify.annotations.NullMarked;
