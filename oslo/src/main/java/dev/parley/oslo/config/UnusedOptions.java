package dev.parley.oslo.config;

import static dev.parley.oslo.config.ConfigOption.DEFAULT;

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
 * surely was meant for messaging is a warning; the rest is named at level info or debug. Stateless, and safe for use
 * by any thread.
 */
final class UnusedOptions {
    private static final Logger log = LoggerFactory.getLogger(UnusedOptions.class);
    private static final Pattern OF_MESSAGING = Pattern.compile(
            "(rpc|rabbit|kombu|amqp|qpid|zmq|matchmaker|notification|transport|messaging)_.*|fake_rabbit|.*_exchange");
    private static final int MAX_TYPOS = 2;

    /** Options of before 2014, which told where the broker is. */
    private static final Set<String> REPLACED = Set.of(
            "fake_rabbit",
            "rabbit_host",
            "rabbit_hosts",
            "rabbit_password",
            "rabbit_port",
            "rabbit_userid",
            "rabbit_virtual_host",
            "rpc_backend");

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
                if (isOneOf(MessagingOptions.WITHOUT_EFFECT, group, name)) {
                    log.info("option [{}] {} has no effect here", group, name);
                } else if (!isOneOf(known, group, name) && !report(group, name, known)) {
                    others.computeIfAbsent(group, any -> new TreeSet<>()).add(name);
                }
            }
        });
        if (!others.isEmpty()) {
            log.debug("options of {} that do not concern messaging: {}", config.paths(), others);
        }
    }

    private static boolean isOneOf(List<ConfigOption> options, String group, String name) {
        return options.stream().anyMatch(option -> option.isNamed(group, name));
    }

    /** Reports an option that looks like one of messaging. Returns whether it does. */
    private static boolean report(String group, String name, List<ConfigOption> known) {
        boolean inDefault = group.equalsIgnoreCase(DEFAULT);
        boolean ownGroup = group.startsWith("oslo_messaging");
        boolean ownName = OF_MESSAGING.matcher(name).matches();
        List<ConfigOption> similar = known.stream()
                .filter(option -> distance(name, option.name()) <= MAX_TYPOS)
                .toList();
        String meant = joined(similar.stream().filter(option -> distance(group, option.group()) <= MAX_TYPOS));
        if (meant.isEmpty() && (inDefault || ownGroup) && ownName) {
            meant = joined(similar.stream());
        }
        if (!meant.isEmpty()) {
            log.warn("ignored option [{}] {} of the configuration; is {} meant?", group, name, meant);
        } else if ((inDefault || ownGroup) && REPLACED.contains(name)) {
            log.warn("ignored option [{}] {} of the configuration: transport_url replaces it", group, name);
        } else if (ownGroup) {
            log.warn("ignored option [{}] {} of the configuration: it is unknown or has no effect", group, name);
        } else if (inDefault && ownName) {
            // The services have such options of their own, such as rpc_workers.
            log.info("ignored option [{}] {} of the configuration: it is unknown or has no effect", group, name);
        }
        return ownGroup || inDefault && ownName || !meant.isEmpty();
    }

    private static String joined(Stream<ConfigOption> options) {
        return options.map(ConfigOption::toString).collect(Collectors.joining(" or "));
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
