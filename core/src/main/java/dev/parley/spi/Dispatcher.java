package dev.parley.spi;

import dev.parley.ServiceDescription;
import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the method of a call, binds the arguments, runs the method where the server's {@code Execution} says, and
 * returns the outcome to the call. Thread-safe.
 */
public interface Dispatcher {
    /**
     * A source of calls: one connection. At most its share of the calls run at once, and at most that of their {@link
     * ServerCall#principal}, if the callers are authenticated.
     *
     * @param resume runs when no call of the source waits any more after {@link CallSource#dispatch} has returned
     *     {@code false}; it may run on any thread and at any time, even before that method has returned, so it must
     *     switch to the wire's own thread before it starts to read
     */
    CallSource source(Runnable resume);

    /**
     * The source of a wire that has only one peer, or whose peer stands for all callers as a broker does: it has no
     * share, and since it is not read while a call waits, none is refused.
     *
     * @param resume as for {@link #source}
     */
    CallSource soleSource(Runnable resume);

    /** How many calls may run at once; a wire with a broker uses it as its prefetch. */
    int maxConcurrentCalls();

    /** How many more calls of a {@link #soleSource} could start now; other wires may use that capacity at any time. */
    int available();

    /**
     * Whether the server has a method of this name, {@code namespace.name} included. Such a method takes precedence
     * over an introspection method of the wire. A fallback for unknown methods does not count.
     */
    boolean has(String method);

    /**
     * The methods that the server has now, for the wire's introspection. Methods may be added and removed at any time.
     */
    ServiceDescription describe();

    /**
     * The methods that a call without a version reaches now, with their Java types, sorted by qualified name, overloads
     * of a name one after another. The same list until methods are added or removed.
     */
    List<ServedMethod> methods();

    /**
     * The same dispatcher, which describes only what a caller may call: for the wire's introspection.
     *
     * @param caller {@link ServerCall#principal} of the call
     */
    default Dispatcher visibleTo(@Nullable Principal caller) {
        return this;
    }
}
