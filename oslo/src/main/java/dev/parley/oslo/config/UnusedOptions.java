package dev.parley.oslo.config;

import static dev.parley.oslo.config.ConfigOption.DEFAULT;

import dev.parley.oslo.options.OsloOptions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names in the log the options of a configuration that have no effect. Other programs read the same files, so only what
 * looks like messaging is a warning; the rest is named at level debug. Stateless, and safe for use by any thread.
 */
final class UnusedOptions {
    private static final Logger log = LoggerFactory.getLogger(UnusedOptions.class);
    private static final Pattern OF_MESSAGING = Pattern.compile(
            "(rpc|rabbit|kombu|amqp|qpid|zmq|matchmaker|notification|transport|messaging)_.*|fake_rabbit|.*_exchange");
    private static final int MAX_TYPOS = 2;

    private UnusedOptions() {}

    /** Logs the options that a configuration sets in vain. */
    static void log(ServiceConfig config) {
        List<ConfigOption> known = Stream.concat(
                        MessagingOptions.ofRabbit().stream(),
                        Stream.concat(MessagingOptions.OF_KAFKA.stream(), MessagingOptions.OF_SERVICE.stream()))
                .toList();
        Map<String, Set<String>> others = new TreeMap<>();
        config.names().forEach((group, names) -> {
            for (String name : names) {
                if (known.stream().noneMatch(option -> option.isNamed(group, name))) {
                    if (!warn(group, name, known)) {
                        others.computeIfAbsent(group, any -> new TreeSet<>()).add(name);
                    }
                } else if (OsloOptions.WITHOUT_EFFECT.contains(name)) {
                    log.info("option [{}] {} has no effect here", group, name);
                }
            }
        });
        if (!others.isEmpty()) {
            log.debug("options of {} that do not concern messaging: {}", config.paths(), others);
        }
    }

    /** Warns of an option that looks like one of messaging. Returns whether it does. */
    private static boolean warn(String group, String name, List<ConfigOption> known) {
        boolean ofMessaging = group.startsWith("oslo_messaging")
                || group.equals(DEFAULT) && OF_MESSAGING.matcher(name).matches();
        boolean anyGroup = ofMessaging || group.equalsIgnoreCase(DEFAULT);
        String meant = known.stream()
                .filter(option ->
                        distance(name, option.name()) <= MAX_TYPOS && distance(group, option.group()) <= MAX_TYPOS
                                || anyGroup
                                        && name.equals(option.name())
                                        && OF_MESSAGING.matcher(name).matches())
                .map(ConfigOption::toString)
                .collect(Collectors.joining(" or "));
        if (!meant.isEmpty()) {
            log.warn("ignored option [{}] {} of the configuration; is {} meant?", group, name, meant);
        } else if (ofMessaging) {
            log.warn("ignored option [{}] {} of the configuration: it is unknown or has no effect", group, name);
        }
        return ofMessaging || !meant.isEmpty();
    }

    /** How many characters must be inserted, deleted or replaced to make one text the other. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
