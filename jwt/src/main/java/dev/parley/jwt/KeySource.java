package dev.parley.jwt;

import java.util.List;

/** Where the keys are from. Thread-safe. */
interface KeySource {
    /**
     * The keys. May block while they are fetched.
     *
     * @throws IllegalStateException if there are none now
     */
    List<VerificationKey> keys();

    /** The keys, after a token has named one that is not among those known. May block, and be the same. */
    List<VerificationKey> newerKeys();

    /**
     * Reads them anew.
     *
     * @throws RuntimeException if that fails; those known stay in force
     */
    void reload();
}
