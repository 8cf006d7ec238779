package dev.parley.cli.zerorpc;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command line asks for. If an address is given by an option, the first word is the command and not an address.
 *
 * @param client whether to call, and not to serve
 * @param bind the addresses to listen on
 * @param connect the addresses to connect to
 * @param timeout how many seconds to wait
 * @param heartbeat seconds between heartbeats
 * @param poolSize how many calls a server runs at once; {@code null} for any number
 * @param json whether the parameters are JSON
 * @param printJson whether to print JSON
 * @param inspect whether to show signatures and documentation
 * @param activeHeartbeat whether a client sends heartbeats before the server does
 * @param debug whether to log more
 * @param command the method to call, or what to serve; {@code null} if there is none
 * @param params the parameters of the call
 */
record Invocation(
        boolean client,
        List<String> bind,
        List<String> connect,
        int timeout,
        int heartbeat,
        @Nullable Integer poolSize,
        boolean json,
        boolean printJson,
        boolean inspect,
        boolean activeHeartbeat,
        boolean debug,
        @Nullable String command,
        List<String> params) {
    static final String HELP = "-h";
    private static final String CLIENT = "--client";
    private static final String SERVER = "--server";
    private static final String CONNECT = "--connect";
    private static final String BIND = "--bind";
    private static final String TIMEOUT = "--timeout";
    private static final String HEARTBEAT = "--heartbeat";
    private static final String POOL_SIZE = "--pool-size";
    private static final String JSON = "-j";
    private static final String PRINT_JSON = "-pj";
    private static final String INSPECT = "-?";
    private static final String ACTIVE = "--active-hb";
    private static final String DEBUG = "-d";
    private static final String ADDRESS = "address";
    private static final String COMMAND = "command";
    private static final String PARAMS = "params";

    private static final int USUAL_TIMEOUT = 30;
    private static final int USUAL_HEARTBEAT = 5;

    private static final List<Option> OPTIONS = List.of(
            Option.flag("show this and exit", HELP, "--help"),
            Option.flag("call a method; the default", CLIENT),
            Option.flag("serve a Java class, a .java file, or the functions of the module time", SERVER)
                    .excluding(CLIENT),
            Option.text("address", "where to connect to; may be repeated, also beside --bind", CONNECT),
            Option.text("address", "where to listen; may be repeated, also beside --connect", BIND),
            Option.number("seconds", "how long a client waits for a response; 30 by default", TIMEOUT),
            Option.number("seconds", "time between heartbeats, the same on both sides; 5 by default", HEARTBEAT),
            Option.number("count", "how many calls a server runs at once; any number by default", POOL_SIZE),
            Option.flag("read each of the params as JSON; they are text otherwise", JSON, "--json"),
            Option.flag("print results as JSON", PRINT_JSON, "--print-json"),
            Option.flag("show signatures, or the documentation of one method", INSPECT, "--inspect"),
            Option.flag("send heartbeats at once; by default only after the first one of the server", ACTIVE),
            Option.flag("log more", DEBUG, "--debug"));

    private static final OptionReader READER = new OptionReader(OPTIONS, HELP, List.of(ADDRESS, COMMAND, PARAMS));

    /**
     * Reads a command line.
     *
     * @return {@code null} if it asks for the help
     * @throws UsageException if it cannot be read
     */
    static @Nullable Invocation of(List<String> arguments) {
        OptionReader.Result read = READER.read(arguments);
        if (read.help()) {
            return null;
        }
        List<String> words = new ArrayList<>(read.words(ADDRESS));
        words.addAll(read.words(COMMAND));
        words.addAll(read.words(PARAMS));
        List<String> connect = new ArrayList<>(read.all(CONNECT));
        // An empty word is none, as in Python.
        if (!read.has(BIND) && !read.has(CONNECT) && !words.isEmpty()) {
            String address = words.removeFirst();
            if (!address.isEmpty()) {
                connect.addFirst(address);
            }
        }
        String command = words.isEmpty() ? null : words.removeFirst();
        String poolSize = read.last(POOL_SIZE);
        return new Invocation(
                !read.has(SERVER),
                read.all(BIND),
                List.copyOf(connect),
                number(read.last(TIMEOUT), USUAL_TIMEOUT),
                number(read.last(HEARTBEAT), USUAL_HEARTBEAT),
                poolSize == null ? null : number(poolSize, 0),
                read.has(JSON),
                read.has(PRINT_JSON),
                read.has(INSPECT),
                read.has(ACTIVE),
                read.has(DEBUG),
                command == null || command.isEmpty() ? null : command,
                List.copyOf(words));
    }

    /** Too large numbers become the largest one. */
    private static int number(@Nullable String text, int usual) {
        return text == null
                ? usual
                : new BigInteger(text)
                        .max(BigInteger.valueOf(Integer.MIN_VALUE))
                        .min(BigInteger.valueOf(Integer.MAX_VALUE))
                        .intValueExact();
    }

    /** Whether it says where to connect to or to listen. */
    boolean hasAddress() {
        return !bind.isEmpty() || !connect.isEmpty();
    }

    /** The usage alone. */
    static String usage(int columns) {
        return help(columns).usage();
    }

    /** The usage, and what everything means. */
    static String fullHelp(int columns) {
        Help help = help(columns);
        StringBuilder out = new StringBuilder(help.usage())
                .append("\nCalls a method of a zerorpc service, lists its methods, or is a service.\n")
                .append("\npositional arguments:\n")
                .append(help.entry(ADDRESS, "where to connect to; left out if --connect or --bind is given"))
                .append(help.entry(COMMAND, "the method to call, all methods are listed without it; or what to serve"))
                .append(help.entry(PARAMS, "the arguments of the call"))
                .append("\noptional arguments:\n");
        for (Option option : OPTIONS) {
            String value = option.metavar() == null ? "" : " " + option.metavar();
            out.append(help.entry(
                    String.join(
                            ", ",
                            option.names().stream().map(name -> name + value).toList()),
                    option.help()));
        }
        return out.toString();
    }

    private static Help help(int columns) {
        List<String> options = new ArrayList<>();
        for (Option option : OPTIONS) {
            if (option.excludes() != null) {
                options.add("[" + options.removeLast().replaceAll("[\\[\\]]", "") + " | " + option.name() + "]");
            } else {
                options.add("[" + option.name() + (option.metavar() == null ? "" : " " + option.metavar()) + "]");
            }
        }
        return new Help(
                "zerorpc", options, List.of("[" + ADDRESS + "]", "[" + COMMAND + "]", "[" + PARAMS + " ...]"), columns);
    }
}
