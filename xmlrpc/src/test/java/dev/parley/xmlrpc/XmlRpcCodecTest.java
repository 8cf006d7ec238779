package dev.parley.xmlrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.SerializationException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XmlRpcCodecTest {
    private final XmlRpcCodec codec = XmlRpcCodec.defaults();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** As {@code xmlrpc.client.dumps} and {@code loads} of Python 3.11 write and read them. */
    @Test
    void calls() {
        byte[] request = codec.encodeCall("shop.add", 2, "grüße", null, Map.of("a", List.of(1.5)));
        assertThat(new String(request, StandardCharsets.UTF_8))
                .startsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?><methodCall><methodName>shop.add</methodName>")
                .contains("<param><value><int>2</int></value></param>");
        XmlRpcCodec.Call call = codec.decodeCall(request);
        assertThat(call.method()).isEqualTo("shop.add");
        assertThat(call.arguments()).isEqualTo(Arrays.asList(2, "grüße", null, Map.of("a", List.of(1.5))));
        byte[] ofPython = bytes("""
                <?xml version='1.0'?>
                <methodCall>
                <methodName>m</methodName>
                <params>
                <param>
                <value><int>1</int></value>
                </param>
                </params>
                </methodCall>
                """);
        assertThat(codec.decodeCall(ofPython).arguments()).isEqualTo(List.of(1));
        assertThat(codec.decodeCall(bytes("<methodCall><methodName>m</methodName></methodCall>"))
                        .arguments())
                .isEmpty();
    }

    @Test
    void responses() {
        assertThat(codec.decodeResponse(codec.encodeResult(5), int.class)).isEqualTo(5);
        assertThat(codec.decodeResponse(codec.encodeResult(5), Long.class)).isEqualTo(5L);
        assertThat(codec.decodeResponse(codec.encodeResult(null), String.class)).isNull();
        assertThat(codec.decodeResponse(codec.encodeResult(List.of("a")), Object.class))
                .isEqualTo(List.of("a"));
        assertThat(codec.decodeResponse(bytes("<methodResponse><params></params></methodResponse>"), Object.class))
                .isNull();
        byte[] text = codec.encodeResult("five");
        assertThatThrownBy(() -> codec.decodeResponse(text, int.class))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("int");
    }

    @Test
    void faults() {
        byte[] fault = codec.encodeFault(404, "no\u0000 tea");
        assertThatThrownBy(() -> codec.decodeResponse(fault, Object.class))
                .isInstanceOfSatisfying(
                        RemoteException.class, e -> assertThat(e.code()).isEqualTo(404))
                .hasMessage("no\uFFFD tea");
        byte[] unknown = codec.encodeFault(-32601, "no m");
        assertThatThrownBy(() -> codec.decodeResponse(unknown, Object.class))
                .isInstanceOf(MethodNotFoundException.class);
    }

    @Test
    void optionsAndLimits() {
        XmlRpcCodec paris = XmlRpcCodec.of("i8=true&zone=Europe/Paris&ascii=true&nil=false", Limits.defaults());
        assertThat(new String(paris.encodeResult(List.of(1L << 40, Instant.EPOCH, "é")), StandardCharsets.US_ASCII))
                .contains("<i8>1099511627776</i8>", "19700101T01:00:00", "&#233;");
        assertThatThrownBy(() -> paris.encodeResult(null)).isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> codec.encodeCall("m", 1L << 40))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("i8=true");
        XmlRpcCodec php = XmlRpcCodec.of("peer=php", Limits.defaults());
        assertThat(php.decodeResponse(codec.encodeResult("5"), int.class)).isEqualTo(5);
        XmlRpcCodec small = XmlRpcCodec.of("", Limits.defaults().withMessageBytes(1000));
        byte[] large = codec.encodeCall("m", "x".repeat(1000));
        assertThatThrownBy(() -> small.decodeCall(large))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("limit");
        for (String wrong : new String[] {"i9=true", "i8=maybe", "zone=Nowhere", "token=x"}) {
            assertThatThrownBy(() -> XmlRpcCodec.of(wrong, Limits.defaults()))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining(wrong.substring(0, wrong.indexOf('=')));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "<methodCall>",
                "<methodCall><methodName>m</methodName><params><param><value>1</value></param></params>",
                "<methodCall><methodName>m</methodName></methodCall>x",
                "<methodResponse><params><param><value>1</value></param></params>",
                "<methodResponse><params><param><value>1</value></param></params></methodResponse>x",
                "<methodResponse><fault><value><int>1</int></value></fault></methodResponse>"
            })
    void malformedMessages(String text) {
        assertThatThrownBy(() -> codec.decodeCall(bytes(text))).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> codec.decodeResponse(bytes(text), Object.class))
                .isInstanceOf(ProtocolException.class);
    }
}
