package dev.parley.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How often notifications were redelivered, as text beside a committed offset, so that the count survives the listener:
 * {@code parley-redeliveries 17=2 19=1}. Thread-safe.
 */
final class RedeliveryCounts {
    private static final String NAME = "parley-redeliveries";
    private static final Pattern COUNT = Pattern.compile(" (\\d{1,18})=(\\d{1,9})");

    /** Brokers accept 4096 bytes by default. */
    private static final int MAX_LENGTH = 2000;

    private RedeliveryCounts() {}

    /** The text for pairs of offset and count; those that do not fit are left out. */
    static String encode(List<long[]> counts) {
        StringBuilder text = new StringBuilder();
        for (long[] count : counts) {
            text.append(text.isEmpty() ? NAME : "")
                    .append(' ')
                    .append(count[0])
                    .append('=')
                    .append(count[1]);
            if (text.length() > MAX_LENGTH) {
                break;
            }
        }
        return text.toString();
    }

    /** The counts by offset; none if the text is another program's. */
    static Map<Long, Integer> decode(@Nullable String text) {
        Map<Long, Integer> counts = new HashMap<>();
        if (text != null && text.startsWith(NAME)) {
            Matcher count = COUNT.matcher(text);
            while (count.find()) {
                counts.put(Long.valueOf(count.group(1)), Integer.valueOf(count.group(2)));
            }
        }
        return counts;
    }
}
