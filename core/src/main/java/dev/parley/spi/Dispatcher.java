package dev.parley.spi;

import dev.parley.ServiceDescription;

/** Finds the method of a call, binds the arguments, runs it where the server's {@code Execution} says, and hands the outcome back. Thread-safe. */
public interface Dispatcher {
    /**
     * Takes a call. It is never refused: past the concurrency bound it waits in line. The outcome reaches the call by exactly one of
     * {@link ServerCall#reply}, {@link ServerCall#stream} and {@link ServerCall#fail}, on this thread or another, perhaps before this method returns.
     *
     * @param resume told when there is room again after a {@code false}; it may run on any thread and at any moment (even before this method has returned), so
     *     it must hop to the wire's own thread before it starts to read. Give the same object for the same source of calls.
     * @return {@code false} if the bound is reached: the wire must stop reading from the source of this call until {@code resume} is run
     */
    boolean dispatch(ServerCall call, Runnable resume);

    /** How many calls may run at once; a broker wire takes it as its prefetch. */
    int maxConcurrentCalls();

    /** How many more calls could start right now; other wires may take that room at any moment. */
    int available();

    /** Whether a method of this name, {@code namespace.name} included, is there: a wire's own introspection methods give way to it. */
    boolean has(String method);

    /** What is offered, for the wire's introspection. */
    ServiceDescription describe();
}
