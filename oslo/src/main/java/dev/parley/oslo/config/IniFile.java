package dev.parley.oslo.config;

import dev.parley.InvalidTargetException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One configuration file, line by line as oslo.config reads it ({@code iniparser.py}): a line that starts with
 * whitespace continues the value before it, an empty line ends the value, quotes around a value are left out, and an
 * option may have several values. Immutable.
 *
 * @param groups the values by group and option, in the order of the file; names of groups other than {@code DEFAULT}
 *     in lower case
 */
record IniFile(Map<String, Map<String, List<String>>> groups) {
    /**
     * Reads a file.
     *
     * @throws InvalidTargetException if it cannot be read, or a line is malformed
     */
    static IniFile read(Path file) {
        try {
            return new Parser(file.toString()).parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new InvalidTargetException("no such file: " + file, e);
        } catch (MalformedInputException e) {
            throw new InvalidTargetException("configuration " + file + " is not UTF-8 text", e);
        } catch (IOException e) {
            throw new InvalidTargetException("failed to read configuration " + file + ": " + e, e);
        }
    }

    /** The values of an option, none if it is absent. */
    List<String> values(String group, String name) {
        return groups.getOrDefault(group, Map.of()).getOrDefault(name, List.of());
    }

    /** The state while the lines are read. Not thread-safe. */
    private static final class Parser {
        private final String file;
        private final Map<String, Map<String, List<String>>> groups = new LinkedHashMap<>();
        private int line;
        private @Nullable Map<String, List<String>> group;
        private @Nullable List<String> values;

        Parser(String file) {
            this.file = file;
        }

        IniFile parse(String text) {
            for (String each : text.lines().toList()) {
                line++;
                read(each.stripTrailing());
            }
            return new IniFile(groups);
        }

        private void read(String text) {
            if (text.isEmpty()) {
                values = null;
            } else if (text.startsWith(" ") || text.startsWith("\t")) {
                if (values == null) {
                    throw malformed("starts with whitespace, but there is no value before it to continue");
                }
                values.addLast(values.removeLast() + "\n" + text.stripLeading());
            } else if (text.startsWith("[")) {
                values = null;
                group = groups.computeIfAbsent(groupName(text), name -> new LinkedHashMap<>());
            } else if (text.startsWith("#") || text.startsWith(";")) {
                values = null;
            } else {
                values = assign(text);
            }
        }

        private String groupName(String text) {
            if (!text.endsWith("]") || text.length() <= 2) {
                throw malformed("is not a group, which looks like [DEFAULT]");
            }
            String name = text.substring(1, text.length() - 1);
            return name.equals(ConfigOption.DEFAULT) ? name : name.toLowerCase(Locale.ROOT);
        }

        private List<String> assign(String text) {
            int end = separator(text);
            if (end < 0) {
                throw malformed("is not an option, which looks like name = value");
            } else if (end == 0) {
                throw malformed("has no name before the '" + text.charAt(0) + "'");
            } else if (group == null) {
                throw malformed("is before the first group, such as [DEFAULT]");
            }
            List<String> all = group.computeIfAbsent(text.substring(0, end).strip(), name -> new ArrayList<>());
            all.add(unquoted(text.substring(end + 1).strip()));
            return all;
        }

        /** The index of the first equals sign or colon, which ends the name; -1 if there is none. */
        private static int separator(String text) {
            int equals = text.indexOf('=');
            int colon = text.indexOf(':');
            return colon < 0 || equals >= 0 && equals < colon ? equals : colon;
        }

        private static String unquoted(String value) {
            boolean quoted = value.length() > 1
                    && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                    && value.charAt(0) == value.charAt(value.length() - 1);
            return quoted ? value.substring(1, value.length() - 1) : value;
        }

        /** Tells the line's number, not its text, which may be a password. */
        private InvalidTargetException malformed(String what) {
            return new InvalidTargetException("line " + line + " of " + file + " " + what);
        }
    }
}
