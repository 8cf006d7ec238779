package dev.parley.xmlrpc;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.parley.ProtocolException;
import dev.parley.xmlrpc.format.XmlRpcMapper;
import dev.parley.xmlrpc.format.XmlRpcParser;
import dev.parley.xmlrpc.format.XmlRpcWriteFeature;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;

/**
 * Jazzer searches for documents that the XML-RPC reader fails on in other ways than documented, or whose values change
 * when they are written and read again. By default the seeds alone run; with {@code JAZZER_FUZZ=1} in the environment the
 * selected test is fuzzed.
 */
class XmlRpcFuzzTest {
    private static final XmlRpcMapper MAPPER = XmlRpcMapper.builder().build();
    private static final Messages MESSAGES = new Messages(MAPPER);

    static Stream<byte[]> documents() {
        String head = "<?xml version=\"1.0\" encoding='UTF-8'?>\n<!-- c --><methodResponse><params><param>";
        String end = "</param></params></methodResponse>";
        return Stream.concat(
                Stream.of(
                                head + "<value><struct><member><name>a</name><value><i8>1</i8></value></member>"
                                        + "<member><name>\n b\n</name><value/></member></struct></value>" + end,
                                head
                                        + "<value><array><data><value>t&amp;&#x41;<![CDATA[<]]></value><value><double>1e5</double>"
                                        + "</value><value><nil/></value></data></array></value>" + end,
                                head + "<ex:dateTime>20260101T00:00:00.5+0100</ex:dateTime>" + end,
                                head + "<value><base64>aGk=</base64></value></param><param><value>2</value>" + end,
                                head + "<array><value><boolean>True</boolean></value></array>" + end,
                                "\ufeff\n<methodResponse><fault><struct><member><name>faultString</name><value>x</value>"
                                        + "</member></struct></fault></methodResponse>",
                                "<methodCall><methodName> a.b </methodName><params><param><value><dateTime.iso8601>"
                                        + "00000000T00:00:00</dateTime.iso8601></value></param></params></methodCall>",
                                "<methodCall><methodName>m</methodName></methodCall>",
                                "<!DOCTYPE x><methodCall/>",
                                head + "<value a='1' b=\"2\">\r\n</value>" + end,
                                head + "<value>&lt;&bogus;")
                        .map(text -> text.getBytes(UTF_8)),
                Stream.of("<methodCall><methodName>m</methodName><params/></methodCall>".getBytes(UTF_16)));
    }

    @MethodSource("documents")
    @FuzzTest
    void calls(byte[] document) {
        try (XmlRpcParser arguments = MESSAGES.readCall(document, null).arguments()) {
            check(arguments);
        } catch (ProtocolException | JacksonException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    @MethodSource("documents")
    @FuzzTest
    void responses(byte[] document) {
        for (boolean all : new boolean[] {false, true}) {
            try (XmlRpcParser value = MESSAGES.readResponse(document, "text/xml; charset=ISO-8859-1", all)
                    .value()) {
                if (value != null) {
                    check(value);
                }
            } catch (ProtocolException | JacksonException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    @MethodSource("documents")
    @FuzzTest
    void faults(byte[] document) {
        try {
            Messages.Response response = MESSAGES.readResponse(document, null, false);
            if (response.fault() && response.value() != null) {
                Object struct = MAPPER.readerFor(Object.class).readValue(response.value());
                assertThat(Fault.of(struct).toException().getMessage()).isNotNull();
            }
        } catch (ProtocolException | JacksonException | IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    /** What is read can be written, and read again as the same. */
    private static void check(XmlRpcParser parser) {
        Object value = MAPPER.readerFor(Object.class).readValue(parser);
        byte[] written = write(value);
        Object again = MAPPER.readValue(written, Object.class);
        assertThat(write(again)).isEqualTo(written);
    }

    private static byte[] write(Object value) {
        return MAPPER.writer().with(XmlRpcWriteFeature.I8).writeValueAsBytes(value);
    }
}
