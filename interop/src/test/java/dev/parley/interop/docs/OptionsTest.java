package dev.parley.interop.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.parley.InvalidTargetException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.oslo.notify.NotificationListener;
import dev.parley.oslo.notify.Notifier;
import dev.parley.oslo.notify.Priority;
import dev.parley.zmtp.security.CurveKeyPair;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tables of address options in the documentation, compared with the code that reads the options: each documented
 * value is accepted, each value out of range is refused by name, and each option is documented.
 */
class OptionsTest {
    private static final Path DOCS = Path.of("../docs");
    private static final List<String> KEY_FILES = List.of("server", "client");
    private static final Target NONE = Target.none();
    private static final Target BROKERED = Target.topic("options").withServer("server1");

    @TempDir
    Path folder;

    /** The files that examples name. */
    @BeforeEach
    void files() throws IOException {
        for (String name : KEY_FILES) {
            CurveKeyPair.generate().write(folder, name);
        }
    }

    /**
     * One kind of address.
     *
     * @param transport as the tables name it
     * @param address {@code DIR} is a temporary folder
     * @param acceptsAll whether a side accepts the options of the other side too
     */
    record Kind(String transport, String address, Target target, boolean acceptsAll, List<String> pages) {
        List<OptionRow> rows(String side) {
            return pages.stream()
                    .flatMap(page -> OptionRow.read(DOCS.resolve(page)).stream())
                    .filter(row -> row.applies(transport)
                            && (row.side().equals("both") || row.side().equals(side)))
                    .toList();
        }

        Set<String> documented(String side) {
            Stream<OptionRow> rows = acceptsAll
                    ? Stream.of("server", "client").flatMap(each -> rows(each).stream())
                    : rows(side).stream();
            return rows.map(OptionRow::name).collect(Collectors.toCollection(TreeSet::new));
        }

        @Override
        public String toString() {
            return address;
        }
    }

    static List<Kind> kinds() {
        return List.of(
                new Kind("http", "xmlrpc+http://127.0.0.1:0", NONE, false, List.of("xmlrpc.md", "http.md")),
                new Kind("unix", "xmlrpc+unix://DIR/x.sock", NONE, false, List.of("xmlrpc.md", "http.md")),
                new Kind("http", "jsonrpc+http://127.0.0.1:0", NONE, false, List.of("jsonrpc.md", "http.md")),
                new Kind("unix", "jsonrpc+unix://DIR/j.sock", NONE, false, List.of("jsonrpc.md", "http.md")),
                new Kind("tcp", "jsonrpc+tcp://127.0.0.1:0", NONE, false, List.of("jsonrpc.md")),
                new Kind("ipc", "jsonrpc+ipc://DIR/r.sock", NONE, false, List.of("jsonrpc.md")),
                new Kind("ws", "jsonrpc+ws://127.0.0.1:0", NONE, false, List.of("jsonrpc.md")),
                new Kind("tcp", "zerorpc+tcp://127.0.0.1:0", NONE, true, List.of("zerorpc.md")),
                new Kind("ipc", "zerorpc+ipc://DIR/z.sock", NONE, true, List.of("zerorpc.md")),
                // Reads the same options as rabbit://, without a broker.
                new Kind("memory", "memory://options", BROKERED, true, List.of("oslo.md")),
                new Kind("kafka", "kafka://127.0.0.1:0", NONE, true, List.of("kafka.md")));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void acceptsDocumentedValues(Kind kind) {
        SoftAssertions softly = new SoftAssertions();
        for (String side : List.of("server", "client")) {
            for (OptionRow row : kind.rows(side)) {
                assertThat(row.values()).as("values of %s", row).isNotEmpty();
                for (String value : row.values()) {
                    softly.assertThat(catchThrowable(() -> build(kind, side, row.query(value))))
                            .as("%s %s %s=%s", side, kind, row.name(), value)
                            .isNull();
                }
            }
        }
        softly.assertAll();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void refusesValuesOutOfRange(Kind kind) {
        SoftAssertions softly = new SoftAssertions();
        for (String side : List.of("server", "client")) {
            for (OptionRow row : kind.rows(side)) {
                for (String value : row.refused()) {
                    softly.assertThat(catchThrowable(() -> build(kind, side, row.query(value))))
                            .as("%s %s %s=%s", side, kind, row.name(), value)
                            .isInstanceOf(InvalidTargetException.class)
                            .hasMessageContaining("option " + row.name());
                }
            }
        }
        softly.assertAll();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void documentsEveryOption(Kind kind) {
        for (String side : List.of("server", "client")) {
            Throwable refusal = catchThrowable(() -> build(kind, side, "nonsense=1"));
            assertThat(refusal).isInstanceOf(InvalidTargetException.class).hasMessageContaining("; it has ");
            String message = refusal.getMessage();
            Set<String> known = new TreeSet<>(
                    List.of(message.substring(message.indexOf("; it has ") + 9).split(", ")));
            assertThat(kind.documented(side)).as("%s %s", side, kind).isEqualTo(known);
        }
    }

    private void build(Kind kind, String side, String query) {
        String files = query;
        for (String name : KEY_FILES) {
            files = files.replace("=" + name + ".key", "=" + folder.resolve(name) + ".key");
        }
        String address = kind.address().replace("DIR", folder.toString()) + "?" + files;
        if (kind.transport().equals("kafka")) {
            buildNotifications(address, side);
        } else if (side.equals("server")) {
            RpcServer.builder()
                    .method("ping", () -> "pong")
                    .listen(address, kind.target())
                    .build()
                    .start()
                    .close();
        } else {
            RpcClient.builder(address.replace(":0?", ":1?"))
                    .target(kind.target())
                    .build()
                    .close();
        }
    }

    private static void buildNotifications(String address, String side) {
        if (side.equals("server")) {
            NotificationListener.builder(address)
                    .topics("options")
                    .on(notification -> {}, Priority.INFO)
                    .build()
                    .close();
        } else {
            Notifier.builder(address)
                    .publisherId("options")
                    .closeTimeout(Duration.ZERO)
                    .build()
                    .close();
        }
    }
}
