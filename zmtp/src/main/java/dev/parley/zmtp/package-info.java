/**
 * ZMTP 3.x, the protocol of ZeroMQ, on Netty: ROUTER, DEALER, PUSH, PULL, PUB and SUB sockets, with the security
 * mechanisms NULL, PLAIN and CURVE.
 *
 * <p>A {@link dev.parley.zmtp.ZmtpSocket} binds and connects endpoints, sends to its peers and reports to a
 * {@link dev.parley.zmtp.ZmtpHandler}. Each connection is a {@link dev.parley.zmtp.ZmtpPeer}, to send to that peer
 * alone and to stop reading from it. A {@link dev.parley.zmtp.ZmtpConnector} reconnects an endpoint when its connection
 * is lost. A {@link dev.parley.zmtp.ZmtpInbox} is a handler to take messages from.
 *
 * <p>No method waits, but for {@link dev.parley.zmtp.ZmtpSocket#send}, {@link dev.parley.zmtp.ZmtpInbox#poll},
 * {@link dev.parley.zmtp.ZmtpSocket#bind} and {@link dev.parley.zmtp.ZmtpSocket#close}. The high-water marks are part
 * of {@link dev.parley.zmtp.ZmtpLimits}: where they are reached, a PUSH or DEALER refuses to send, a PUB drops messages
 * for the slow subscriber alone, and a ROUTER stops reading from the peer that does not read.
 */
@NullMarked
package dev.parley.zmtp;

import org.jspecify.annotations.NullMarked;
