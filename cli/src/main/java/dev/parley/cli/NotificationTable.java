package dev.parley.cli;

import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.Priority;
import dev.parley.spi.PrintableText;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Prints notifications as the rows of a table as wide as the terminal. Project and resource are where OpenStack's
 * services put them. Confined to one thread at a time.
 */
final class NotificationTable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final int TIME_WIDTH = 8;
    private static final int PRIORITY_WIDTH = 8;
    private static final int MIN_WIDTH = 60;
    private static final int GAPS = 5;

    private static final List<String> PROJECT = List.of("project_id", "tenant_id", "project", "tenant");
    private static final List<String> RESOURCE = List.of(
            "resource_id",
            "instance_id",
            "volume_id",
            "snapshot_id",
            "node_uuid",
            "resource_info",
            "uuid",
            "id",
            "host",
            "name");

    private final Terminal terminal;
    private final int service;
    private final int event;
    private final int project;
    private final int resource;

    NotificationTable(Terminal terminal) {
        this.terminal = terminal;
        int rest = Math.max(MIN_WIDTH, terminal.width()) - TIME_WIDTH - PRIORITY_WIDTH - GAPS;
        service = rest * 22 / 100;
        event = rest * 34 / 100;
        project = rest * 18 / 100;
        resource = rest - service - event - project;
    }

    void header() {
        terminal.result(
                terminal.styled(Style.BOLD, row("TIME", "PRIORITY", "SERVICE", "EVENT", "PROJECT", "RESOURCE", null)));
    }

    void print(Notification<Object> notification) {
        Instant time = notification.timestamp();
        Map<?, ?> payload = members(notification.payload());
        terminal.result(row(
                time == null ? "" : TIME.format(time),
                notification.priority().name(),
                notification.publisherId(),
                notification.eventType(),
                first(PROJECT, notification.context(), payload),
                resource(payload),
                notification.priority()));
    }

    private String row(
            String when,
            String level,
            String publisher,
            String what,
            String owner,
            String which,
            @Nullable Priority priority) {
        return cell(when, TIME_WIDTH)
                + ' '
                + styled(priority, cell(level, PRIORITY_WIDTH))
                + ' '
                + cell(publisher, service)
                + ' '
                + cell(what, event)
                + ' '
                + cell(owner, project)
                + ' '
                + cell(which, resource).stripTrailing();
    }

    private String styled(@Nullable Priority priority, String text) {
        return switch (priority) {
            case ERROR, CRITICAL -> terminal.styled(Style.RED, text);
            case WARN -> terminal.styled(Style.YELLOW, text);
            case DEBUG, SAMPLE -> terminal.styled(Style.DIM, text);
            case INFO, AUDIT -> terminal.styled(Style.GREEN, text);
            case null -> text;
        };
    }

    /** The text in a column: shortened where it is too long, and without what a terminal would obey. */
    private static String cell(String text, int width) {
        StringBuilder cell = new StringBuilder(width);
        PrintableText.line(text, 2 * width + 2).codePoints().limit(width + 1L).forEach(cell::appendCodePoint);
        int length = cell.codePointCount(0, cell.length());
        if (length > width) {
            cell.setLength(cell.offsetByCodePoints(0, width - 1));
            return cell.append('…').toString();
        }
        return cell.append(" ".repeat(width - length)).toString();
    }

    /** The members of a payload; of a versioned one of Nova, those of the object in it. */
    private static Map<?, ?> members(@Nullable Object payload) {
        Map<?, ?> members = payload instanceof Map<?, ?> map ? map : Map.of();
        return members.get("nova_object.data") instanceof Map<?, ?> data ? data : members;
    }

    private static String first(List<String> names, Map<?, ?>... places) {
        return Stream.of(places)
                .flatMap(place -> names.stream().map(place::get))
                .filter(Objects::nonNull)
                .filter(value -> value instanceof String || value instanceof Number)
                .map(String::valueOf)
                .findFirst()
                .orElse("");
    }

    /** Neutron has the resource in a member of its own, such as {@code port}, and Keystone in {@code target}. */
    private static String resource(Map<?, ?> payload) {
        String own = first(RESOURCE, payload);
        return own.isEmpty()
                ? payload.values().stream()
                        .filter(Map.class::isInstance)
                        .map(inner -> first(List.of("id", "uuid"), (Map<?, ?>) inner))
                        .filter(id -> !id.isEmpty())
                        .findFirst()
                        .orElse("")
                : own;
    }
}
