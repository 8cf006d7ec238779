package dev.parley.cli.zerorpc;

/** What ends the command as an uncaught Python exception does: told on standard error, exit status 1. */
final class PythonError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String type;

    /**
     * An error.
     *
     * @param type the exception's class with its module, as a traceback shows it
     * @param message what follows it; empty for nothing
     */
    PythonError(String type, String message) {
        super(message);
        this.type = type;
    }

    /** Whether the peer's method raised it. */
    boolean isRemote() {
        return type.equals(Peer.REMOTE_ERROR);
    }

    /** What the last lines of a traceback say. */
    String text() {
        String message = String.valueOf(getMessage());
        return message.isEmpty() ? type : type + ": " + message;
    }
}
