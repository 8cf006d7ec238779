package dev.parley;

import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An option of a call that only some wires have, such as the call monitor of oslo.messaging. Wires declare theirs as
 * constants; {@link CallOptions#with} sets one. A client of another wire refuses it. Known by its identity. Immutable.
 *
 * @param <T> the type of its value
 */
public final class CallOption<T> {
    private final String name;
    private final Consumer<? super T> check;

    private CallOption(String name, Consumer<? super T> check) {
        this.name = name;
        this.check = check;
    }

    /** An option that takes any value. */
    public static <T> CallOption<T> of(String name) {
        return of(name, value -> {});
    }

    /**
     * An option whose values are checked when they are set.
     *
     * @param name its name in error messages
     * @param check throws {@link IllegalArgumentException} for a value that is out of range
     */
    public static <T> CallOption<T> of(String name, Consumer<? super T> check) {
        return new CallOption<>(Objects.requireNonNull(name, "name"), Objects.requireNonNull(check, "check"));
    }

    /** Its name. */
    public String name() {
        return name;
    }

    void check(@Nullable T value) {
        if (value != null) {
            check.accept(value);
        }
    }

    /** The name. */
    @Override
    public String toString() {
        return name;
    }
}
