package dev.parley.net.http;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * A user and password as HTTP's Basic scheme carries them (RFC 7617, UTF-8).
 *
 * <p>{@link #toString()} never shows the password.
 *
 * @param user the user name; holds no colon when it came over the wire
 * @param password the password, possibly empty
 */
public record BasicCredentials(String user, String password) {
    /** The credentials in an address's user info, percent-decoded; empty if the address has none. */
    public static Optional<BasicCredentials> of(URI address) {
        String info = address.getRawUserInfo();
        if (info == null || info.isEmpty()) {
            return Optional.empty();
        }
        int colon = info.indexOf(':');
        return Optional.of(
                colon < 0
                        ? new BasicCredentials(decode(info), "")
                        : new BasicCredentials(decode(info.substring(0, colon)), decode(info.substring(colon + 1))));
    }

    /** The credentials in the value of an {@code Authorization} field; empty if it is of another scheme or malformed. */
    public static Optional<BasicCredentials> ofHeader(String value) {
        if (!value.regionMatches(true, 0, "Basic ", 0, 6)) {
            return Optional.empty();
        }
        try {
            String text =
                    new String(Base64.getDecoder().decode(value.substring(6).strip()), StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(new BasicCredentials(text.substring(0, colon), text.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
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
        // URLDecoder reads forms, where a plus is a blank; in user info it is a plus.
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
