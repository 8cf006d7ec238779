package dev.parley.cli;

import dev.parley.spi.PrintableText;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;

/** {@code parley faults}. */
@Command(
        name = "faults",
        description = {
            "Switches faults of a 'parley broker' on and off, for tests of its clients, and prints what is on.",
            "Each option leaves the others as they are."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  parley faults http://127.0.0.1:15672 --delay 200ms --lose-confirms 1",
            "  parley faults http://127.0.0.1:15672 --drop-connections",
            "  parley faults http://127.0.0.1:15672 --clear"
        })
final class FaultsCommand implements Callable<Integer> {
    private static final String PATH = "/api/parley/faults";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Terminal terminal;

    @Parameters(
            index = "0",
            paramLabel = "URL",
            description = "The broker's management API, http://[USER:PASSWORD@]HOST:PORT. Default user: guest.")
    private @Nullable URI url;

    @Option(names = "--clear", description = "First switch off all that is on.")
    private boolean clear;

    @Option(
            names = "--refuse-connections",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            description = "Close new connections at once.")
    private @Nullable Boolean refuseConnections;

    @Option(
            names = "--stop-reading",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            description = "Do not read what clients send.")
    private @Nullable Boolean stopReading;

    @Option(
            names = "--memory-alarm",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            description = "Block publishers, as if memory were short.")
    private @Nullable Boolean memoryAlarm;

    @Option(
            names = "--delay",
            paramLabel = "TIME",
            converter = Converters.OfDuration.class,
            description = "Delay what clients send, such as by 200ms; 0s does not.")
    private @Nullable Duration delay;

    @Option(
            names = "--cut-after-receiving",
            paramLabel = "N",
            description = "Cut each connection after N octets more from its client; 0 does not.")
    private @Nullable Long cutAfterReceiving;

    @Option(
            names = "--cut-after-sending",
            paramLabel = "N",
            description = "Cut each connection after N octets more to its client; 0 does not.")
    private @Nullable Long cutAfterSending;

    @Option(names = "--lose-confirms", paramLabel = "N", description = "Do not confirm the next N messages.")
    private @Nullable Integer loseConfirms;

    @Option(names = "--duplicate-confirms", paramLabel = "N", description = "Confirm the next N messages twice.")
    private @Nullable Integer duplicateConfirms;

    @Option(names = "--drop-connections", description = "Close the sockets of all connections, now.")
    private boolean dropConnections;

    @Option(names = "--stall-channels", description = "Lose what is published on the channels that are open now.")
    private boolean stallChannels;

    FaultsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (url == null || url.getHost() == null || !"http".equals(url.getScheme())) {
            throw CommandException.usage("URL must be http://HOST:PORT of the management API, not " + url);
        }
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            if (clear) {
                String unused = send(client, "DELETE", PATH, BodyPublishers.noBody());
            }
            Map<String, Object> asked = asked();
            if (!asked.isEmpty()) {
                String unused = send(
                        client,
                        "PUT",
                        PATH,
                        BodyPublishers.ofString(Json.mapper().writeValueAsString(asked)));
            }
            if (stallChannels) {
                count(send(client, "POST", PATH + "/stall-channels", BodyPublishers.noBody()), "channels", "stalled");
            }
            if (dropConnections) {
                count(
                        send(client, "POST", PATH + "/drop-connections", BodyPublishers.noBody()),
                        "connections",
                        "dropped");
            }
            terminal.result(send(client, "GET", PATH, BodyPublishers.noBody()));
        }
        return ExitCode.OK;
    }

    private Map<String, Object> asked() {
        Map<String, Object> asked = new LinkedHashMap<>();
        put(asked, "refuse_connections", refuseConnections);
        put(asked, "stop_reading", stopReading);
        put(asked, "memory_alarm", memoryAlarm);
        put(asked, "delay", delay == null ? null : delay.toMillis() / 1e3);
        put(asked, "cut_after_receiving", cutAfterReceiving);
        put(asked, "cut_after_sending", cutAfterSending);
        put(asked, "lose_confirms", loseConfirms);
        put(asked, "duplicate_confirms", duplicateConfirms);
        return asked;
    }

    private static void put(Map<String, Object> asked, String name, @Nullable Object value) {
        if (value != null) {
            asked.put(name, value);
        }
    }

    private void count(String response, String of, String done) {
        terminal.note(Json.mapper().readTree(response).path(of).asInt() + " " + of + " " + done);
    }

    private String send(HttpClient client, String method, String path, BodyPublisher body) {
        URI api = Objects.requireNonNull(url);
        String user = api.getUserInfo() == null ? "guest:guest" : api.getUserInfo();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + api.getHost() + ":" + api.getPort() + path))
                .timeout(TIMEOUT)
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)))
                .method(method, body)
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw refused(response);
            }
            return response.body();
        } catch (IOException e) {
            String reason = e.getMessage();
            throw CommandException.noConnection(
                    "no management API at " + request.uri().getAuthority() + (reason == null ? "" : ": " + reason));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandException.noConnection("interrupted");
        }
    }

    private static CommandException refused(HttpResponse<String> response) {
        String reason = "";
        try {
            reason = Json.mapper().readTree(response.body()).path("reason").asString("");
        } catch (JacksonException e) {
            // Not an answer of the management API.
        }
        return switch (response.statusCode()) {
            case 400 -> CommandException.usage(PrintableText.line(reason));
            case 401 -> CommandException.noConnection("the user is not an administrator of the broker");
            case 404, 405, 501 -> CommandException.usage("only a 'parley broker' has faults, and this is none");
            default ->
                CommandException.noConnection(
                        "the management API responded " + response.statusCode() + " " + PrintableText.line(reason));
        };
    }
}
