package dev.parley.cli;

import dev.parley.Address;
import dev.parley.oslo.admin.QueueInspector;
import dev.parley.oslo.admin.QueueInspector.Kind;
import dev.parley.oslo.admin.QueueInspector.OsloQueue;
import dev.parley.oslo.admin.Readiness;
import dev.parley.oslo.admin.Readiness.Obstacle;
import dev.parley.spi.PrintableText;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code parley queues}. */
@Command(
        name = "queues",
        description = {
            "Lists the queues of a broker and tells what oslo.messaging uses each one for, how much it holds and who consumes from it.",
            "Asks the management API of RabbitMQ or of the embedded broker."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  parley queues rabbit://guest:guest@127.0.0.1/",
            "  parley queues rabbit://guest:guest@127.0.0.1/ --delete-leaked --dry-run",
            "  parley queues rabbit://guest:guest@127.0.0.1/ --ready-for 4.3"
        })
final class QueuesCommand implements Callable<Integer> {
    private static final int MANAGEMENT_PORT = 15_672;
    private static final int MOST_USERS = 3;

    private final Terminal terminal;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ADDRESS",
            converter = Converters.OfAddress.class,
            description = "The broker, as rabbit://USER:PASSWORD@HOST/VIRTUAL_HOST. Not with --config-file.")
    private @Nullable Address given;

    @Mixin
    private ConfigFile config = new ConfigFile();

    @Option(
            names = "--management",
            paramLabel = "URL",
            description = "The management API. Default: http://HOST:15672 of the broker's host.")
    private @Nullable URI management;

    @Option(names = "--leaked", description = "List only queues that seem left behind by a process that is gone.")
    private boolean leaked;

    @Option(names = "--delete-leaked", description = "Delete the queues that seem left behind, after asking.")
    private boolean delete;

    @Option(names = "--dry-run", description = "With --delete-leaked: only tell what would be deleted.")
    private boolean dryRun;

    @Option(names = "--yes", description = "With --delete-leaked: do not ask.")
    private boolean yes;

    @Option(
            names = "--ready-for",
            paramLabel = "VERSION",
            description = "List what RabbitMQ 4.0 or 4.3 would lose or refuse of this virtual host, and which option of"
                    + " which service mends it. Exit code 1 if there is anything. Not with the options above.")
    private @Nullable String version;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    QueuesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Address address = address();
        if (!address.scheme().equals("rabbit") && !address.scheme().equals("kombu")) {
            throw CommandException.usage("queues are on a broker: give a rabbit:// address, not " + address.scheme());
        }
        if (version != null && (leaked || delete)) {
            throw CommandException.usage("--ready-for cannot be combined with --leaked or --delete-leaked");
        }
        URI api = management == null ? URI.create("http://" + host(address) + ":" + MANAGEMENT_PORT) : management;
        try (QueueInspector inspector = QueueInspector.of(address, api)) {
            if (version != null) {
                return tell(readiness(inspector, version), version);
            }
            List<OsloQueue> queues = inspector.queues();
            List<OsloQueue> leaks = queues.stream().filter(OsloQueue::isLeaked).toList();
            if (delete) {
                delete(inspector, leaks);
            } else {
                print(leaked ? leaks : queues);
            }
        }
        return ExitCode.OK;
    }

    private Address address() {
        return config.isGiven()
                ? config.address(given == null ? null : given.toString())
                : ConfigFile.requireBroker(given);
    }

    private static String host(Address address) {
        return address.host().contains(":") ? "[" + address.host() + "]" : address.host();
    }

    private void print(List<OsloQueue> queues) {
        if (json) {
            terminal.result(Json.mapper().writeValueAsString(queues));
            return;
        }
        int width =
                queues.stream().mapToInt(queue -> queue.name().length()).max().orElse(0);
        for (OsloQueue queue : queues) {
            // Padded before it is styled: colour codes have no width.
            String name = terminal.styled(
                    Style.BOLD, queue.name() + " ".repeat(width - queue.name().length()));
            String counts = "%7d messages %4d consumers".formatted(queue.messages(), queue.consumers());
            String remark = queue.isLeaked() ? "  left behind?" : queue.isUnread() ? "  nobody reads it" : "";
            terminal.result(name + counts + "  " + PrintableText.line(queue.explanation())
                    + (remark.isEmpty() ? "" : terminal.styled(Style.YELLOW, remark)));
        }
    }

    private static Readiness readiness(QueueInspector inspector, String version) {
        try {
            return inspector.readiness(version);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage("--ready-for: " + e.getMessage());
        }
    }

    private int tell(Readiness readiness, String version) {
        List<Obstacle> obstacles = readiness.obstacles();
        if (json) {
            terminal.result(Json.mapper().writeValueAsString(readiness));
        } else {
            for (Obstacle one : obstacles) {
                String users = one.users().stream().limit(MOST_USERS).collect(Collectors.joining(", "));
                int more = one.users().size() - MOST_USERS;
                terminal.result(terminal.styled(Style.BOLD, one.object() + " " + PrintableText.line(one.name()))
                        + (one.kind() == null || one.kind() == Kind.OTHER ? " " : " (" + word(one.kind()) + ") ")
                        + PrintableText.line(one.problem()));
                terminal.result("    " + PrintableText.line(one.remedy()));
                if (!users.isEmpty()) {
                    terminal.result(
                            "    used by " + PrintableText.line(users) + (more > 0 ? " and " + more + " more" : ""));
                }
            }
        }
        if (!readiness.unchecked().isEmpty()) {
            terminal.note(
                    "not checked, as the management API does not tell: " + String.join(", ", readiness.unchecked()));
        }
        String count = switch (obstacles.size()) {
            case 0 -> "nothing stands";
            case 1 -> "1 thing stands";
            default -> obstacles.size() + " things stand";
        };
        terminal.note(count + " in the way of RabbitMQ " + version);
        return readiness.isReady() ? ExitCode.OK : ExitCode.NOT_READY;
    }

    private static String word(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private void delete(QueueInspector inspector, List<OsloQueue> leaks) {
        print(leaks);
        if (dryRun || leaks.isEmpty()) {
            terminal.note(leaks.isEmpty() ? "no queue seems left behind" : "nothing deleted: this is a dry run");
            return;
        }
        if (!yes && !terminal.confirms("delete these " + leaks.size() + " queues with what they hold?")) {
            terminal.note("nothing deleted");
            return;
        }
        long deleted = leaks.stream().filter(inspector::delete).count();
        terminal.note(deleted + " of " + leaks.size() + " deleted"
                + (deleted < leaks.size() ? "; the others are gone or in use by now" : ""));
    }
}
