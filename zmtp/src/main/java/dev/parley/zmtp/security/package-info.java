/**
 * The security of ZMTP sockets: {@link dev.parley.zmtp.security.ZmtpSecurity} says which mechanism a socket uses, as
 * client or as server, and {@link dev.parley.zmtp.security.CurveKeyPair} are the keys of CURVE.
 */
@NullMarked
package dev.parley.zmtp.security;

import org.jspecify.annotations.NullMarked;
