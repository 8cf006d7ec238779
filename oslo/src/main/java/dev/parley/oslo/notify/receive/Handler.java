package dev.parley.oslo.notify.receive;

import dev.parley.oslo.notify.NotificationFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A method of an endpoint, or a function, that takes the notifications of one priority. Immutable.
 *
 * @param name for logs
 * @param filter which notifications it gets, {@code null} for all
 * @param binding makes its arguments
 * @param invocation calls it
 */
record Handler(String name, @Nullable NotificationFilter filter, Binding binding, Invocation invocation) {
    /** Makes of an event what a method takes. */
    interface Binding {
        /**
         * The arguments for one event.
         *
         * @throws dev.parley.ProtocolException if the payload or the context does not fit
         */
        Object bind(Event event);
    }

    /** Calls a method. */
    interface Invocation {
        /**
         * Calls it.
         *
         * @param bound what {@link Binding#bind} has made, one for each notification: exactly one unless this is a
         *     batch
         * @return what the method returns, {@code null} for {@code void}
         */
        @Nullable
        Object call(List<Object> bound) throws Throwable;
    }
}
