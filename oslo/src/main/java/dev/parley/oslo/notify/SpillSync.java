package dev.parley.oslo.notify;

/**
 * When notifications that are kept on disk are forced to it (fsync). In any case each of them is passed to the
 * operating system before publishing returns, so that it survives the end of the process, {@code kill -9} included;
 * what differs is what survives a crash of the machine.
 */
public enum SpillSync {
    /** With every write, before publishing returns: nothing is lost. Some milliseconds each. */
    ALWAYS,
    /** Once a second: at most the last second is lost. */
    COMMIT,
    /** When the operating system likes to: half a minute may be lost, and the file may become corrupt. */
    NEVER
}
