package dev.parley.zerorpc.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.DeliveryException;
import dev.parley.InvalidArgumentsException;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.SerializationException;
import dev.parley.UnsupportedVersionException;
import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import dev.parley.zerorpc.msgpack.MsgpackCursor;
import dev.parley.zerorpc.msgpack.MsgpackFactory;
import dev.parley.zerorpc.msgpack.MsgpackMapper;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** ERR events: what Python sees of an error, and what a Parley peer gets back. */
class ErrorsTest {
    private static final MsgpackMapper MAPPER =
            MsgpackMapper.builder(MsgpackFactory.builder().build()).build();

    private final EventWriter writer = new EventWriter(MAPPER);
    private final MessageId channel = writer.nextId();

    private Event written(int version, RpcException error) {
        return Event.parse(Errors.write(writer, channel, version, "run", error).toByteArray());
    }

    private static String name(Event event) {
        MsgpackCursor args = event.args();
        args.readArrayHeader();
        return args.readString();
    }

    static Stream<Arguments> everyClass() {
        return Stream.of(
                Arguments.of("TypeError", new InvalidArgumentsException("m")),
                Arguments.of("UnsupportedVersion", new UnsupportedVersionException("m")),
                Arguments.of("TimeoutError", new RpcTimeoutException("m")),
                Arguments.of("ConnectionError", new ConnectionLostException("m")),
                Arguments.of("MessageDeliveryFailure", new DeliveryException("m")),
                Arguments.of("InvalidTarget", new InvalidTargetException("m")),
                Arguments.of("ValueError", new ProtocolException("m")),
                Arguments.of("TypeError", new SerializationException("m")),
                Arguments.of("PermissionError", new AccessDeniedException("m")),
                Arguments.of("BlockingIOError", new OverloadedException("m")),
                Arguments.of("BlockingIOError", new OverloadedException("m", 7, null)));
    }

    @ParameterizedTest
    @MethodSource("everyClass")
    void pythonSeesANameItKnowsAndParleyTheClass(String name, RpcException error) {
        Event event = written(3, error);
        assertThat(event.problem()).isNull();
        assertThat(name(event)).isEqualTo(name);
        RpcException read = Errors.read(event, "run");
        assertThat(read).hasSameClassAs(error).hasMessage("m").isNotSameAs(error);
        assertThat(read.code()).isEqualTo(error.code());
    }

    @Test
    void anUnknownMethodIsPythonsNameErrorOfTheMethod() {
        Event event = written(3, new MethodNotFoundException("there is no method run", 12, null));
        assertThat(name(event)).isEqualTo("NameError");
        RpcException read = Errors.read(event, "run");
        assertThat(read).isInstanceOf(MethodNotFoundException.class).hasMessageContaining("run");
        assertThat(read.code()).isEqualTo(12);
    }

    @Test
    void aCodeOfAMethodsOwnIsNeverTakenForAClass() {
        for (int code : new int[] {-32601, -32602, -32700, 0, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            Event event = written(
                    3,
                    RemoteException.of("JobError", "no such job")
                            .withCode(code)
                            .withTraceback(List.of("one\n", "two\n"))
                            .withData("data does not travel"));
            assertThat(Errors.read(event, "run")).isInstanceOfSatisfying(RemoteException.class, read -> {
                assertThat(read.type()).isEqualTo("JobError");
                assertThat(read.remoteMessage()).isEqualTo("no such job");
                assertThat(read.code()).isEqualTo(code);
                assertThat(read.traceback()).containsExactly("one\n", "two\n");
                assertThat(read.data()).isNull();
            });
        }
    }

    @Test
    void anErrorWithoutACodeHasNoExtraHeaderKey() {
        assertThat(written(3, RemoteException.of("JobError", "m")).hasExtraHeaders())
                .isFalse();
        assertThat(Errors.read(written(3, RemoteException.of("m")), "run"))
                .isInstanceOfSatisfying(
                        RemoteException.class, read -> assertThat(read.type()).isEqualTo("Exception"));
    }

    private static Event foreign(String key, @Nullable Object value, Object... texts) {
        MsgpackBuffer out = new MsgpackBuffer();
        MAPPER.writeValue(out, List.of(Collections.singletonMap(key, value), "ERR", List.of(texts)));
        return Event.parse(out.toByteArray());
    }

    @Test
    void headerKeysThatSayNothingAreIgnored() {
        for (Event event : List.of(
                foreign("parley_error", "RemoteException", "JobError", "m", "t"),
                foreign("parley_error", "NoSuchException", "JobError", "m", "t"),
                foreign("parley_error", 5, "JobError", "m", "t"),
                foreign("parley_error", null, "JobError", "m", "t"),
                foreign("parley_code", "404", "JobError", "m", "t"),
                foreign("parley_code", 1L << 40, "JobError", "m", "t"),
                foreign("trace_id", "x", "JobError", "m", "t"),
                foreign("message_id", 1, "JobError", "m", "t"))) {
            assertThat(event.problem()).isNull();
            assertThat(Errors.read(event, "run")).isInstanceOfSatisfying(RemoteException.class, read -> {
                assertThat(read.type()).isEqualTo("JobError");
                assertThat(read.code()).isNull();
            });
        }
    }

    @Test
    void callersOfVersion1GetOneText() {
        Event event = written(1, new OverloadedException("it's \\ full"));
        MsgpackCursor args = event.args();
        assertThat(args.readArrayHeader()).isEqualTo(1);
        assertThat(args.readString()).isEqualTo("BlockingIOError('it\\'s \\\\ full')");
    }
}
