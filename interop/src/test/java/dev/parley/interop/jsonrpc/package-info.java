/** JSON-RPC with other people's programs on the other side. */
@NullMarked
package dev.parley.interop.jsonrpc;

import org.jspecify.annotations.NullMarked;
