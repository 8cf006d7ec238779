package dev.parley.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds passwords and tokens in addresses on the command line, where other users see them. Stateless. */
final class ExposedSecrets {
    /** An address of a wire: group 1 is the scheme, 2 the user, 3 the host after the password, 4 a token. */
    private static final Pattern ADDRESS = Pattern.compile("(?:^|=)((?:xmlrpc|jsonrpc)\\+[a-z]+|rabbit|kombu|kafka)://"
            + "(?:([^/?#:@]*):[^/?#@]+@(\\[[^]]*]|[^/?#:,]*)[^?#]*|[^?#]*\\?(?:[^#]*&)?(token)=).*");

    private static final Pattern LOOPBACK = Pattern.compile("localhost|127\\.[0-9.]+|\\[::1]");

    private ExposedSecrets() {}

    /** What to say of the first one; {@code null} if there is none. The user guest of this machine has no secret. */
    static @Nullable String note(String... args) {
        for (String arg : args) {
            Matcher address = ADDRESS.matcher(arg);
            if (address.find() && !isGuest(address)) {
                boolean http = address.group(1).contains("+");
                boolean token = address.group(4) != null;
                return "other users of this machine can see the " + (token ? "token" : "password")
                        + " in the address; safer: "
                        + (!http
                                ? "the transport_url of a file, by --config-file"
                                : token
                                        ? "--token-file, or the variable PARLEY_TOKEN"
                                        : "--user-file, or the variables PARLEY_USER and PARLEY_PASSWORD");
            }
        }
        return null;
    }

    private static boolean isGuest(Matcher address) {
        String host = address.group(3);
        return "guest".equals(address.group(2))
                && host != null
                && LOOPBACK.matcher(host).matches();
    }
}
