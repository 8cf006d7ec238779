package dev.parley.internal.client;

import dev.parley.RpcException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The items of a stream as the caller gets them, its error, and its end. For one thread. */
final class StreamItems extends Spliterators.AbstractSpliterator<@Nullable Object> {
    private final Spliterator<@Nullable Object> source;
    private final UnaryOperator<@Nullable Object> convert;
    private final Function<RpcException, RuntimeException> mapException;
    private final Consumer<@Nullable Throwable> whenOver;
    private @Nullable Object item;

    private StreamItems(
            Spliterator<@Nullable Object> source,
            UnaryOperator<@Nullable Object> convert,
            Function<RpcException, RuntimeException> mapException,
            Consumer<@Nullable Throwable> whenOver) {
        super(source.estimateSize(), Spliterator.ORDERED);
        this.source = source;
        this.convert = convert;
        this.mapException = mapException;
        this.whenOver = whenOver;
    }

    /**
     * Wraps a stream.
     *
     * @param convert makes what the caller gets of an item
     * @param mapException makes what the caller gets of an error
     * @param whenOver gets the error, or {@code null} at the end or when the stream is closed; perhaps more than once
     */
    static Stream<@Nullable Object> of(
            Stream<@Nullable Object> source,
            UnaryOperator<@Nullable Object> convert,
            Function<RpcException, RuntimeException> mapException,
            Consumer<@Nullable Throwable> whenOver) {
        return StreamSupport.stream(new StreamItems(source.spliterator(), convert, mapException, whenOver), false)
                .onClose(() -> {
                    source.close();
                    whenOver.accept(null);
                });
    }

    @Override
    public boolean tryAdvance(Consumer<? super @Nullable Object> action) {
        Object next;
        try {
            if (!source.tryAdvance(each -> item = each)) {
                whenOver.accept(null);
                return false;
            }
            next = convert.apply(item);
        } catch (RpcException e) {
            whenOver.accept(e);
            throw mapException.apply(e);
        }
        action.accept(next);
        return true;
    }
}
