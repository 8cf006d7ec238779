/**
 * XML-RPC over HTTP, both sides.
 *
 * <p>{@link dev.parley.xmlrpc.XmlRpcWire} is the wire, found by its schemes. {@link dev.parley.xmlrpc.XmlRpcMapper} reads and writes Java values as XML-RPC
 * values by itself, a Jackson format like any other.
 */
@NullMarked
package dev.parley.xmlrpc;

import org.jspecify.annotations.NullMarked;
