package dev.parley.cli;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.oslo.notify.Notifier;
import dev.parley.oslo.notify.Priority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;

/** {@code parley notify}. */
@Command(
        name = "notify",
        description = "Publishes a notification of oslo.messaging, and waits until the broker has confirmed it.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  parley notify rabbit://guest:guest@127.0.0.1/ backup.end '{\"volume\": \"v-1\"}'",
            "  parley notify --config-file /etc/nova/nova.conf maintenance.start 'host7 is going down' --priority warn"
        })
final class NotifyCommand implements Callable<Integer> {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    @Parameters(
            arity = "2..3",
            paramLabel = "ADDRESS EVENT PAYLOAD",
            description = {
                "The broker (not with --config-file), the event type, such as backup.end, and the payload:",
                "a JSON value, other text as it is, or - to read it from standard input."
            })
    private List<String> words = List.of();

    @Mixin
    private ConfigFile config = new ConfigFile();

    @Option(
            names = "--priority",
            paramLabel = "NAME",
            description = "audit, debug, info, warn, error, critical or sample. Default: info.")
    private String priority = "info";

    @Option(names = "--publisher-id", paramLabel = "ID", description = "Who publishes. Default: parley.")
    private String publisherId = "parley";

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            description = "A topic to publish to; may be repeated. Default: notifications.")
    private List<String> topics = List.of("notifications");

    @Option(names = "--exchange", paramLabel = "NAME", description = "Exchange. Default: that of the address.")
    private @Nullable String exchange;

    @Option(
            names = "--driver",
            paramLabel = "NAME",
            description = "messagingv2, with an envelope, or messaging, without. Default: messagingv2.")
    private String driver = "messagingv2";

    @Option(names = "--text", description = "Send the payload as text, even if it is JSON.")
    private boolean text;

    @Option(names = "--context", paramLabel = "JSON", description = "The context to send along, a JSON object.")
    private @Nullable String context;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Converters.OfDuration.class,
            description = "How long to wait for the broker: 5, 0.5, 500ms, 2m. Default: 10 s.")
    private Duration timeout = DEFAULT_TIMEOUT;

    @Override
    public Integer call() throws InterruptedException {
        boolean configured = config.isGiven();
        if (words.size() != (configured ? 2 : 3)) {
            throw CommandException.usage(
                    configured ? "give EVENT and PAYLOAD after --config-file" : "give ADDRESS, EVENT and PAYLOAD");
        }
        Address address = configured ? config.notifications(words.getFirst()) : address(words.getFirst());
        Priority level = NotificationOptions.priority(priority);
        if (!List.of("messaging", "messagingv2").contains(driver)) {
            throw CommandException.usage("--driver must be messagingv2 or messaging, not '" + driver + "'");
        }
        Object payload = payload(words.getLast());
        Map<String, @Nullable Object> sent = context == null ? Map.of() : Json.object("--context", context);
        AtomicReference<@Nullable RpcException> failure = new AtomicReference<>();
        Notifier.Builder builder = Notifier.builder(address.toUri())
                .publisherId(publisherId)
                .topics(topics.toArray(String[]::new))
                .drivers(driver)
                .deadline(timeout)
                .contextKeys(sent.keySet().toArray(String[]::new))
                .onFailure((notification, error) -> failure.compareAndSet(null, error));
        if (exchange != null) {
            builder.exchange(exchange);
        }
        try (Notifier notifier = builder.build()) {
            notifier.with(sent).send(level, words.get(words.size() - 2), payload);
            boolean done = notifier.flush(timeout);
            RpcException error = failure.get();
            if (error != null) {
                throw error;
            } else if (!done) {
                throw new RpcTimeoutException("the broker has not confirmed the notification in " + timeout);
            }
        }
        return ExitCode.OK;
    }

    private static Address address(String word) {
        try {
            return Address.parse(word);
        } catch (InvalidTargetException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
    }

    private @Nullable Object payload(String word) {
        String given = word.equals("-") ? standardInput() : word;
        if (text) {
            return given;
        }
        try {
            return Json.read(given);
        } catch (JacksonException e) {
            return given;
        }
    }

    private static String standardInput() {
        try {
            return new String(System.in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
