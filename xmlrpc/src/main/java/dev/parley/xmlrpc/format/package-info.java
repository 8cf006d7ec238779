/**
 * XML-RPC values as a Jackson data format: {@link dev.parley.xmlrpc.format.XmlRpcMapper} reads and writes Java values
 * as XML-RPC values, without any of the messages around them. The scanner reads only the XML that XML-RPC needs.
 */
@NullMarked
package dev.parley.xmlrpc.format;

import org.jspecify.annotations.NullMarked;
