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
     * Accepts a call. A call is never rejected: over the concurrency limit it is queued. The outcome reaches the call
     * by exactly one of {@link ServerCall#reply}, {@link ServerCall#stream} and {@link ServerCall#fail}, on this thread
     * or another, possibly before this method returns.
     *
     * @param call the call
     * @param resume runs when the queue is empty again after a {@code false}; it may run on any thread and at any time,
     *     even before this method has returned, so it must switch to the wire's own thread before it starts to read.
     *     Pass the same object for the same source of calls.
     * @return {@code false} if the limit is reached: the wire must stop reading from the source of this call until
     *     {@code resume} runs
     */
    boolean dispatch(ServerCall call, Runnable resume);

    /** How many calls may run at once; a wire with a broker uses it as its prefetch. */
    int maxConcurrentCalls();

    /** How many more calls could start now; other wires may use that capacity at any time. */
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
