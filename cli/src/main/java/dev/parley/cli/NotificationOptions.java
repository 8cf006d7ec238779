package dev.parley.cli;

import dev.parley.oslo.notify.Priority;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the commands for notifications share. */
final class NotificationOptions {
    private NotificationOptions() {}

    /**
     * The priority of this name, in any case.
     *
     * @throws CommandException if there is none
     */
    static Priority priority(String name) {
        Priority priority = Priority.of(name.strip());
        if (priority == null) {
            throw CommandException.usage("--priority must be one of "
                    + Arrays.stream(Priority.values()).map(Priority::key).collect(Collectors.joining(", ")) + ", not '"
                    + name + "'");
        }
        return priority;
    }

    /** A pattern in which {@code *} stands for any text and {@code ?} for one character. */
    static Pattern wildcards(String text) {
        StringBuilder regex = new StringBuilder();
        text.strip()
                .chars()
                .forEach(c -> regex.append(
                        switch (c) {
                            case '*' -> ".*";
                            case '?' -> ".";
                            default -> Pattern.quote(Character.toString(c));
                        }));
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
