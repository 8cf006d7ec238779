package dev.parley.cli;

import dev.parley.Address;
import dev.parley.CallOptions;
import dev.parley.http.HttpCallOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import picocli.CommandLine.Option;

/** The header fields of HTTP requests. */
final class HeaderOptions {
    @Option(
            names = {"-H", "--header"},
            paramLabel = "FIELD",
            description =
                    "Over HTTP: a header field, 'Name: value'; may be repeated. @FILE reads fields from the lines of"
                            + " a file, which keeps secrets out of the process list.")
    private List<String> given = List.of();

    /**
     * Adds the fields to options.
     *
     * @throws CommandException if a field is malformed or given twice, or the wire has none
     */
    CallOptions apply(Address peer, CallOptions options) {
        if (given.isEmpty()) {
            return options;
        }
        if (!peer.scheme().matches(".*\\+(http|https|unix|ws|wss)")) {
            throw CommandException.usage("-H: " + peer.scheme() + " has no header fields; HTTP has");
        }
        Map<String, String> fields = new LinkedHashMap<>();
        TreeSet<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String field : given) {
            if (field.startsWith("@")) {
                lines(field.substring(1)).forEach(line -> add(line, fields, names));
            } else {
                add(field, fields, names);
            }
        }
        try {
            return options.with(HttpCallOptions.HEADERS, fields);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage("-H: " + e.getMessage(), e);
        }
    }

    private static void add(String field, Map<String, String> fields, TreeSet<String> names) {
        int colon = field.indexOf(':');
        if (colon <= 0) {
            // The text is not shown, since it may be a secret.
            throw CommandException.usage("-H: a field is written 'Name: value', in a file one per line");
        }
        String name = field.substring(0, colon).strip();
        if (!names.add(name)) {
            throw CommandException.usage("-H: the field " + name + " is given twice");
        }
        fields.put(name, field.substring(colon + 1).strip());
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw CommandException.usage("-H @" + file + ": the file cannot be read as UTF-8 text", e);
        }
    }
}
