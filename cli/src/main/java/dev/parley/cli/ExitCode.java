package dev.parley.cli;

/** What the command's exit status means. */
final class ExitCode {
    /** All went well. */
    static final int OK = 0;
    /** The remote method failed, or its answer is unusable. */
    static final int REMOTE_FAILURE = 1;
    /** The command line is wrong, or names a thing that is not there. */
    static final int USAGE = 2;
    /** No connection: nobody there, port taken, unknown scheme, credentials refused. */
    static final int NO_CONNECTION = 3;
    /** No answer in time. */
    static final int TIMEOUT = 4;

    private ExitCode() {}
}
