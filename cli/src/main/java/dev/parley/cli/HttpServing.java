package dev.parley.cli;

import dev.parley.Address;
import dev.parley.RpcServer;
import dev.parley.http.CgiResponder;
import java.io.IOException;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code serve} for wires over HTTP. Not thread-safe. */
final class HttpServing {
    @Option(
            names = "--docs",
            description = "Show a page with the methods and a form to call each of them to browsers that open an HTTP"
                    + " address.")
    private boolean docs;

    @Option(names = "--access-log", description = "Log each request over HTTP, to standard error.")
    private boolean accessLog;

    @Option(
            names = "--cgi",
            paramLabel = "PROTOCOL",
            description = "Respond to the one request of a CGI program, jsonrpc or xmlrpc, instead of listening.")
    private @Nullable String cgi;

    boolean isCgi() {
        return cgi != null;
    }

    /** An address with the options that were asked for, if they are for it. */
    String apply(Address address) {
        String uri = address.toUri();
        String scheme = address.scheme();
        if (!scheme.endsWith("+http") && !scheme.endsWith("+https") && !scheme.endsWith("+unix")) {
            return uri;
        }
        if (docs) {
            uri = with(uri, address, "docs");
        }
        if (accessLog) {
            uri = with(uri, address, "access_log");
            Logging.access(true);
        }
        return uri;
    }

    private static String with(String uri, Address address, String option) {
        if (address.options().containsKey(option)) {
            return uri;
        }
        return uri + (uri.contains("?") ? "&" : "?") + option + "=true";
    }

    /** Responds to the request that a web server has started this process for. */
    void respond(RpcServer server, Terminal terminal) throws IOException {
        String given = String.valueOf(cgi);
        String protocol =
                docs ? given + (given.contains("?") ? "&" : given.contains(":") ? "?" : ":?") + "docs=true" : given;
        PrintStream standardOutput = System.out;
        // What methods print must not get into the response.
        System.setOut(System.err);
        try {
            CgiResponder.respond(server.handler(protocol), System.getenv(), System.in, terminal.out());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            System.setOut(standardOutput);
        }
    }
}
