package dev.parley.zerorpc;

import dev.parley.CallOption;

/** The call options that zerorpc adds, for {@link dev.parley.CallOptions#with}. */
public final class ZerorpcCallOptions {
    /**
     * How many items of a stream the server may send ahead of the reader, 2 to 1,000,000. Not set, as many as the
     * address says. As the argument {@code slots} of a call in zerorpc for Python.
     */
    public static final CallOption<Integer> WINDOW = CallOption.of("window", ZerorpcCallOptions::checkWindow);

    /**
     * Whether a call that is made while a call of zerorpc is served carries the context of that one too, as the task
     * context of zerorpc for Python does; entries of the call's own context win. Not set, it does.
     */
    public static final CallOption<Boolean> INHERIT_CONTEXT = CallOption.of("inherit_context");

    private ZerorpcCallOptions() {}

    private static void checkWindow(int window) {
        if (window < 2 || window > 1_000_000) {
            throw new IllegalArgumentException("window must be 2 to 1,000,000 items, not " + window);
        }
    }
}
