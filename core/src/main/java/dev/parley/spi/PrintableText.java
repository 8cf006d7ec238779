package dev.parley.spi;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Text from a peer, made safe for logs, terminals and error messages: without control characters, which could change
 * what a terminal shows or forge lines of a log, and without invisible ones, such as marks of text direction. Each such
 * character becomes a question mark. Stateless and thread-safe.
 */
public final class PrintableText {
    /** The length in {@code char}s at which text on one line is cut by default. */
    public static final int MAX_LENGTH = 500;

    private static final int ZERO_WIDTH_NON_JOINER = 0x200c;
    private static final int ZERO_WIDTH_JOINER = 0x200d;

    private PrintableText() {}

    /** The text on one line of at most {@value #MAX_LENGTH} {@code char}s; see {@link #line(String, int)}. */
    public static String line(@Nullable String text) {
        return line(text, MAX_LENGTH);
    }

    /**
     * The text on one line: each run of white space becomes one space, white space at both ends is dropped.
     *
     * @param limit the length in {@code char}s from which on the text is cut and ends with an ellipsis
     * @return {@code "null"} for {@code null}
     */
    public static String line(@Nullable String text, int limit) {
        if (text == null) {
            return "null";
        }
        StringBuilder shown = new StringBuilder(Math.min(text.length(), limit) + 1);
        boolean blank = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
                blank = true;
                continue;
            }
            if (shown.length() >= limit) {
                return shown.append('…').toString();
            }
            if (blank && !shown.isEmpty()) {
                shown.append(' ');
            }
            blank = false;
            shown.appendCodePoint(isHidden(c) ? '?' : c);
        }
        return shown.toString();
    }

    /** The text with its line ends and tabs, of any length. The same object if nothing is to be replaced. */
    public static String lines(String text) {
        if (isClean(text)) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c == '\r' && i < text.length() && text.charAt(i) == '\n') {
                continue;
            }
            shown.appendCodePoint(isHidden(c) && !isLayout(c) ? '?' : c);
        }
        return shown.toString();
    }

    /**
     * The error for a log: itself if its message and those of its causes are clean, else a copy with clean messages and
     * the same stack traces.
     */
    public static Throwable error(Throwable error) {
        return isClean(error, Collections.newSetFromMap(new IdentityHashMap<>())) ? error : new Printed(error, 0);
    }

    /** Whether a character would not be seen as one: control and format characters, surrogates, unassigned ones. */
    public static boolean isHidden(int codePoint) {
        if (codePoint >= ' ' && codePoint < 0x7f) {
            return false;
        }
        if (codePoint == ZERO_WIDTH_NON_JOINER || codePoint == ZERO_WIDTH_JOINER) {
            return false; // Persian words and many emoji have them.
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    private static boolean isLayout(int codePoint) {
        return codePoint == '\n' || codePoint == '\t';
    }

    private static boolean isClean(String text) {
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (isHidden(c) && !isLayout(c)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isClean(Throwable error, Set<Throwable> seen) {
        if (!seen.add(error)) {
            return true;
        }
        Throwable cause = error.getCause();
        if (!isClean(error.toString()) || cause != null && !isClean(cause, seen)) {
            return false;
        }
        for (Throwable suppressed : error.getSuppressed()) {
            if (!isClean(suppressed, seen)) {
                return false;
            }
        }
        return true;
    }

    /** A copy of an error that prints like it, but for the characters that are replaced. */
    @SuppressWarnings("OverrideThrowableToString") // It prints as an error of the original's class.
    private static final class Printed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** Causes may form a circle: deeper ones are left out. */
        private static final int MAX_DEPTH = 20;

        private final String text;

        Printed(Throwable error, int depth) {
            super(lines(String.valueOf(error.getMessage())), cause(error, depth), true, true);
            text = lines(error.toString());
            setStackTrace(error.getStackTrace());
            if (depth < MAX_DEPTH) {
                for (Throwable suppressed : error.getSuppressed()) {
                    addSuppressed(new Printed(suppressed, depth + 1));
                }
            }
        }

        private static @Nullable Throwable cause(Throwable error, int depth) {
            Throwable cause = error.getCause();
            return cause == null || depth >= MAX_DEPTH ? null : new Printed(cause, depth + 1);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
