package dev.parley.broker.conformance;

import java.util.ArrayList;
import java.util.List;

/** What a row expects, where that depends on the version of RabbitMQ. Immutable. */
record ByVersion<T>(List<Since<T>> all) {
    /** What is expected from a version on. */
    record Since<T>(String version, T expected) {}

    /** What 3.10 does, and later versions up to the one of the first {@link #from}. */
    static <T> ByVersion<T> of(T expected) {
        return new ByVersion<>(List.of(new Since<>("3.10", expected)));
    }

    /** What a version does, such as 4.0, and later ones. Versions must be added in their order. */
    ByVersion<T> from(String version, T expected) {
        List<Since<T>> more = new ArrayList<>(all);
        more.add(new Since<>(version, expected));
        return new ByVersion<>(List.copyOf(more));
    }

    /** What this broker is expected to do. */
    T on(BrokerUnderTest broker) {
        T expected = all.get(0).expected();
        for (Since<T> since : all) {
            if (number(since.version()) <= number(broker.version())) {
                expected = since.expected();
            }
        }
        return expected;
    }

    private static int number(String version) {
        String[] parts = version.split("\\.");
        return Integer.parseInt(parts[0]) * 1_000 + Integer.parseInt(parts[1]);
    }
}
