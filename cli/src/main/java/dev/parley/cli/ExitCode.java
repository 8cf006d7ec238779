package dev.parley.cli;

/** What the command's exit status means. */
final class ExitCode {
    /** All went well. */
    static final int OK = 0;
    /** The remote method failed, or its response is unusable. */
    static final int REMOTE_FAILURE = 1;
    /** A check found something. */
    static final int NOT_READY = 1;
    /** The command line is wrong, names a class or file that does not exist, or an unknown scheme. */
    static final int USAGE = 2;
    /** No connection: nobody there, port taken, credentials refused. */
    static final int NO_CONNECTION = 3;
    /** No response before the deadline. */
    static final int TIMEOUT = 4;

    private ExitCode() {}
}
