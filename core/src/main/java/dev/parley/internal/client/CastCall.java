package dev.parley.internal.client;

import dev.parley.spi.ClientCall;
import dev.parley.spi.EncodedResult;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a cast: its caller waits until the message is handed over; a response that comes after that ends it.
 * Thread-safe as its base.
 */
@SuppressWarnings("serial")
final class CastCall extends BlockingCall {
    private static final Object ENDED = new Object();

    private final CallEngine engine;
    private final ClientCall call;
    private final Consumer<? super @Nullable Throwable> whenOver;

    CastCall(CallEngine engine, ClientCall call, Consumer<? super @Nullable Throwable> whenOver) {
        this.engine = engine;
        this.call = call;
        this.whenOver = whenOver;
    }

    @Override
    public void onResult(EncodedResult result) {
        if (!complete(result)) {
            end(null);
        }
    }

    @Override
    public void onFailure(Throwable error) {
        if (!complete(new Failure(error))) {
            end(error);
        }
    }

    /** The response to a message that was handed over. */
    private void end(@Nullable Throwable error) {
        if (!engine.transport().hasOneWay() && compareAndSet(SENT, ENDED)) {
            engine.castOver(call, error, whenOver);
        }
    }
}
