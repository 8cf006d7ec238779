package dev.parley.cli;

import dev.parley.Address;
import dev.parley.Target;
import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.NotificationListener;
import dev.parley.oslo.notify.Priority;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code parley listen}. */
@Command(
        name = "listen",
        description = {
            "Prints the notifications of oslo.messaging as they are published, until Ctrl-C (SIGINT) or SIGTERM:",
            "as a table on a terminal, elsewhere as JSON, one object per line.",
            "It reads a copy from a temporary queue of its own, so it takes no message away from other listeners."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  parley listen rabbit://guest:guest@127.0.0.1/ --priority error,critical",
            "  parley listen --config-file /etc/nova/nova.conf --event 'compute.instance.*' | jq .payload"
        })
final class ListenCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final StopSignal stop;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ADDRESS",
            converter = Converters.OfAddress.class,
            description = "The broker, such as rabbit://USER:PASSWORD@HOST/VIRTUAL_HOST. Not with --config-file.")
    private @Nullable Address given;

    @Mixin
    private ConfigFile config = new ConfigFile();

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            split = ",",
            description = "Topics to listen to. Default: notifications.")
    private List<String> topics = List.of("notifications");

    @Option(names = "--exchange", paramLabel = "NAME", description = "Exchange. Default: that of the address.")
    private @Nullable String exchange;

    @Option(
            names = "--priority",
            paramLabel = "NAME",
            split = ",",
            description = "Only these of audit, debug, info, warn, error, critical, sample. Default: all.")
    private List<String> priorities = List.of();

    @Option(
            names = "--event",
            paramLabel = "PATTERN",
            split = ",",
            description = "Only event types that match, such as 'compute.instance.*'; * and ? are wildcards.")
    private List<String> events = List.of();

    @Option(
            names = "--pool",
            paramLabel = "NAME",
            description =
                    "Read from the queue of this pool instead, which also keeps what is published while nobody listens.")
    private @Nullable String pool;

    @Option(names = "--count", paramLabel = "N", description = "End after this many notifications.")
    private long count = Long.MAX_VALUE;

    @Option(names = "--json", description = "Print JSON on a terminal too.")
    private boolean json;

    ListenCommand(Terminal terminal, StopSignal stop) {
        this.terminal = terminal;
        this.stop = stop;
    }

    @Override
    public Integer call() throws InterruptedException {
        Address address = address();
        Priority[] wanted = priorities.isEmpty()
                ? Priority.values()
                : priorities.stream().map(NotificationOptions::priority).toArray(Priority[]::new);
        List<Pattern> patterns =
                events.stream().map(NotificationOptions::wildcards).toList();
        NotificationTable table = terminal.interactive() && !json ? new NotificationTable(terminal) : null;
        AtomicLong left = new AtomicLong(count);
        NotificationListener.Builder builder = NotificationListener.builder(address.toUri())
                .on(
                        notification -> {
                            if (matches(patterns, notification.eventType()) && left.getAndDecrement() > 0) {
                                print(notification, table);
                                if (left.get() <= 0 || terminal.out().checkError()) {
                                    stop.stop();
                                }
                            }
                        },
                        wanted);
        for (String topic : topics) {
            builder.target(Target.topic(topic).withExchange(exchange));
        }
        if (pool == null) {
            builder.ownQueue();
        } else {
            builder.pool(pool);
        }
        try (NotificationListener listener = builder.build()) {
            stop.watch();
            listener.start();
            terminal.note("listening to " + String.join(", ", topics) + " of " + address
                    + (pool == null ? " in a temporary queue" : " in pool " + pool)
                    + "; other listeners get every notification too");
            if (table != null) {
                table.header();
            }
            stop.await();
        }
        return ExitCode.OK;
    }

    private Address address() {
        return config.isGiven()
                ? config.notifications(given == null ? null : given.toString())
                : ConfigFile.requireBroker(given);
    }

    private static boolean matches(List<Pattern> patterns, String event) {
        return patterns.isEmpty()
                || patterns.stream().anyMatch(pattern -> pattern.matcher(event).matches());
    }

    private void print(Notification<Object> notification, @Nullable NotificationTable table) {
        if (table != null) {
            table.print(notification);
            return;
        }
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("timestamp", notification.timestamp());
        members.put("priority", notification.priority().name());
        members.put("publisher_id", notification.publisherId());
        members.put("event_type", notification.eventType());
        members.put("message_id", notification.messageId());
        members.put("payload", notification.payload());
        members.put("context", notification.context());
        terminal.result(Json.mapper().writeValueAsString(members));
    }
}
