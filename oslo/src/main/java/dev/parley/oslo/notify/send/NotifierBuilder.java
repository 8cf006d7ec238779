package dev.parley.oslo.notify.send;

import dev.parley.oslo.notify.Notifier;
import org.jspecify.annotations.Nullable;

/** Builds notifiers. */
public final class NotifierBuilder {
    private NotifierBuilder() {}

    /** A new builder. */
    @SuppressWarnings("DoNotCallSuggester")
    public static Notifier.Builder of(@Nullable String address) {
        throw new UnsupportedOperationException(address);
    }
}
