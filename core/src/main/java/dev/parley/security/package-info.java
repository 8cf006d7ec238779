/**
 * Who may call a server, and what.
 *
 * <p>An {@link dev.parley.security.Authenticator} turns the {@linkplain dev.parley.security.Credentials credentials} of
 * a caller into a principal, or refuses them; it is the same for all wires. An {@link dev.parley.security.Authorizer}
 * says which methods a principal may call. {@link dev.parley.security.UserFile}, {@link dev.parley.security.TokenFile}
 * and {@link dev.parley.security.AllowFile} read both from files; {@link dev.parley.security.LoginLimits} bounds what
 * failing logins cost.
 */
@NullMarked
package dev.parley.security;

import org.jspecify.annotations.NullMarked;
