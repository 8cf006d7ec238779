package dev.parley.spi;

import java.security.Principal;

/** How a login ended; see {@link Authentication}. Immutable. */
public sealed interface Login {
    /** The credentials are right. */
    record Accepted(Principal caller) implements Login {}

    /** The credentials are wrong, or of a kind that is not accepted, or missing. */
    record Refused() implements Login {}

    /** They have not been checked: too many logins wait, or the authenticator failed. The caller may try again. */
    record Unavailable() implements Login {}
}
