/**
 * The server side: {@link dev.parley.zerorpc.server.ZerorpcListener} binds a ROUTER socket; each connection has a
 * session, which hands calls to the dispatcher and sends their results.
 */
@NullMarked
package dev.parley.zerorpc.server;

import org.jspecify.annotations.NullMarked;
