package dev.parley.bench;

import java.io.IOException;
import java.time.Duration;

/** One of those that are compared, ready to work. */
interface Side extends AutoCloseable {
    /** Works for about this long. */
    Result round(Duration length) throws Exception;

    @Override
    void close() throws IOException;

    /** Makes a side. What it opens counts for no round. */
    interface Opener {
        Side open() throws Exception;
    }
}
