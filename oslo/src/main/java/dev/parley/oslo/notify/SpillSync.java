package dev.parley.oslo.notify;

/** When notifications that are kept on disk are forced to it. */
public enum SpillSync {
    /** With every write: survives a crash of the machine. Slow. */
    ALWAYS,
    /** Every write is passed to the operating system, and forced to disk once a second: survives the process's crash. */
    COMMIT,
    /** Left to the operating system. */
    NEVER
}
