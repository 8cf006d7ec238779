/** How messages follow each other on a TCP connection. */
@NullMarked
package dev.parley.jsonrpc.stream;

import org.jspecify.annotations.NullMarked;
