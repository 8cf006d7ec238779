package dev.parley.interop.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A row of a table of address options, {@code | Option | Side | Default | Range | Meaning |}.
 *
 * <p>Side is {@code server}, {@code client} or {@code both}, followed by the transports in parentheses if not all of
 * them have the option. Range is a list of values in backticks, a range of numbers, or words; words that begin with
 * {@code text} allow any value, and an example in backticks follows {@code such as}.
 *
 * @param needs an option with its value that the row's option needs, as the meaning says; empty if there is none
 */
record OptionRow(String name, String side, String transports, String defaultValue, String range, String needs) {
    private static final Pattern CODE = Pattern.compile("`([^`]*)`");
    private static final Pattern SIDE = Pattern.compile("(server|client|both)(?: \\(([a-z, ]+)\\))?");
    private static final Pattern NEEDS = Pattern.compile("needs `([a-z_]+=[a-z._]+)`");
    private static final Pattern FROM_TO = Pattern.compile("([\\d,]+) to ([\\d,]+\\d)");
    private static final Pattern OR_MORE = Pattern.compile("(\\d+) or more");
    private static final Pattern MORE_THAN = Pattern.compile("more than (\\d+), at most ([\\d,]+)");

    /** The rows of all tables of options of a page. */
    static List<OptionRow> read(Path page) {
        List<OptionRow> rows = new ArrayList<>();
        boolean inTable = false;
        for (String line : lines(page)) {
            if (line.startsWith("| Option | Side | Default | Range | Meaning |")) {
                inTable = true;
            } else if (!line.startsWith("|")) {
                inTable = false;
            } else if (inTable && !line.startsWith("|---")) {
                rows.add(row(page, line));
            }
        }
        return rows;
    }

    private static OptionRow row(Path page, String line) {
        String[] cells = line.split("\\|", -1);
        Matcher side = SIDE.matcher(cells[2].strip());
        if (!side.matches()) {
            throw new IllegalArgumentException(page + ": the side of this row is malformed: " + line);
        }
        Matcher needs = NEEDS.matcher(cells[5]);
        return new OptionRow(
                code(cells[1]).getFirst(),
                side.group(1),
                side.group(2) == null ? "" : side.group(2),
                cells[3].strip(),
                cells[4].strip(),
                needs.find() ? needs.group(1) : "");
    }

    private static List<String> lines(Path page) {
        try {
            return Files.readAllLines(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> code(String cell) {
        return CODE.matcher(cell).results().map(found -> found.group(1)).toList();
    }

    /** Whether a transport has this option. */
    boolean applies(String transport) {
        return transports.isEmpty() || Arrays.asList(transports.split(", ")).contains(transport);
    }

    /** Values that must be accepted: the default, the values or the example of the range, and its ends. */
    List<String> values() {
        List<String> values = new ArrayList<>(code(defaultValue));
        values.addAll(code(range));
        Matcher fromTo = FROM_TO.matcher(range);
        Matcher orMore = OR_MORE.matcher(range);
        Matcher moreThan = MORE_THAN.matcher(range);
        if (moreThan.find()) {
            values.add(number(moreThan.group(2)));
        } else if (fromTo.find()) {
            values.add(number(fromTo.group(1)));
            values.add(number(fromTo.group(2)));
        } else if (orMore.find()) {
            values.add(orMore.group(1));
        }
        return values;
    }

    /** Values that must be refused; none if the range is any text. */
    List<String> refused() {
        if (range.startsWith("text")) {
            return List.of();
        }
        List<String> values = new ArrayList<>(List.of("nonsense"));
        Matcher fromTo = FROM_TO.matcher(range);
        Matcher orMore = OR_MORE.matcher(range);
        Matcher moreThan = MORE_THAN.matcher(range);
        if (moreThan.find()) {
            values.add(moreThan.group(1));
            values.add(beyond(moreThan.group(2), 1));
        } else if (fromTo.find()) {
            values.add(beyond(fromTo.group(1), -1));
            values.add(beyond(fromTo.group(2), 1));
        } else if (orMore.find()) {
            values.add(beyond(orMore.group(1), -1));
        }
        return values;
    }

    /** The part of an address after the question mark that gives this option a value, and the option that it needs. */
    String query(String value) {
        String option =
                name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
        return needs.isEmpty() ? option : option + "&" + needs;
    }

    private static String beyond(String number, int by) {
        return Long.toString(Long.parseLong(number(number)) + by);
    }

    private static String number(String withCommas) {
        return withCommas.replace(",", "");
    }

    @Override
    public String toString() {
        return name + " (" + side + (transports.isEmpty() ? "" : ", " + transports) + ")";
    }
}
