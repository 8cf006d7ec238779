/** JSON-RPC 2.0 and 1.0, both sides. */
@NullMarked
package dev.parley.jsonrpc;

import org.jspecify.annotations.NullMarked;
