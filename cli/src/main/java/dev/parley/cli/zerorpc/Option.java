package dev.parley.cli.zerorpc;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An option of a command line.
 *
 * @param names its names with their dashes
 * @param metavar what stands for its value in the usage; {@code null} if it takes none
 * @param whole whether the value is a whole number
 * @param excludes the first name of an option that must not stand beside it; {@code null} if there is none
 * @param help what it does
 */
record Option(
        List<String> names,
        @Nullable String metavar,
        boolean whole,
        @Nullable String excludes,
        String help) {
    /** One without a value. */
    static Option flag(String help, String... names) {
        return new Option(List.of(names), null, false, null, help);
    }

    /** One with a text as its value. */
    static Option text(String metavar, String help, String... names) {
        return new Option(List.of(names), metavar, false, null, help);
    }

    /** One with a whole number as its value. */
    static Option number(String metavar, String help, String... names) {
        return new Option(List.of(names), metavar, true, null, help);
    }

    /** The same, refused beside another one. */
    Option excluding(String other) {
        return new Option(names, metavar, whole, other, help);
    }

    boolean takesValue() {
        return metavar != null;
    }

    /** By which it is known. */
    String name() {
        return names.getFirst();
    }

    /** All its names, as an error message tells them. */
    String label() {
        return String.join("/", names);
    }

    /** Whether its first name is among these. */
    boolean isIn(Set<String> others) {
        return others.contains(name());
    }
}
