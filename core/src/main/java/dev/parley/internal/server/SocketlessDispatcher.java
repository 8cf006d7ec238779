package dev.parley.internal.server;

import dev.parley.OverloadedException;
import dev.parley.spi.CallSource;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.ServerCall;
import java.security.Principal;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The dispatcher for handlers without a socket, which nothing but this stops. Thread-safe. */
final class SocketlessDispatcher extends ForwardingDispatcher {
    private final BooleanSupplier stopped;

    SocketlessDispatcher(Dispatcher dispatcher, BooleanSupplier stopped) {
        super(dispatcher);
        this.stopped = stopped;
    }

    @Override
    public CallSource source(Runnable resume) {
        return new WhileServing(dispatcher.source(resume), stopped);
    }

    @Override
    public CallSource soleSource(Runnable resume) {
        return new WhileServing(dispatcher.soleSource(resume), stopped);
    }

    private record WhileServing(CallSource source, BooleanSupplier stopped) implements CallSource {
        @Override
        public boolean dispatch(ServerCall call) {
            if (stopped.getAsBoolean()) {
                call.fail(new OverloadedException("the server has stopped"));
                return true;
            }
            return source.dispatch(call);
        }

        @Override
        public void keepsCalls(boolean keeps) {
            source.keepsCalls(keeps);
        }

        @Override
        public void refuseNone() {
            source.refuseNone();
        }
    }

    @Override
    public Dispatcher visibleTo(@Nullable Principal caller) {
        return new SocketlessDispatcher(dispatcher.visibleTo(caller), stopped);
    }
}
