package dev.parley.systemlogger;

import org.jspecify.annotations.Nullable;

/** Finds who logs. */
final class Callers {
    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final String OWN_PACKAGE = Callers.class.getPackageName() + ".";

    private Callers() {}

    /** The first frame of the stack that does not belong to logging; {@code null} if all do. */
    static @Nullable StackTraceElement find() {
        return WALKER.walk(frames -> frames.filter(frame -> !isLogging(frame.getClassName()))
                .findFirst()
                .map(StackWalker.StackFrame::toStackTraceElement)
                .orElse(null));
    }

    private static boolean isLogging(String type) {
        return type.startsWith(OWN_PACKAGE)
                || type.startsWith("java.lang.System$Logger")
                || type.startsWith("jdk.internal.logger.")
                || type.startsWith("sun.util.logging.")
                || type.startsWith("java.util.logging.");
    }
}
