package dev.parley.xmlrpc.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class XmlRpcWriteTest {
    private final XmlRpcMapper mapper = XmlRpcMapper.builder().build();

    private static XmlRpcMapper with(XmlRpcWriteFeature feature, boolean state) {
        return XmlRpcMapper.builder(
                        XmlRpcFactory.builder().configure(feature, state).build(), ZoneId.of("UTC"))
                .build();
    }

    private String write(Object value) {
        return new String(mapper.writeValueAsBytes(value), UTF_8);
    }

    @Test
    void scalars() {
        assertThat(write(5)).isEqualTo("<value><int>5</int></value>");
        assertThat(write(-2147483648L)).isEqualTo("<value><int>-2147483648</int></value>");
        assertThat(write((short) 42)).isEqualTo("<value><int>42</int></value>");
        assertThat(write(BigInteger.TEN)).isEqualTo("<value><int>10</int></value>");
        assertThat(write(true)).isEqualTo("<value><boolean>1</boolean></value>");
        assertThat(write(false)).isEqualTo("<value><boolean>0</boolean></value>");
        assertThat(write(1.5)).isEqualTo("<value><double>1.5</double></value>");
        assertThat(write(0.1f)).isEqualTo("<value><double>0.1</double></value>");
        assertThat(write(Double.NEGATIVE_INFINITY)).isEqualTo("<value><double>-Infinity</double></value>");
        assertThat(write(new BigDecimal("12.50"))).isEqualTo("<value><double>12.50</double></value>");
        assertThat(write("grüße")).isEqualTo("<value><string>grüße</string></value>");
        assertThat(write("")).isEqualTo("<value><string></string></value>");
        UUID id = UUID.fromString("0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9");
        assertThat(write(id)).isEqualTo("<value><string>" + id + "</string></value>");
        assertThat(write("hello".getBytes(UTF_8))).isEqualTo("<value><base64>aGVsbG8=</base64></value>");
        assertThat(write(null)).isEqualTo("<value><nil/></value>");
    }

    @Test
    void ascii() {
        XmlRpcMapper ascii = with(XmlRpcWriteFeature.ASCII, true);
        Map<String, String> value = Map.of("größe", "<é€\uD83D\uDE00>");
        byte[] written = ascii.writeValueAsBytes(value);
        assertThat(new String(written, UTF_8))
                .isEqualTo("<value><struct><member><name>gr&#246;&#223;e</name><value><string>"
                        + "&lt;&#233;&#8364;&#128512;&gt;</string></value></member></struct></value>");
        assertThat(ascii.readValue(written, Object.class)).isEqualTo(value);
        assertThatThrownBy(() -> ascii.writeValueAsBytes("\uD83D")).isInstanceOf(JacksonException.class);
    }

    @Test
    void structure() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("a<b", List.of(1, List.of()));
        map.put("c", Map.of());
        assertThat(write(map))
                .isEqualTo("<value><struct><member><name>a&lt;b</name><value><array><data><value><int>1</int></value>"
                        + "<value><array><data></data></array></value></data></array></value></member>"
                        + "<member><name>c</name><value><struct></struct></value></member></struct></value>");
    }

    @Test
    void textIsEscapedAndComesBack() {
        assertThat(write("<a>&\"']]>\r\n\t"))
                .isEqualTo("<value><string>&lt;a&gt;&amp;\"']]&gt;&#13;\n\t</string></value>");
        String long1 = "x€😀é".repeat(10_000);
        assertThat(mapper.readValue(mapper.writeValueAsBytes(long1), String.class))
                .isEqualTo(long1);
        String lines = "a\rb\r\nc\n";
        assertThat(mapper.readValue(mapper.writeValueAsBytes(lines), String.class))
                .isEqualTo(lines);
    }

    @ParameterizedTest
    @ValueSource(chars = {0, 1, 8, 0xB, 0xC, 0x1F, 0xFFFE, 0xFFFF, 0xD800, 0xDC00})
    void charactersThatXmlCannotCarry(char c) {
        assertThatThrownBy(() -> write("abc" + c + "d"))
                .isInstanceOf(JacksonException.class)
                .hasMessageContaining(String.format("U+%04X at index 3", (int) c));
        assertThatThrownBy(() -> write(Map.of("n" + c, 1))).hasMessageContaining("at index 1");
    }

    @Test
    void bigNumbersNeedLeave() {
        assertThatThrownBy(() -> write(1L << 31))
                .hasMessageContaining("2147483648 does not fit XML-RPC's 32-bit int")
                .hasMessageContaining("i8=true");
        XmlRpcMapper i8 = with(XmlRpcWriteFeature.I8, true);
        assertThat(new String(i8.writeValueAsBytes(1L << 31), UTF_8)).isEqualTo("<value><i8>2147483648</i8></value>");
        assertThat(new String(i8.writeValueAsBytes(5L), UTF_8)).isEqualTo("<value><int>5</int></value>");
        assertThatThrownBy(() -> i8.writeValueAsBytes(BigInteger.ONE.shiftLeft(63)))
                .hasMessageContaining("does not fit a signed 64-bit integer");
    }

    @Test
    void nilCanBeForbidden() {
        assertThatThrownBy(() -> with(XmlRpcWriteFeature.NIL, false).writeValueAsBytes(null))
                .hasMessageContaining("null cannot be sent")
                .hasMessageContaining("nil=true");
    }

    record Formatted(@JsonFormat(pattern = "dd.MM.yyyy") LocalDate day) {}

    @Test
    void datesAndTimes() {
        String expected = "<value><dateTime.iso8601>20261122T20:15:07</dateTime.iso8601></value>";
        Instant instant = Instant.parse("2026-11-22T20:15:07.9Z");
        assertThat(write(LocalDateTime.of(2026, 11, 22, 20, 15, 7, 900))).isEqualTo(expected);
        assertThat(write(instant)).isEqualTo(expected);
        assertThat(write(OffsetDateTime.parse("2026-11-22T22:15:07+02:00"))).isEqualTo(expected);
        assertThat(write(instant.atZone(ZoneId.of("Asia/Tokyo")))).isEqualTo(expected);
        assertThat(write(Date.from(instant))).isEqualTo(expected);
        GregorianCalendar calendar = new GregorianCalendar(TimeZone.getTimeZone("UTC"));
        calendar.setTimeInMillis(instant.toEpochMilli());
        assertThat(write(calendar)).isEqualTo(expected);
        assertThat(write(LocalDate.of(26, 1, 2)))
                .isEqualTo("<value><dateTime.iso8601>00260102T00:00:00</dateTime.iso8601></value>");
        assertThat(write(new Formatted(LocalDate.of(2026, 11, 22)))).contains("<string>22.11.2026</string>");
        assertThatThrownBy(() -> write(LocalDateTime.of(12026, 1, 1, 0, 0))).hasMessageContaining("four digits");
    }

    @Test
    void aValueThatContainsItself() {
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        assertThatThrownBy(() -> write(cycle)).isInstanceOf(JacksonException.class);
    }
}
