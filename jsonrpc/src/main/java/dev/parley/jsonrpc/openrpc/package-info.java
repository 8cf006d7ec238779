/** OpenRPC documents: those of services, with JSON Schemas made of the value mapping, and those of peers, read. */
@NullMarked
package dev.parley.jsonrpc.openrpc;

import org.jspecify.annotations.NullMarked;
