package dev.parley.internal.client;

import dev.parley.Args;
import dev.parley.CallOptions;
import dev.parley.ClientRequest;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A call on its way through the interceptors.
 *
 * @param completion how the call ended; shared by its copies
 */
record InterceptedRequest(String method, Args args, CallOptions options, Kind kind, Completion completion)
        implements ClientRequest {
    @Override
    public ClientRequest withArgs(Args newArgs) {
        return new InterceptedRequest(method, Objects.requireNonNull(newArgs, "args"), options, kind, completion);
    }

    @Override
    public ClientRequest withOptions(UnaryOperator<CallOptions> change) {
        return new InterceptedRequest(method, args, change.apply(options), kind, completion);
    }

    @Override
    public void onComplete(Consumer<? super @Nullable Throwable> action) {
        completion.onComplete(Objects.requireNonNull(action, "action"));
    }

    /** The call is over; what comes later is ignored. */
    void complete(@Nullable Throwable error) {
        completion.complete(error);
    }
}
