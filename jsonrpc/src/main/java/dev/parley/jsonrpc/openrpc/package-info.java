/** OpenRPC documents: what a service offers, with JSON Schemas made from the value mapping; and those of peers, read. */
@NullMarked
package dev.parley.jsonrpc.openrpc;

import org.jspecify.annotations.NullMarked;
