package dev.parley.net.http;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The user and password of HTTP's Basic authentication (RFC 7617), in UTF-8. Immutable and thread-safe.
 *
 * <p>{@link #toString()} does not show the password.
 *
 * @param user the user name, without a colon
 * @param password the password, possibly empty
 */
public record BasicCredentials(String user, String password) {
    /**
     * Checks the user name.
     *
     * @throws IllegalArgumentException if the user name has a colon, which the scheme cannot express
     */
    public BasicCredentials {
        Objects.requireNonNull(password, "password");
        if (user.indexOf(':') >= 0) {
            throw new IllegalArgumentException("a user name for Basic authentication must not have a colon");
        }
    }

    /** The credentials in an address's user info, percent-decoded; null if the address has none. */
    public static @Nullable BasicCredentials of(URI address) {
        String info = address.getRawUserInfo();
        if (info == null || info.isEmpty()) {
            return null;
        }
        int colon = info.indexOf(':');
        return colon < 0
                ? new BasicCredentials(decode(info), "")
                : new BasicCredentials(decode(info.substring(0, colon)), decode(info.substring(colon + 1)));
    }

    /** The credentials in the value of an {@code Authorization} field; null if it is another scheme or malformed. */
    public static @Nullable BasicCredentials ofHeader(String value) {
        if (!value.regionMatches(true, 0, "Basic ", 0, 6)) {
            return null;
        }
        try {
            String text =
                    new String(Base64.getDecoder().decode(value.substring(6).strip()), StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            return colon < 0 ? null : new BasicCredentials(text.substring(0, colon), text.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The value of an {@code Authorization} field. */
    public String toHeader() {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "BasicCredentials[user=" + user + ", password=***]";
    }

    private static String decode(String text) {
        // URLDecoder is for forms, where a plus stands for a space; in user info it stands for itself.
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
