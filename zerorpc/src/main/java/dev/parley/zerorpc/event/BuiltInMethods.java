package dev.parley.zerorpc.event;

import java.util.Set;

/** The names of the methods that every zerorpc server has in addition to its own. Stateless and thread-safe. */
public final class BuiltInMethods {
    /** Returns {@code ["pong", name]}. */
    public static final String PING = "_zerorpc_ping";
    /** Returns the name of the service. */
    public static final String NAME = "_zerorpc_name";
    /** Returns the names of the methods. */
    public static final String LIST = "_zerorpc_list";
    /** Returns the documentation of the method named. */
    public static final String HELP = "_zerorpc_help";
    /** Returns the parameters of the method named, as Python's ArgSpec. */
    public static final String ARGS = "_zerorpc_args";
    /** Returns the service's name and its methods with parameters and documentation. */
    public static final String INSPECT = "_zerorpc_inspect";

    private static final Set<String> NAMES = Set.of(PING, NAME, LIST, HELP, ARGS, INSPECT);

    private BuiltInMethods() {}

    /** Whether the name is one of these. */
    public static boolean contains(String method) {
        return NAMES.contains(method);
    }
}
