package dev.parley.jsonrpc.stream;

import io.netty.util.ByteProcessor;
import java.util.BitSet;

/**
 * Finds where a JSON text ends that is not marked otherwise: where its outermost array or object closes. What is not
 * one of those ends with its line. Each byte is looked at once.
 *
 * <p>A malformed text ends too, and soon, so that its sender gets an error and the next text is read: at a line end
 * within a string, at a bracket that closes an outer one, where a new line opens an object that no comma announces, and
 * at a NUL or record separator anywhere, which no JSON text contains. Confined to the connection's event loop.
 */
final class ValueScanner implements ByteProcessor {
    private static final byte NUL = 0;
    private static final byte RECORD_SEPARATOR = 0x1e;

    private enum State {
        START,
        CONTAINER,
        STRING,
        ESCAPE,
        LINE
    }

    /** More levels than this are counted, but not told apart: the message is too large then. */
    private final int maxDepth;
    /** Which open levels are objects. */
    private final BitSet objects = new BitSet();

    private State state = State.START;
    private int depth;
    /** Whether a value is complete, so that only a comma or a closing bracket may follow. */
    private boolean afterValue;
    /** Whether a line has ended since. */
    private boolean newLine;

    private boolean includesLast;

    ValueScanner(int maxDepth) {
        this.maxDepth = maxDepth;
    }

    /** Prepares for the next text. */
    void reset() {
        state = State.START;
        objects.clear();
        depth = 0;
        afterValue = false;
        newLine = false;
        includesLast = false;
    }

    /** Whether a text has begun. */
    boolean started() {
        return state != State.START;
    }

    /** Whether the byte at which the text ended belongs to it. */
    boolean includesLast() {
        return includesLast;
    }

    /** Whether the text, as far as it was seen, is a line rather than an array or an object. */
    boolean isLine() {
        return state == State.LINE;
    }

    /** Whether the byte may stand between two texts. */
    static boolean isSeparator(byte value) {
        return value == ' '
                || value == '\n'
                || value == '\r'
                || value == '\t'
                || value == NUL
                || value == RECORD_SEPARATOR;
    }

    /** Takes the next byte; returns {@code false} if the text ends with it or before it. */
    @Override
    public boolean process(byte value) {
        if (value == NUL || value == RECORD_SEPARATOR) {
            return false;
        }
        return switch (state) {
            case START -> start(value);
            case CONTAINER -> container(value);
            case STRING -> string(value);
            case ESCAPE -> {
                state = State.STRING;
                yield value != '\n';
            }
            case LINE -> value != '\n';
        };
    }

    private boolean start(byte value) {
        if (value != '{' && value != '[') {
            state = State.LINE;
            return true;
        }
        state = State.CONTAINER;
        open(value);
        return true;
    }

    private boolean string(byte value) {
        switch (value) {
            case '"' -> {
                state = State.CONTAINER;
                completed();
            }
            case '\\' -> state = State.ESCAPE;
            case '\n' -> {
                return false;
            }
            default -> {}
        }
        return true;
    }

    private boolean container(byte value) {
        switch (value) {
            case ' ', '\t', '\r' -> {}
            case '\n' -> newLine = true;
            case ',', ':' -> afterValue = false;
            case '"' -> state = State.STRING;
            case '{', '[' -> {
                if (afterValue && newLine) {
                    return false;
                }
                open(value);
            }
            case '}', ']' -> {
                return close(value == '}');
            }
            default -> completed();
        }
        return true;
    }

    private void open(byte value) {
        if (depth < maxDepth) {
            objects.set(depth, value == '{');
        }
        depth++;
        afterValue = false;
    }

    /** Closes the innermost level of the kind, and with it those inside. */
    private boolean close(boolean object) {
        int level = depth - 1;
        while (level > 0 && level < maxDepth && objects.get(level) != object) {
            level--;
        }
        depth = level;
        completed();
        includesLast = depth == 0;
        return !includesLast;
    }

    private void completed() {
        afterValue = true;
        newLine = false;
    }
}
