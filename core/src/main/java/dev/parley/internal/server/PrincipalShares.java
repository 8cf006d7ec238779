package dev.parley.internal.server;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.security.Principal;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * What each authenticated caller holds, whatever connections its calls come on. It is kept as long as a connection uses
 * it, and only then has it anything to remember. Thread-safe; lock-free once a share is known.
 */
final class PrincipalShares {
    private final int maxPermits;
    private final ConcurrentMap<Principal, Entry> entries = new ConcurrentHashMap<>();
    private final ReferenceQueue<Share> unused = new ReferenceQueue<>();

    PrincipalShares(int maxPermits) {
        this.maxPermits = maxPermits;
    }

    private static final class Entry extends WeakReference<Share> {
        private final Principal principal;

        Entry(Principal principal, Share share, ReferenceQueue<Share> unused) {
            super(share, unused);
            this.principal = principal;
        }
    }

    /** The share of a principal. */
    Share of(Principal principal) {
        Share known = share(entries.get(principal));
        return known == null ? create(principal) : known;
    }

    private Share create(Principal principal) {
        for (Object gone = unused.poll(); gone != null; gone = unused.poll()) {
            Entry entry = (Entry) gone;
            entries.remove(entry.principal, entry);
        }
        while (true) {
            Entry made = new Entry(principal, new Share(maxPermits, null), unused);
            Share share = share(entries.compute(principal, (key, old) -> share(old) == null ? made : old));
            if (share != null) {
                return share;
            }
        }
    }

    private static @Nullable Share share(@Nullable Entry entry) {
        return entry == null ? null : entry.get();
    }

    /** How many there are. */
    int size() {
        return entries.size();
    }
}
