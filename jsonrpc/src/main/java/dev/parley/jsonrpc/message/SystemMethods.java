package dev.parley.jsonrpc.message;

import java.util.Set;

/** The names of the methods by which a service describes itself: OpenRPC's, and those of XML-RPC. */
public final class SystemMethods {
    public static final String DISCOVER = "rpc.discover";
    public static final String LIST = "system.listMethods";
    public static final String HELP = "system.methodHelp";
    public static final String SIGNATURE = "system.methodSignature";

    /** All of them. */
    public static final Set<String> ALL = Set.of(DISCOVER, LIST, HELP, SIGNATURE);

    private SystemMethods() {}
}
