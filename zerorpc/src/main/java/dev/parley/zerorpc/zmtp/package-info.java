/**
 * ZMTP 3.x, the protocol of ZeroMQ, on Netty: ROUTER and DEALER sockets with the NULL security mechanism.
 *
 * <p>A {@link dev.parley.zerorpc.zmtp.ZmtpSocket} binds and connects endpoints and reports to a
 * {@link dev.parley.zerorpc.zmtp.ZmtpHandler}. Each connection is a {@link dev.parley.zerorpc.zmtp.ZmtpPeer} to send
 * to. A {@link dev.parley.zerorpc.zmtp.ZmtpConnector} reconnects an endpoint when its connection is lost.
 */
@NullMarked
package dev.parley.zerorpc.zmtp;

import org.jspecify.annotations.NullMarked;
