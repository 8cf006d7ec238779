/**
 * WebSocket (RFC 6455) with permessage-deflate (RFC 7692) on event loops, both sides.
 *
 * <p>A server accepts upgrades with {@link dev.parley.net.websocket.WebSocketUpgrade} at a path of an
 * {@link dev.parley.net.http.server.HttpServer}, a client connects with
 * {@link dev.parley.net.websocket.WebSocketClient}. On both sides a {@link dev.parley.net.websocket.WebSocket} sends
 * messages, and {@link dev.parley.net.websocket.WebSocketEvents} are told what arrives.
 */
@NullMarked
package dev.parley.net.websocket;

import org.jspecify.annotations.NullMarked;
