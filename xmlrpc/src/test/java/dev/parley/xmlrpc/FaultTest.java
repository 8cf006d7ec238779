package dev.parley.xmlrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FaultTest {
    @Test
    void aFailedMethod() {
        RpcException error = RemoteException.of("ValueError", "bad thing").withModule("builtins");
        assertThat(Fault.of(error, false)).isEqualTo(new Fault(-32500, "ValueError: bad thing"));
        assertThat(Fault.of(error, true)).isEqualTo(new Fault(1, "<class 'ValueError'>:bad thing"));
        assertThat(Fault.of(RemoteException.of("no such job").withCode(404), false))
                .isEqualTo(new Fault(404, "no such job"));
        assertThat(Fault.of(RemoteException.of("no such job"), true))
                .isEqualTo(new Fault(1, "<class 'Exception'>:no such job"));
        assertThat(Fault.of(RemoteException.of("Gone", "x").withModule("my.app"), true))
                .isEqualTo(new Fault(1, "<class 'my.app.Gone'>:x"));
    }

    @Test
    void anUnknownMethod() {
        assertThat(Fault.of(new MethodNotFoundException("no method 'x'"), false))
                .isEqualTo(new Fault(-32601, "no method 'x'"));
        assertThat(Fault.of(new MethodNotFoundException("no method 'x'"), true).text())
                .isEqualTo("<class 'Exception'>:no method 'x'");
    }

    private static Stream<RpcException> errors() {
        return Stream.of(
                new MethodNotFoundException("what it was"),
                new InvalidArgumentsException("what it was"),
                new ProtocolException("what it was"),
                new UnsupportedVersionException("what it was"),
                new RpcTimeoutException("what it was"),
                new ConnectionLostException("what it was"),
                new DeliveryException("what it was"),
                new InvalidTargetException("what it was"),
                new SerializationException("what it was"),
                new AccessDeniedException("what it was"),
                new OverloadedException("what it was"),
                RemoteException.of("what it was"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void everyErrorComesBack(RpcException error) {
        RpcException back = Fault.of(error, false).toException();
        assertThat(back).hasSameClassAs(error).hasMessage("what it was");
    }

    @Test
    void codesOfOtherServersStayTheirs() {
        for (int code : new int[] {-32010, -32016, -32017, -32099, 1, 0}) {
            assertThat(new Fault(code, "quota exceeded").toException())
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.code()).isEqualTo(code);
                        assertThat(e.remoteMessage()).isEqualTo("quota exceeded");
                    });
        }
        assertThat(new Fault(-32602, "2 arguments, please").toException())
                .isInstanceOfSatisfying(
                        InvalidArgumentsException.class,
                        e -> assertThat(e.code()).isEqualTo(-32602));
    }

    @Test
    void whatPythonsServersSay() {
        assertThat(new Fault(1, "<class 'ValueError'>:bad\nthing").toException())
                .isInstanceOfSatisfying(RemoteException.class, e -> {
                    assertThat(e.type()).isEqualTo("ValueError");
                    assertThat(e.module()).isEqualTo("builtins");
                    assertThat(e.remoteMessage()).isEqualTo("bad\nthing");
                    assertThat(e.code()).isEqualTo(1);
                });
        assertThat(new Fault(1, "<type 'exceptions.ValueError'>:bad").toException())
                .isInstanceOfSatisfying(RemoteException.class, e -> {
                    assertThat(e.type()).isEqualTo("ValueError");
                    assertThat(e.module()).isEqualTo("builtins");
                });
        assertThat(new Fault(1, "<class 'my.app.Gone'>:").toException())
                .isInstanceOfSatisfying(RemoteException.class, e -> {
                    assertThat(e.type()).isEqualTo("Gone");
                    assertThat(e.module()).isEqualTo("my.app");
                });
        assertThat(new Fault(1, "<class 'Exception'>:method \"nosuch\" is not supported").toException())
                .isInstanceOf(MethodNotFoundException.class);
        assertThat(new Fault(1, "<type 'exceptions.Exception'>:method \"nosuch\" is not supported").toException())
                .isInstanceOf(MethodNotFoundException.class);
    }

    @Test
    void codesOfTheInteroperabilitySet() {
        assertThat(new Fault(-32601, "x").toException()).isInstanceOf(MethodNotFoundException.class);
        assertThat(new Fault(-32602, "x").toException()).isInstanceOf(InvalidArgumentsException.class);
        assertThat(new Fault(-32700, "x").toException()).isInstanceOf(ProtocolException.class);
        assertThat(new Fault(-32500, "KeyError: 'x'").toException())
                .isInstanceOfSatisfying(
                        RemoteException.class, e -> assertThat(e.type()).isEqualTo("KeyError"));
        assertThat(new Fault(4, "Too many parameters.").toException())
                .isInstanceOfSatisfying(RemoteException.class, e -> {
                    assertThat(e.code()).isEqualTo(4);
                    assertThat(e.remoteMessage()).isEqualTo("Too many parameters.");
                });
    }

    @Test
    void structsThatPeersSend() {
        Map<String, Object> more = Map.of("faultCode", 7, "faultString", "x", "more", true);
        assertThat(Fault.of(more)).isEqualTo(new Fault(7, "x", more));
        assertThat(Fault.of(Map.of("faultCode", " 7 ", "faultString", "x"))).isEqualTo(new Fault(7, "x"));
        Map<String, Object> word = Map.of("faultCode", "E7", "faultString", "x");
        assertThat(Fault.of(word)).isEqualTo(new Fault(-32500, "E7: x", word));
        for (Object wrong : Arrays.asList(null, 5, Map.of())) {
            assertThatThrownBy(() -> Fault.of(wrong))
                    .hasMessageContaining("must be a struct of faultCode and faultString");
        }
    }
}
