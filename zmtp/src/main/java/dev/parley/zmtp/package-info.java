/**
 * ZMTP 3.x, the protocol of ZeroMQ, on Netty: ROUTER and DEALER sockets, with the security mechanisms NULL, PLAIN
 * and CURVE.
 *
 * <p>A {@link dev.parley.zmtp.ZmtpSocket} binds and connects endpoints and reports to a
 * {@link dev.parley.zmtp.ZmtpHandler}. Each connection is a {@link dev.parley.zmtp.ZmtpPeer} to send
 * to. A {@link dev.parley.zmtp.ZmtpConnector} reconnects an endpoint when its connection is lost.
 */
@NullMarked
package dev.parley.zmtp;

import org.jspecify.annotations.NullMarked;
