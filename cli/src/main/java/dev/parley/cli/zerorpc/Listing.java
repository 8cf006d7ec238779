package dev.parley.cli.zerorpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a peer offers, as its introspection tells it, or the built-in methods of older peers.
 *
 * @param service the service's name
 * @param methods in the peer's order
 */
record Listing(String service, List<Entry> methods) {
    private static final String UNDOCUMENTED = "<undocumented>";
    private static final String UNKNOWN = "N/A";

    /** The places of an older peer's description of parameters. */
    private static final int VARIABLE = 1;

    private static final int KEYWORDS = 2;
    private static final int DEFAULTS = 3;

    /**
     * A method.
     *
     * @param name the name, with the signature if that was asked for
     * @param doc its documentation
     */
    record Entry(String name, String doc) {}

    /**
     * Asks the peer.
     *
     * @param only the one method to ask for, with its whole documentation; {@code null} for all, with the first lines
     * @param signatures whether names have signatures
     * @throws PythonError if the peer cannot tell
     */
    static Listing of(Peer peer, @Nullable String only, boolean signatures) {
        Object told;
        try {
            told = peer.call("_zerorpc_inspect");
        } catch (PythonError e) {
            if (!e.isRemote()) {
                throw e;
            }
            return ofOlder(peer, only, signatures);
        }
        if (!(told instanceof Map<?, ?> service)) {
            throw new PythonError("TypeError", "_zerorpc_inspect did not return a map");
        }
        if (!(service.get("methods") instanceof Map<?, ?> methods)) {
            throw new PythonError("KeyError", "'methods'");
        }
        List<Entry> entries = new ArrayList<>();
        methods.forEach((name, described) -> {
            if (only == null || only.equals(name)) {
                Map<?, ?> details = described instanceof Map<?, ?> map ? map : Map.of();
                entries.add(new Entry(
                        name + (signatures ? signature(details.get("args")) : ""),
                        doc(details.get("doc"), only != null)));
            }
        });
        return new Listing(text(service.containsKey("name") ? service.get("name") : UNKNOWN), entries);
    }

    private static Listing ofOlder(Peer peer, @Nullable String only, boolean signatures) {
        String service;
        try {
            service = text(peer.call("_zerorpc_name"));
        } catch (PythonError e) {
            if (!e.isRemote()) {
                throw e;
            }
            service = UNKNOWN;
        }
        List<?> names = only != null ? List.of(only) : list(peer.call("_zerorpc_list"));
        List<Entry> entries = new ArrayList<>();
        for (Object name : names) {
            String signature = signatures ? olderSignature(peer.call("_zerorpc_args", name)) : "";
            entries.add(new Entry(name + signature, doc(peer.call("_zerorpc_help", name), only != null)));
        }
        return new Listing(service, entries);
    }

    private static String signature(@Nullable Object arguments) {
        if (list(arguments).isEmpty()) {
            return "(??)";
        }
        return list(arguments).stream()
                .map(argument -> argument instanceof Map<?, ?> map ? parameter(map) : text(argument))
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private static String parameter(Map<?, ?> described) {
        Object value = described.get("default");
        return text(described.get("name")) + (value == null ? "" : "=" + text(value));
    }

    /** Of names, the name of variable ones, that of keywords, and the defaults of the last names. */
    private static String olderSignature(@Nullable Object described) {
        List<?> parts = list(described);
        if (parts.isEmpty()) {
            return "(...)";
        }
        List<?> names = list(parts.getFirst());
        List<?> defaults = parts.size() > DEFAULTS ? list(parts.get(DEFAULTS)) : List.of();
        List<String> parameters = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            int known = i - names.size() + defaults.size();
            parameters.add(text(names.get(i)) + (known < 0 ? "" : "=" + PythonText.repr(defaults.get(known))));
        }
        if (parts.size() > VARIABLE && parts.get(VARIABLE) != null) {
            parameters.add("*" + text(parts.get(VARIABLE)));
        }
        if (parts.size() > KEYWORDS && parts.get(KEYWORDS) != null) {
            parameters.add("**" + text(parts.get(KEYWORDS)));
        }
        return "(" + String.join(", ", parameters) + ")";
    }

    private static String doc(@Nullable Object doc, boolean whole) {
        String text = doc == null ? "" : text(doc);
        if (text.isEmpty()) {
            return UNDOCUMENTED;
        }
        return whole ? text : PythonText.lines(text).getFirst().replaceFirst("\\v+$", "");
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    private static String text(@Nullable Object value) {
        return value instanceof String text ? text : PythonText.repr(value);
    }

    /** How many characters the longest name has. */
    int width() {
        return methods.stream()
                .mapToInt(entry -> PythonText.length(entry.name()))
                .max()
                .orElse(0);
    }
}
