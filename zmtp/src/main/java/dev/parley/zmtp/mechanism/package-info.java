/**
 * The security mechanisms of ZMTP: NULL, PLAIN (RFC 24) and CURVE (RFC 25 and 26).
 *
 * <p>A {@link dev.parley.zmtp.mechanism.Mechanism} does the handshake of one connection, which is the
 * {@link dev.parley.zmtp.mechanism.Handshaking} that it reports to. After that of CURVE a
 * {@link dev.parley.zmtp.mechanism.FrameCipher} seals and opens the frames. X25519, Salsa20 and Poly1305 are Bouncy
 * Castle's; what NaCl makes of them is in {@link dev.parley.zmtp.mechanism.Box}.
 */
@NullMarked
package dev.parley.zmtp.mechanism;

import org.jspecify.annotations.NullMarked;
