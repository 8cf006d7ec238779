package dev.parley.xmlrpc.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.exc.MismatchedInputException;

class XmlRpcReadTest {
    private final XmlRpcMapper mapper = XmlRpcMapper.builder().build();

    private Object read(String xml) {
        return mapper.readValue(xml.getBytes(UTF_8), Object.class);
    }

    private <T> T read(String xml, Class<T> type) {
        return mapper.readValue(xml.getBytes(UTF_8), type);
    }

    private Object value(String content) {
        return read("<value>" + content + "</value>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"int", "i4", "i8", "i1", "i2", "biginteger"})
    void wholeNumbersOfEveryTag(String tag) {
        assertThat(value("<" + tag + ">300</" + tag + ">")).isEqualTo(300);
        assertThat(value("<" + tag + "> \n-7 </" + tag + ">")).isEqualTo(-7);
        assertThat(value("<" + tag + ">+7</" + tag + ">")).isEqualTo(7);
        assertThat(value("<" + tag + ">-9223372036854775808</" + tag + ">")).isEqualTo(Long.MIN_VALUE);
        assertThat(value("<" + tag + ">123456789012345678901234567890</" + tag + ">"))
                .isEqualTo(new BigInteger("123456789012345678901234567890"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "1.0", "1_000", "0x10", "+-1", "- 1", "one", "１"})
    void noWholeNumber(String text) {
        assertThatThrownBy(() -> value("<int>" + text + "</int>"))
                .isInstanceOf(JacksonException.class)
                .hasMessageContaining("is not a whole number");
    }

    @ParameterizedTest
    @CsvSource({
        "1.5, 1.5",
        "1e+16, 1e16",
        "-1.7976931348623157e+308, -1.7976931348623157e308",
        "inf, Infinity",
        "-inf, -Infinity",
        "nan, NaN",
        "NaN, NaN",
        "Infinity, Infinity",
        ".5, 0.5",
        "5., 5.0",
        "' 7 ', 7.0"
    })
    void doubles(String text, double expected) {
        assertThat(value("<double>" + text + "</double>")).isEqualTo(expected);
        assertThat(value("<float>" + text + "</float>")).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1d", "0x1p3", "1,5", "1e", "--1", "1.2.3", "e5"})
    void noDouble(String text) {
        assertThatThrownBy(() -> value("<double>" + text + "</double>")).hasMessageContaining("is not a number");
    }

    @Test
    void decimalsKeepTheirDigits() {
        assertThat(value("<bigdecimal>12345678901234567890.10</bigdecimal>"))
                .isEqualTo(new BigDecimal("12345678901234567890.10"));
        assertThat(read("<value><double>0.10</double></value>", BigDecimal.class))
                .isEqualTo(new BigDecimal("0.10"));
    }

    @Test
    void aHugeExponentIsNotWrittenOut() {
        assertThatThrownBy(() -> read("<value><bigdecimal>1e999999999</bigdecimal></value>", BigInteger.class))
                .isInstanceOf(JacksonException.class);
    }

    @Test
    void booleansAreZeroOrOneOrWords() {
        assertThat(value("<boolean>1</boolean>")).isEqualTo(true);
        assertThat(value("<boolean> 0\n</boolean>")).isEqualTo(false);
        assertThat(value("<boolean>true</boolean>")).isEqualTo(true);
        assertThat(value("<boolean> False </boolean>")).isEqualTo(false);
        assertThatThrownBy(() -> value("<boolean>2</boolean>")).hasMessageContaining("'2' is not 0 or 1");
        assertThatThrownBy(() -> value("<boolean/>")).hasMessageContaining("'' is not 0 or 1");
    }

    @Test
    void stringsWithAndWithoutTag() {
        assertThat(value("<string> two  blanks \n</string>")).isEqualTo(" two  blanks \n");
        assertThat(value("  bare  ")).isEqualTo("  bare  ");
        assertThat(value("")).isEqualTo("");
        assertThat(read("<value/>")).isEqualTo("");
        assertThat(value("<string/>")).isEqualTo("");
        assertThat(value("   ")).isEqualTo("   ");
        assertThat(value("a&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;&#13;b")).isEqualTo("a<>&\"'A😀\rb");
        assertThat(value("<string>a<!-- no -->b<![CDATA[<c>&amp;]]>d<?pi x?>e</string>"))
                .isEqualTo("ab<c>&amp;de");
        assertThat(value("a\r\nb\rc")).isEqualTo("a\nb\nc");
    }

    @Test
    void blanksAroundATypedValueAreNothing() {
        assertThat(value("\n  <int>5</int>\n  ")).isEqualTo(5);
        assertThatThrownBy(() -> value("x<int>5</int>")).hasMessageContaining("both text 'x' and an element <int>");
        assertThatThrownBy(() -> value("<int>5</int>x")).hasMessageContaining("text 'x");
        assertThatThrownBy(() -> value("<int>5</int><int>6</int>"))
                .hasMessageContaining("expected </value> but found <int>");
    }

    @Test
    void arraysAndStructs() {
        assertThat(value("<array><data><value><i4>1</i4></value><value>two</value>"
                        + "<value><array><data/></array></value><value><array/></value></data></array>"))
                .isEqualTo(List.of(1, "two", List.of(), List.of()));
        assertThat(value("<struct>\n<member>\n<name>a</name>\n<value><int>1</int></value>\n</member>"
                        + "<member><name> b </name><value><struct/></value></member></struct>"))
                .isEqualTo(Map.of("a", 1, " b ", Map.of()));
        assertThat(value("<struct><member><name>a</name><value>1</value></member>"
                        + "<member><name>a</name><value>2</value></member></struct>"))
                .as("the last of a repeated member")
                .isEqualTo(Map.of("a", "2"));
    }

    @Test
    void nilWithAnyPrefixDeclaredOrNot() {
        assertThat(value("<nil/>")).isNull();
        assertThat(value("<ex:nil/>")).isNull();
        assertThat(read("<value xmlns:ex='http://ws.apache.org/xmlrpc/namespaces/extensions'>"
                        + "<ex:nil></ex:nil></value>"))
                .isNull();
        assertThat(value("<ex:i8>5</ex:i8>")).isEqualTo(5);
        assertThat(value("<ex:bigdecimal>1.50</ex:bigdecimal>")).isEqualTo(new BigDecimal("1.50"));
    }

    @Test
    void aUuidIsReadFromTextAndFromItsBytes() {
        UUID id = UUID.fromString("0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9");
        assertThat(read("<value>" + id + "</value>", UUID.class)).isEqualTo(id);
        assertThat(read("<value><base64>ChssPU5fYHGCk6S1xtfo+Q==</base64></value>", UUID.class))
                .isEqualTo(id);
        assertThatThrownBy(() -> read("<value><base64>AAAA</base64></value>", UUID.class))
                .isInstanceOf(JacksonException.class);
    }

    @Test
    void binaryIgnoresBadCharacters() {
        assertThat((byte[]) value("<base64>\naGVs\r\nbG8=\n</base64>")).isEqualTo("hello".getBytes(UTF_8));
        assertThat((byte[]) value("<base64>aG!V s*bG8</base64>")).isEqualTo("hello".getBytes(UTF_8));
        assertThat((byte[]) value("<base64/>")).isEmpty();
        assertThat(read("<value>aGVsbG8=</value>", byte[].class))
                .as("a plain string for a byte[]")
                .isEqualTo("hello".getBytes(UTF_8));
        assertThatThrownBy(() -> value("<base64>a</base64>")).hasMessageContaining("is not valid base64");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "20261122T20:15:07",
                "2026-11-22T20:15:07",
                "20261122T201507",
                " 2026-11-22 20:15:07 ",
                "20261122T20:15:07.000",
                "20261122T20:15:07,0"
            })
    void datesAndTimes(String text) {
        assertThat(value("<dateTime.iso8601>" + text + "</dateTime.iso8601>"))
                .isEqualTo(LocalDateTime.of(2026, 11, 22, 20, 15, 7));
    }

    @Test
    void datesAndTimesWithFractionAndZone() {
        assertThat(value("<dateTime.iso8601>20261122T20:15:07.25Z</dateTime.iso8601>"))
                .isEqualTo(OffsetDateTime.of(2026, 11, 22, 20, 15, 7, 250_000_000, ZoneOffset.UTC));
        for (String zone : List.of("+02", "+0200", "+02:00")) {
            assertThat(value("<dateTime.iso8601>2026-11-22T20:15:07" + zone + "</dateTime.iso8601>"))
                    .isEqualTo(OffsetDateTime.of(2026, 11, 22, 20, 15, 7, 0, ZoneOffset.ofHours(2)));
        }
        assertThat(value("<dateTime.iso8601>20261122</dateTime.iso8601>"))
                .isEqualTo(LocalDateTime.of(2026, 11, 22, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"yesterday", "20261322T00:00:00", "20261122T25:00:00", "20261122T20:15:07+2", "20261122T"})
    void noDateAndTimeIsItsText(String text) {
        assertThat(value("<dateTime.iso8601>" + text + "</dateTime.iso8601>")).isEqualTo(text);
        assertThatThrownBy(() ->
                        read("<value><dateTime.iso8601>" + text + "</dateTime.iso8601></value>", LocalDateTime.class))
                .isInstanceOf(JacksonException.class)
                .hasMessageContaining(text);
    }

    @Test
    void everyJavaTypeOfDateAndTime() {
        String plain = "<value><dateTime.iso8601>20261122T20:15:07</dateTime.iso8601></value>";
        Instant instant = Instant.parse("2026-11-22T20:15:07Z");
        assertThat(read(plain, Instant.class)).isEqualTo(instant);
        assertThat(read(plain, OffsetDateTime.class)).isEqualTo(instant.atOffset(ZoneOffset.UTC));
        assertThat(read(plain, ZonedDateTime.class)).isEqualTo(instant.atZone(ZoneOffset.UTC));
        assertThat(read(plain, Date.class)).isEqualTo(Date.from(instant));
        assertThat(read(plain, LocalDate.class)).isEqualTo(LocalDate.of(2026, 11, 22));
        assertThat(read(plain, String.class)).isEqualTo("20261122T20:15:07");
        String zoned = "<value><dateTime.iso8601>20261122T20:15:07+02:00</dateTime.iso8601></value>";
        assertThat(read(zoned, Instant.class)).isEqualTo(instant.minusSeconds(7200));
        assertThat(read(zoned, LocalDateTime.class)).isEqualTo(LocalDateTime.of(2026, 11, 22, 18, 15, 7));
        XmlRpcMapper paris = XmlRpcMapper.builder(XmlRpcFactory.builder().build(), ZoneId.of("Europe/Paris"))
                .build();
        assertThat(paris.readValue(plain.getBytes(UTF_8), Instant.class)).isEqualTo(instant.minusSeconds(3600));
        assertThat(read("<value>2026-11-22T20:15:07Z</value>", Instant.class)).isEqualTo(instant);
    }

    record Point(int x, Integer y, List<String> tags, LocalDateTime when) {}

    @Test
    void recordsFromStructs() {
        assertThat(read(
                        "<value><struct><member><name>x</name><value><int>1</int></value></member>"
                                + "<member><name>y</name><value><nil/></value></member>"
                                + "<member><name>when</name><value>"
                                + "<dateTime.iso8601>20261122T20:15:07</dateTime.iso8601></value></member>"
                                + "<member><name>tags</name><value><array><data><value>a</value></data></array></value>"
                                + "</member></struct></value>",
                        Point.class))
                .isEqualTo(new Point(1, null, List.of("a"), LocalDateTime.of(2026, 11, 22, 20, 15, 7)));
        assertThatThrownBy(() -> read("<value><array><data/></array></value>", Point.class))
                .isInstanceOf(MismatchedInputException.class);
    }

    @Test
    void everyEncoding() {
        for (String name : List.of("UTF-8", "ISO-8859-1", "windows-1252", "Shift_JIS", "KOI8-R")) {
            Charset charset = Charset.forName(name);
            String text = charset.newEncoder().canEncode("é")
                    ? "é"
                    : charset.newEncoder().canEncode("日本") ? "日本" : "Привет";
            byte[] document =
                    ("<?xml version=\"1.0\" encoding='" + name + "'?>\n<value>" + text + "</value>").getBytes(charset);
            assertThat(mapper.readValue(document, String.class)).as(name).isEqualTo(text);
        }
        assertThat(mapper.readValue(
                        "<?xml version='1.0' encoding='utf-16'?><value>é€😀</value>".getBytes(StandardCharsets.UTF_16),
                        String.class))
                .isEqualTo("é€😀");
        assertThat(mapper.readValue(
                        "<?xml version='1.0' encoding='utf-16'?><value>é</value>".getBytes(StandardCharsets.UTF_16LE),
                        String.class))
                .isEqualTo("é");
        assertThat(mapper.readValue("<value>é</value>".getBytes(StandardCharsets.UTF_16BE), String.class))
                .isEqualTo("é");
        assertThat(read("\uFEFF<?xml version='1.0'?><value>é</value>")).isEqualTo("é");
    }

    @Test
    void bytesThatAreNotOfTheEncoding() {
        assertThatThrownBy(
                        () -> mapper.readValue("<value>é</value>".getBytes(StandardCharsets.ISO_8859_1), String.class))
                .hasMessageContaining("byte 0xE9 at offset 7 is not valid UTF-8");
        assertThatThrownBy(() -> read("<?xml version='1.0' encoding='nope'?><value/>"))
                .hasMessageContaining("unknown encoding 'nope'");
        assertThatThrownBy(() -> read("<?xml version='1.0' encoding='utf-16'?><value/>"))
                .hasMessageContaining("says that the encoding is utf-16");
    }

    @Test
    void limits() {
        XmlRpcMapper small = XmlRpcMapper.builder(
                        XmlRpcFactory.builder()
                                .streamReadConstraints(StreamReadConstraints.builder()
                                        .maxNestingDepth(10)
                                        .maxStringLength(100)
                                        .maxNumberLength(20)
                                        .maxNameLength(50)
                                        .maxTokenCount(1000)
                                        .maxDocumentLength(100_000)
                                        .build())
                                .build(),
                        ZoneOffset.UTC)
                .build();
        for (String document : List.of(
                "<value><array><data>".repeat(11) + "</data></array></value>".repeat(11),
                "<value>" + "x".repeat(101) + "</value>",
                "<value>" + "x&amp;".repeat(60) + "</value>",
                "<value><![CDATA[" + "x".repeat(101) + "]]></value>",
                "<value><int>" + "1".repeat(21) + "</int></value>",
                "<value><double>" + "1".repeat(21) + "</double></value>",
                "<value><struct><member><name>" + "n".repeat(51) + "</name><value/></member></struct></value>",
                "<value " + "a".repeat(51) + "=''/>",
                "<value><array><data>" + "<value/>".repeat(1000) + "</data></array></value>",
                "<value>" + " ".repeat(100_000) + "</value>")) {
            assertThatThrownBy(() -> small.readValue(document.getBytes(UTF_8), Object.class))
                    .as(document.substring(0, 20))
                    .isInstanceOf(StreamConstraintsException.class);
        }
        String fits = "<value><array><data>".repeat(10) + "</data></array></value>".repeat(10);
        assertThat(small.readValue(fits.getBytes(UTF_8), Object.class)).isInstanceOf(List.class);
    }

    @Test
    void whatIsNoValue() {
        assertThatThrownBy(() -> value("<serializable>x</serializable>"))
                .hasMessageContaining("unknown type <serializable>")
                .hasMessageContaining("the types are int");
        assertThatThrownBy(() -> value("<struct><name>a</name></struct>"))
                .hasMessageContaining("expected <member> but found <name>");
        assertThatThrownBy(() -> value("<array><int/></array>"))
                .hasMessageContaining("expected <data> but found <int>");
        assertThatThrownBy(() -> value("<struct><member><value/><name>a</name></member></struct>"))
                .hasMessageContaining("expected <name> but found <value>");
        assertThatThrownBy(() -> value("<int><b>1</b></int>")).hasMessageContaining("<b> inside <int>");
        assertThatThrownBy(() -> value("<nil>x</nil>")).hasMessageContaining("must be empty");
        assertThatThrownBy(() -> read("<int>1</int>")).hasMessageContaining("expected <value> but found <int>");
    }

    @Test
    void theErrorTellsThePlace() {
        assertThatThrownBy(() -> read("<value>\n <int>x</int>\n</value>"))
                .isInstanceOfSatisfying(JacksonException.class, e -> {
                    assertThat(e.getLocation().getLineNr()).isEqualTo(2);
                    assertThat(e.getLocation().getColumnNr()).isEqualTo(8);
                });
    }
}
