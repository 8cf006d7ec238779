/**
 * XML-RPC over HTTP, both sides.
 *
 * <p>{@link dev.parley.xmlrpc.XmlRpcWire} is the wire, found by its schemes;
 * {@link dev.parley.xmlrpc.XmlRpcCodec} encodes and decodes messages without a call. The values are a
 * Jackson format, in {@code dev.parley.xmlrpc.format}.
 */
@NullMarked
package dev.parley.xmlrpc;

import org.jspecify.annotations.NullMarked;
