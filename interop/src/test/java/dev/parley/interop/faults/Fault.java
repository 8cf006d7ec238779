package dev.parley.interop.faults;

/**
 * What a {@link FaultProxy} does, once.
 *
 * @param way whose bytes are counted
 * @param after how many of them still pass; with 0 the fault comes in the place of the first one
 */
record Fault(Way way, int after, Kind kind) {
    /** Where bytes go. */
    enum Way {
        TO_SERVER,
        TO_CLIENT
    }

    /** What happens. */
    enum Kind {
        /** Both sockets are closed, as by peers that end in order. */
        CLOSE,
        /** Both sockets are reset, as by peers whose process was killed with data unread. */
        RESET,
        /** Who receives these bytes sees their end; the other way goes on. */
        HALF_CLOSE,
        /** Nothing passes any more, either way, and both sockets stay open: the network is gone. */
        SILENCE,
        /** Bytes that are of no protocol come in between. */
        GARBAGE
    }

    @Override
    public String toString() {
        return kind + " after " + after + " bytes " + way;
    }
}
