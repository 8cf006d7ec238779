package dev.parley.cli;

import dev.parley.Address;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The proxy that {@code http_proxy}, {@code https_proxy} and {@code no_proxy} name, as curl and Python read them. */
final class EnvironmentProxy {
    private EnvironmentProxy() {}

    /**
     * The address, with the option {@code proxy} if the environment names one for it. It stays as it is if it has that
     * option, the JVM's properties name a proxy, or the host is this machine.
     *
     * @throws CommandException if the variable names a proxy of another kind than HTTP
     */
    static Address of(Address peer, Map<String, String> environment) {
        String scheme = peer.scheme().substring(peer.scheme().indexOf('+') + 1);
        if (!scheme.equals("http") && !scheme.equals("https")
                || peer.options().containsKey("proxy")
                || System.getProperty(scheme + ".proxyHost") != null) {
            return peer;
        }
        String proxy = variable(scheme + "_proxy", environment);
        if (proxy == null || isDirect(peer, scheme, environment)) {
            return peer;
        }
        String url = proxy.contains("://") ? proxy : "http://" + proxy;
        if (!url.startsWith("http://")) {
            throw CommandException.usage("the variable " + scheme + "_proxy names no HTTP proxy of the form"
                    + " http://[user:password@]host:port; the option proxy=none of the address ignores it");
        }
        String text = peer.toUri();
        return Address.parse(text + (text.contains("?") ? "&" : "?") + "proxy="
                + URLEncoder.encode(url.replaceFirst("/+$", ""), StandardCharsets.UTF_8));
    }

    private static boolean isDirect(Address peer, String scheme, Map<String, String> environment) {
        String host = peer.host().toLowerCase(Locale.ROOT);
        if (host.equals("localhost") || host.startsWith("127.") || host.equals("::1")) {
            return true;
        }
        String except = variable("no_proxy", environment);
        if (except == null) {
            return false;
        }
        String hostPort = host + ":" + peer.port(scheme.equals("https") ? 443 : 80);
        for (String each : except.toLowerCase(Locale.ROOT).split("[,\\s]+")) {
            String name = each.startsWith("*.") ? each.substring(2) : each.startsWith(".") ? each.substring(1) : each;
            if (each.equals("*")
                    || !name.isEmpty()
                            && (host.equals(name)
                                    || hostPort.equals(name)
                                    || host.endsWith("." + name)
                                    || hostPort.endsWith("." + name))) {
                return true;
            }
        }
        return false;
    }

    /** A variable, in lower case or else in upper case; {@code null} if it is unset or empty. */
    private static @Nullable String variable(String name, Map<String, String> environment) {
        String value = environment.getOrDefault(name, environment.get(name.toUpperCase(Locale.ROOT)));
        return value == null || value.isBlank() ? null : value.strip();
    }
}
