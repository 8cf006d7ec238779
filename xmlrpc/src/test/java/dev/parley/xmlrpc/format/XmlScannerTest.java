package dev.parley.xmlrpc.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class XmlScannerTest {
    private final XmlRpcMapper mapper = XmlRpcMapper.builder().build();

    private Object read(String xml) {
        return mapper.readValue(xml.getBytes(UTF_8), Object.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE value><value/>",
                "<!DOCTYPE value SYSTEM \"file:///etc/passwd\"><value/>",
                "<!DOCTYPE value [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><value>&x;</value>",
                "<!DOCTYPE value [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/\"> %p;]><value/>",
                "<?xml version='1.0'?>\n<!DOCTYPE lolz [<!ENTITY a \"lol\">"
                        + "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]><value>&b;</value>"
            })
    void documentTypesAreRefused(String xml) {
        assertThatThrownBy(() -> read(xml)).hasMessageContaining("(<!DOCTYPE>) is not allowed");
    }

    @Test
    void entitiesAreRefused() {
        assertThatThrownBy(() -> read("<value>&nbsp;</value>")).hasMessageContaining("unsupported entity '&nbsp;'");
        assertThatThrownBy(() -> read("<value>a & b</value>")).hasMessageContaining("write '&amp;'");
        for (String reference : List.of(
                "&#0;",
                "&#1;",
                "&#xD800;",
                "&#xFFFE;",
                "&#x110000;",
                "&#99999999999;",
                "&#;",
                "&#x;",
                "&#-1;",
                "&#x1G;")) {
            assertThatThrownBy(() -> read("<value>" + reference + "</value>"))
                    .as(reference)
                    .isInstanceOf(JacksonException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "hello",
                "<",
                "<value",
                "<value>",
                "<value/",
                "<value>x</valu>",
                "<value>x</value",
                "<value>x</value2>",
                "<value></ value>",
                "< value></value>",
                "<value/><value/>",
                "<value/>junk",
                "<value/>&amp;",
                "</value>",
                "<value a></value>",
                "<value a=1/>",
                "<value a='1'b='2'/>",
                "<value a='<'/>",
                "<value a='&x;'/>",
                "<value a='\u0001'/>",
                "<value>]]></value>",
                "<value>\u0001</value>",
                "<value>\u0000</value>",
                "<value>\uFFFF</value>",
                "<value><![CDATA[\u0001]]></value>",
                "<value><![CDATA[x]]</value>",
                "<value><!-- x -- y --></value>",
                "<value><!-- x --->",
                "<value><!ELEMENT x></value>",
                "<value><?xml version='1.0'?></value>",
                "<value><? x?></value>",
                "<?xml?><value/>",
                "<?xml version='2.0'?><value/>",
                "<?xml encoding='UTF-8'?><value/>",
                "<?xml version='1.0' encoding='UTF-8' ?x?><value/>",
                "<?xml version='1.0'",
                "<1value/>",
                "<value><-/></value>",
                "<value>a<b</value>"
            })
    void malformed(String xml) {
        assertThatThrownBy(() -> read(xml)).isInstanceOf(JacksonException.class);
        assertThat(readByJdk(xml.getBytes(UTF_8)))
                .as("the JDK's parser thinks so too")
                .isNull();
    }

    @Test
    void everyCutDocumentIsRefused() {
        byte[] whole = ("<?xml version='1.0'?><!-- c --><value a='1'><struct><member><name>a&amp;</name><value><array>"
                        + "<data><value><![CDATA[x]]></value><value><nil/></value></data></array>"
                        + "</value></member></struct></value>")
                .getBytes(UTF_8);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> mapper.readValue(cut, Object.class))
                    .as("%d bytes", length)
                    .isInstanceOf(JacksonException.class);
        }
        assertThat(mapper.readValue(whole, Object.class)).isNotNull();
    }

    @Test
    void hugeNumbersOfNamesCostLinearTime() {
        StringBuilder attributes = new StringBuilder("<value");
        StringBuilder instructions = new StringBuilder("<value>");
        for (int i = 0; i < 500_000; i++) {
            attributes.append(" a").append(i).append("=''");
            instructions.append("<?p").append(i).append("?>");
        }
        Assertions.assertTimeout(Duration.ofSeconds(30), () -> {
            assertThat(read(attributes + "/>")).isEqualTo("");
            assertThat(read(instructions + "</value>")).isEqualTo("");
        });
    }

    /** Documents made and mutilated at random: what is accepted, and as what, must be what the JDK's parser accepts. */
    @Test
    void agreesWithAnotherParser() {
        long seed = Long.getLong("parley.seed", 20261122);
        Random random = new Random(seed);
        int wellFormed = 0;
        for (int i = 0; i < Integer.getInteger("parley.documents", 20_000); i++) {
            byte[] document = mutate(document(random), random);
            if (new String(document, UTF_8).contains("1.1")) {
                continue; // the JDK's parser has other rules for XML 1.1
            }
            String jdk = readByJdk(withoutLeadingBlanks(document));
            String ours = readByScanner(document);
            assertThat(ours)
                    .as("seed %d, document %s", seed, new String(document, StandardCharsets.ISO_8859_1))
                    .isEqualTo(jdk);
            wellFormed += jdk == null ? 0 : 1;
        }
        assertThat(wellFormed).as("well-formed documents").isGreaterThan(2_000);
    }

    /** Blank lines before the declaration are read here, although XML does not allow them. */
    private static byte[] withoutLeadingBlanks(byte[] document) {
        int start = 0;
        while (start < document.length && XmlCursor.isBlank((char) document[start])) {
            start++;
        }
        return java.util.Arrays.copyOfRange(document, start, document.length);
    }

    private static String document(Random random) {
        StringBuilder xml = new StringBuilder(random.nextBoolean() ? "<?xml version=\"1.0\"?>\n" : "");
        element(xml, random, 0);
        return xml.toString();
    }

    private static void element(StringBuilder xml, Random random, int depth) {
        String name = List.of("value", "a", "member", "int").get(random.nextInt(4));
        xml.append('<').append(name);
        if (random.nextInt(4) == 0) {
            xml.append(" k='v&lt;'");
        }
        if (random.nextInt(6) == 0) {
            xml.append("/>");
            return;
        }
        xml.append('>');
        for (int n = random.nextInt(4); n > 0 && depth < 4; n--) {
            switch (random.nextInt(6)) {
                case 0 -> xml.append("text ü€😀\n");
                case 1 -> xml.append("&amp;&#65;&#x20AC;");
                case 2 -> xml.append("<!-- c -->");
                case 3 -> xml.append("<![CDATA[<&]]>");
                case 4 -> xml.append("<?pi x?>");
                default -> element(xml, random, depth + 1);
            }
        }
        xml.append("</").append(name).append('>');
    }

    private static byte[] mutate(String xml, Random random) {
        StringBuilder text = new StringBuilder(xml);
        String alphabet = "<>/&;!?-[]='\" \nax1#\u0001\uFFFE";
        for (int n = random.nextInt(3); n > 0 && text.length() > 1; n--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
                default -> text.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
            }
        }
        return text.toString().getBytes(UTF_8);
    }

    /** Tags and texts in one string; {@code null} if the document is refused. */
    private static String readByScanner(byte[] document) {
        try {
            XmlRpcFactory factory = XmlRpcFactory.builder().build();
            XmlScanner xml = factory.scanner(factory.context(document), document, 0, document.length);
            List<String> events = new ArrayList<>();
            xml.next();
            int depth = 0;
            while (true) {
                events.add((xml.opening() ? "<" : "</") + xml.tag() + ">");
                depth += xml.opening() ? 1 : -1;
                if (depth == 0) {
                    xml.finish();
                    return String.join("", events);
                }
                events.add(xml.text());
            }
        } catch (JacksonException e) {
            return null;
        }
    }

    private static String readByJdk(byte[] document) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, false);
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setXMLReporter((message, type, information, location) -> {});
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(document));
            StringBuilder events = new StringBuilder();
            while (reader.hasNext()) {
                switch (reader.next()) {
                    case XMLStreamConstants.START_ELEMENT ->
                        events.append('<').append(local(reader)).append('>');
                    case XMLStreamConstants.END_ELEMENT ->
                        events.append("</").append(local(reader)).append('>');
                    case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
                        events.append(reader.getText());
                    case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE -> {
                        return null;
                    }
                    default -> {}
                }
            }
            return events.toString();
        } catch (XMLStreamException | RuntimeException e) {
            return null;
        }
    }

    private static String local(XMLStreamReader reader) {
        String name = reader.getName().getLocalPart();
        return name.substring(name.lastIndexOf(':') + 1);
    }
}
