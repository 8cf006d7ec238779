package dev.parley.oslo.notify.send;

import dev.parley.oslo.notify.Priority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The rules of a routing file: which drivers get which notifications. Immutable. */
final class RoutingRules {
    private static final Logger log = LoggerFactory.getLogger(RoutingRules.class);
    private static final String EVENTS = "accepted_events";
    private static final String PRIORITIES = "accepted_priorities";

    /**
     * A rule.
     *
     * @param driver who gets what matches
     * @param events patterns of which the event type must match one, {@code null} for any
     * @param priorities the same for the priority in lower case
     */
    private record Rule(
            String driver,
            @Nullable List<Pattern> events,
            @Nullable List<Pattern> priorities) {
        boolean matches(String eventType, Priority priority) {
            return matches(events, eventType) && matches(priorities, priority.key());
        }

        private static boolean matches(@Nullable List<Pattern> patterns, String text) {
            return patterns == null
                    || patterns.stream()
                            .anyMatch(pattern -> pattern.matcher(text).matches());
        }
    }

    private final List<Rule> rules;

    private RoutingRules(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /**
     * Reads a file: groups of drivers, each with two lists of shell patterns that may be absent.
     *
     * @param maxCharacters the maximum size of the file
     * @throws IllegalArgumentException if it cannot be read
     */
    static RoutingRules read(Path file, int maxCharacters) {
        try {
            Object root = new Load(LoadSettings.builder()
                            .setLabel(file.toString())
                            .setCodePointLimit(maxCharacters)
                            .build())
                    .loadFromString(Files.readString(file));
            List<Rule> rules = new ArrayList<>();
            map(root, "the file")
                    .forEach((group, drivers) -> map(drivers, "group " + group)
                            .forEach((driver, conditions) ->
                                    rules.add(rule(driver, map(conditions, group + "/" + driver)))));
            return new RoutingRules(rules);
        } catch (IOException | YamlEngineException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cannot read routing file " + file + ": "
                            + (e instanceof IOException ? e.toString() : e.getMessage()),
                    e);
        }
    }

    private static Rule rule(String driver, Map<String, @Nullable Object> conditions) {
        if (driver.equals(DriverTable.ROUTING)) {
            throw new IllegalArgumentException("the rules cannot use driver 'routing' itself");
        }
        for (String name : conditions.keySet()) {
            if (!name.equals(EVENTS) && !name.equals(PRIORITIES)) {
                log.warn("ignored '{}' of driver {}; known are {} and {}", name, driver, EVENTS, PRIORITIES);
            }
        }
        return new Rule(driver, patterns(conditions, EVENTS, false), patterns(conditions, PRIORITIES, true));
    }

    private static Map<String, @Nullable Object> map(@Nullable Object value, String where) {
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(where + " must be a mapping, not: " + value);
        }
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        map.forEach((name, each) -> named.put(String.valueOf(name), each));
        return named;
    }

    private static @Nullable List<Pattern> patterns(
            Map<String, @Nullable Object> conditions, String name, boolean lowerCase) {
        if (!conditions.containsKey(name)) {
            return null;
        }
        if (!(conditions.get(name) instanceof List<?> list)) {
            throw new IllegalArgumentException(name + " must be a list of patterns, not: " + conditions.get(name));
        }
        List<Pattern> patterns = new ArrayList<>();
        for (Object each : list) {
            String text = String.valueOf(each);
            patterns.add(shellPattern(lowerCase ? text.toLowerCase(Locale.ROOT) : text));
        }
        return patterns;
    }

    /** As Python's fnmatch: {@code *}, {@code ?}, {@code [seq]} and {@code [!seq]}; everything else is itself. */
    static Pattern shellPattern(String shell) {
        StringBuilder regex = new StringBuilder();
        int at = 0;
        while (at < shell.length()) {
            char c = shell.charAt(at++);
            if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else {
                int end = c == '[' ? endOfSet(shell, at) : -1;
                if (end < 0) {
                    regex.append(Pattern.quote(String.valueOf(c)));
                } else {
                    regex.append(set(shell.substring(at, end)));
                    at = end + 1;
                }
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    /** The index of the bracket that closes a set; -1 if there is none, and the opening one is itself. */
    private static int endOfSet(String shell, int start) {
        int first = start < shell.length() && shell.charAt(start) == '!' ? start + 1 : start;
        // A bracket in the first place belongs to the set.
        return shell.indexOf(']', first + 1);
    }

    private static String set(String content) {
        boolean negated = content.startsWith("!");
        StringBuilder set = new StringBuilder(negated ? "[^" : "[");
        for (char c : content.substring(negated ? 1 : 0).toCharArray()) {
            // Only the hyphen keeps its meaning.
            set.append(c == '-' || Character.isLetterOrDigit(c) ? "" : "\\").append(c);
        }
        return set.append(']').toString();
    }

    /** The names of all drivers in the rules. */
    Set<String> drivers() {
        Set<String> names = new TreeSet<>();
        rules.forEach(rule -> names.add(rule.driver()));
        return names;
    }

    /** The names of the drivers that get a notification, each once. */
    Set<String> drivers(String eventType, Priority priority) {
        Set<String> names = new LinkedHashSet<>();
        for (Rule rule : rules) {
            if (rule.matches(eventType, priority)) {
                names.add(rule.driver());
            }
        }
        return names;
    }
}
