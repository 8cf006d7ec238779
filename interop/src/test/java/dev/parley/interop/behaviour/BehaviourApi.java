package dev.parley.interop.behaviour;

import dev.parley.Idempotent;
import dev.parley.OneWay;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The typed face of {@link BehaviourService}: arguments go by position or by name, as the wire has it. */
interface BehaviourApi {
    enum State {
        NEW,
        RUNNING
    }

    record Job(String name, List<String> steps, State state, double weight) {}

    int add(int a, int b);

    @Nullable
    Object echo(@Nullable Object value);

    byte[] reverse(byte[] bytes);

    Job run(Job job);

    LocalDateTime nextDay(LocalDateTime time);

    String greet(String name, String greeting, Optional<String> mark);

    Map<String, Integer> count(List<String> words);

    @OneWay
    void note(String text);

    CompletableFuture<Integer> later(int value);

    Stream<Integer> range(int n);

    void fail(String message);

    void sell(String item);

    CompletableFuture<Integer> sellLater(String item);

    Stream<Integer> sellMany(int items);

    Object unencodable();

    String sleep(int millis) throws InterruptedException;

    @Idempotent
    int busyTwice();

    void failWithCode(int code);
}
