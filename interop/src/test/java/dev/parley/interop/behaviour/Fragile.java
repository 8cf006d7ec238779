package dev.parley.interop.behaviour;

import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Methods that run into {@link Error}s in every place where a user's code can. */
public class Fragile {
    /** The errors; each name is an argument of the methods. */
    enum Kind {
        STACK,
        MEMORY,
        LINKAGE,
        ASSERTION
    }

    static Error error(Kind kind) {
        return switch (kind) {
            case STACK -> new StackOverflowError();
            case MEMORY -> new OutOfMemoryError("no room");
            case LINKAGE -> new NoClassDefFoundError("com/example/Missing");
            case ASSERTION -> new AssertionError("impossible");
        };
    }

    /** A value that cannot be made. */
    public record Unreadable(Kind kind) {
        public Unreadable {
            throw error(kind);
        }
    }

    /** A value that cannot be written. */
    public static class Unwritable {
        private final Kind kind;

        Unwritable(Kind kind) {
            this.kind = kind;
        }

        public String getText() {
            throw error(kind);
        }
    }

    /** An error that cannot even be printed. */
    static class Unprintable extends RuntimeException {
        private final Kind kind;

        Unprintable(Kind kind) {
            this.kind = kind;
        }

        @Override
        public String getMessage() {
            throw error(kind);
        }

        @Override
        public String toString() {
            throw error(kind);
        }
    }

    public void fails(Kind kind) {
        throw error(kind);
    }

    public int recursesForEver(int depth) {
        return depth < 0 ? 0 : recursesForEver(depth + 1) + 1;
    }

    public void takes(Unreadable value) {
        throw new IllegalStateException("never called");
    }

    public Object gives(Kind kind) {
        return new Unwritable(kind);
    }

    public void failsUnprintably(Kind kind) {
        throw new Unprintable(kind);
    }

    public CompletableFuture<Integer> failsLater(Kind kind) {
        CompletableFuture<Integer> result = new CompletableFuture<>();
        Thread.startVirtualThread(() -> result.completeExceptionally(error(kind)));
        return result;
    }

    public CompletableFuture<Object> givesLater(Kind kind) {
        return CompletableFuture.supplyAsync(() -> new Unwritable(kind));
    }

    public Stream<Object> givesMany(Kind kind) {
        return Stream.of(1, 2, new Unwritable(kind));
    }

    public Iterator<Integer> failsAmongMany(Kind kind) {
        return new Iterator<>() {
            private int given;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Integer next() {
                if (given++ == 3) {
                    throw error(kind);
                }
                return given;
            }
        };
    }

    public @Nullable Object echo(@Nullable Object value) {
        return value;
    }
}
