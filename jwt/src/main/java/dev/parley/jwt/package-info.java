/**
 * Authentication of callers by JSON Web Tokens (RFC 7519), on the wires that carry bearer tokens.
 *
 * <p>A {@link dev.parley.jwt.JwtAuthenticator} verifies a token's signature with the keys of its {@code KeySource}, a
 * file or an https URL, then its claims, and makes a {@link dev.parley.jwt.JwtUser} of them. A {@code VerificationKey}
 * knows the algorithms that its type allows; the token only chooses among these.
 */
@NullMarked
package dev.parley.jwt;

import org.jspecify.annotations.NullMarked;
