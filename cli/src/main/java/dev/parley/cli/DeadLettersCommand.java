package dev.parley.cli;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.oslo.admin.DeadLetterQueue;
import dev.parley.oslo.admin.DeadLetterQueue.DeadLetter;
import dev.parley.oslo.admin.DeadLetterQueue.Outcome;
import dev.parley.spi.PrintableText;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code parley dead-letters}. */
@Command(
        name = "dead-letters",
        description = {
            "Lists the messages of a dead letter queue, returns them to the queues that they came from, or drops them.",
            "While it looks, other readers of the queue do not see them; a quorum queue counts that as a delivery."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  parley dead-letters rabbit://guest:guest@127.0.0.1/ list --queue dead",
            "  parley dead-letters rabbit://guest:guest@127.0.0.1/ return --queue dead --method resize --limit 1",
            "  parley dead-letters --config-file /etc/nova/nova.conf drop --queue dead --older-than 24h"
        })
final class DeadLettersCommand implements Callable<Integer> {
    private static final int LISTED = 100;

    private final Terminal terminal;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ADDRESS",
            description = "The broker. Not with --config-file.")
    private @Nullable String first;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "list|return|drop",
            hideParamSyntax = true,
            description = "What to do with the messages.")
    private @Nullable String second;

    @Mixin
    private ConfigFile config = new ConfigFile();

    @Option(
            names = "--queue",
            paramLabel = "NAME",
            description = "The dead letter queue. Default: the option dead_letter_queue of the address.")
    private @Nullable String queue;

    @Option(names = "--limit", paramLabel = "N", description = "At most N messages. Default: 100 to list, else all.")
    private @Nullable Integer limit;

    @Option(names = "--origin", paramLabel = "QUEUE", description = "Only messages that came from this queue.")
    private @Nullable String origin;

    @Option(names = "--reason", paramLabel = "WORD", description = "Only these, such as rejected or delivery_limit.")
    private @Nullable String reason;

    @Option(names = "--method", paramLabel = "NAME", description = "Only requests for this method (event type).")
    private @Nullable String method;

    @Option(
            names = "--older-than",
            paramLabel = "TIME",
            converter = Converters.OfDuration.class,
            description = "Only messages that have been there for longer: 30s, 10m, 24h.")
    private @Nullable Duration age;

    @Option(names = "--dry-run", description = "With return and drop: only list the messages.")
    private boolean dryRun;

    @Option(names = "--yes", description = "With drop: do not ask.")
    private boolean yes;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    DeadLettersCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    private enum Action {
        LIST,
        RETURN,
        DROP
    }

    @Override
    public Integer call() {
        Action action = action(config.isGiven() ? first : second);
        if (limit != null && limit < 1) {
            throw CommandException.usage("--limit must be at least 1, not " + limit);
        }
        DeadLetterQueue letters = new DeadLetterQueue(address(), queue);
        if (action == Action.LIST || dryRun) {
            print(list(letters));
            if (action != Action.LIST) {
                terminal.note("nothing changed: this is a dry run");
            }
            return ExitCode.OK;
        }
        return action == Action.RETURN ? putBack(letters) : drop(letters);
    }

    private static Action action(@Nullable String word) {
        for (Action action : Action.values()) {
            if (action.name().toLowerCase(Locale.ROOT).equals(word)) {
                return action;
            }
        }
        throw CommandException.usage(
                "say what to do: list, return or drop" + (word == null ? "" : ", not '" + word + "'"));
    }

    private Address address() {
        if (config.isGiven()) {
            if (second != null) {
                throw CommandException.usage("give either an ADDRESS or a --config-file, not both");
            }
            return config.address(null);
        }
        try {
            return Address.parse(ConfigFile.requireBroker(first));
        } catch (InvalidTargetException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()), e);
        }
    }

    private boolean accepts(DeadLetter letter) {
        return (origin == null || origin.equals(letter.origin()))
                && (reason == null || reason.equals(letter.reason()))
                && (method == null || method.equals(letter.method()))
                && (age == null
                        || letter.since() != null
                                && letter.since().isBefore(Instant.now().minus(age)));
    }

    private List<DeadLetter> list(DeadLetterQueue letters) {
        return letters.list(this::accepts, limit == null ? LISTED : limit);
    }

    private int putBack(DeadLetterQueue letters) {
        Outcome outcome = letters.putBack(this::accepts, limit == null ? Integer.MAX_VALUE : limit);
        terminal.note("returned " + count(outcome.moved()));
        if (outcome.left() > 0) {
            throw CommandException.failed(count(outcome.left()) + " left in '" + letters.queue() + "': "
                    + outcome.withoutOrigin() + " without an origin, " + outcome.unroutable()
                    + " whose origin does not exist or does not accept them");
        }
        return ExitCode.OK;
    }

    private int drop(DeadLetterQueue letters) {
        List<DeadLetter> found = letters.list(this::accepts, limit == null ? Integer.MAX_VALUE : limit);
        print(found);
        if (found.isEmpty()) {
            terminal.note("no such message");
        } else if (yes || terminal.confirms("drop " + count(found.size()) + "?")) {
            terminal.note(
                    "dropped " + count(letters.drop(this::accepts, found.size()).moved()));
        } else {
            terminal.note("nothing dropped");
        }
        return ExitCode.OK;
    }

    private static String count(int messages) {
        return messages + (messages == 1 ? " message" : " messages");
    }

    private void print(List<DeadLetter> letters) {
        if (json) {
            terminal.result(Json.mapper().writeValueAsString(letters));
            return;
        }
        int origins = width(letters, DeadLetter::origin);
        int reasons = width(letters, DeadLetter::reason);
        int methods = width(letters, DeadLetter::method);
        for (DeadLetter letter : letters) {
            terminal.result("%8s  %s  %s  %s  %s"
                    .formatted(
                            letter.since() == null ? "?" : text(Duration.between(letter.since(), Instant.now())),
                            terminal.styled(Style.BOLD, padded(letter.origin(), origins)),
                            padded(letter.reason(), reasons),
                            padded(letter.method(), methods),
                            text(letter.error()))
                    .stripTrailing());
        }
    }

    private static int width(List<DeadLetter> letters, Function<DeadLetter, @Nullable String> column) {
        return letters.stream()
                .mapToInt(letter -> text(column.apply(letter)).length())
                .max()
                .orElse(0);
    }

    private static String padded(@Nullable String value, int width) {
        String text = text(value);
        return text + " ".repeat(width - text.length());
    }

    private static String text(@Nullable String value) {
        return value == null ? "?" : PrintableText.line(value);
    }

    /** Its two largest units. */
    private static String text(Duration age) {
        if (age.toDays() > 0) {
            return age.toDays() + "d" + age.toHoursPart() + "h";
        } else if (age.toHours() > 0) {
            return age.toHours() + "h" + age.toMinutesPart() + "m";
        }
        long seconds = Math.max(0, age.toSeconds());
        return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
    }
}
