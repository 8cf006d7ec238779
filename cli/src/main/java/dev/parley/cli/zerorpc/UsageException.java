package dev.parley.cli.zerorpc;

/** A command line that cannot be read; its message is what argparse tells. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }

    /** About one option. */
    static UsageException of(Option option, String message) {
        return new UsageException("argument " + option.label() + ": " + message);
    }
}
