/** XML-RPC over HTTP, both sides. */
@NullMarked
package dev.parley.xmlrpc;

import org.jspecify.annotations.NullMarked;
