/**
 * What the RPC wires over HTTP share: how their addresses and address options become a server or a client.
 */
@NullMarked
package dev.parley.net.http.rpc;

import org.jspecify.annotations.NullMarked;
