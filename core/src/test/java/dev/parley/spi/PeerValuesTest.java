package dev.parley.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Limits;
import dev.parley.PeerProfile;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PeerValuesTest {
    record Host(
            String name,
            Integer port,
            Boolean up,
            LocalDate since,
            List<String> tags,
            Map<String, Integer> load,
            Optional<String> note) {}

    enum Color {
        RED
    }

    private static JsonMapper mapper(PeerProfile peer) {
        return new ValueMapping(Limits.defaults(), List.of(), peer).json();
    }

    private static <T> T read(PeerProfile peer, String json, Class<T> type) {
        return mapper(peer).readValue(json.replace('\'', '"'), type);
    }

    @Test
    void odooWritesFalseForWhatIsAbsent() {
        Host host = read(
                PeerProfile.ODOO,
                "{'name':false,'port':false,'up':false,'since':false,'tags':false,'load':false,'note':false}",
                Host.class);
        assertThat(host).isEqualTo(new Host(null, null, false, null, null, null, Optional.empty()));
        assertThat(read(PeerProfile.ODOO, "['a',false]", String[].class)).containsExactly("a", null);
        assertThat(read(PeerProfile.ODOO, "false", Object.class)).isEqualTo(false);
        assertThat((Object) read(PeerProfile.ODOO, "{'a':false}", Map.class)).isEqualTo(Map.of("a", false));
        assertThat(read(PeerProfile.ODOO, "false", JsonNode.class).isBoolean()).isTrue();
        assertThatThrownBy(() -> read(PeerProfile.ODOO, "false", int.class)).isInstanceOf(JacksonException.class);
        assertThatThrownBy(() -> read(PeerProfile.ODOO, "true", String.class)).isInstanceOf(JacksonException.class);
        assertThatThrownBy(() -> read(PeerProfile.ODOO, "'5'", int.class)).isInstanceOf(JacksonException.class);
    }

    @Test
    void phpWritesNumbersAsTextAndEmptyObjectsAsArrays() {
        Host host = read(
                PeerProfile.PHP,
                "{'name':12,'port':'080','up':'1','since':'','tags':'','load':[],'note':7}",
                Host.class);
        assertThat(host).isEqualTo(new Host("12", 80, true, null, null, Map.of(), Optional.of("7")));
        assertThat(read(PeerProfile.PHP, "[]", Host.class)).isEqualTo(read(PeerProfile.PHP, "{}", Host.class));
        assertThat(read(PeerProfile.PHP, "'-12.50'", BigDecimal.class)).isEqualTo("-12.50");
        assertThat(read(PeerProfile.PHP, "'2.0'", int.class)).isEqualTo(2);
        assertThat(read(PeerProfile.PHP, "'1e3'", double.class)).isEqualTo(1000.0);
        assertThat(read(PeerProfile.PHP, "['1','2']", Long[].class)).containsExactly(1L, 2L);
        assertThat(read(PeerProfile.PHP, "0", boolean.class)).isFalse();
        assertThat(read(PeerProfile.PHP, "1.50", String.class)).isEqualTo("1.50");
        assertThat(read(PeerProfile.PHP, "'1'", Object.class)).isEqualTo("1");
        assertThat(read(PeerProfile.PHP, "'RED'", Color.class)).isEqualTo(Color.RED);
        for (String json : List.of("'2.5'", "'x'", "'99999999999'", "' '", "'0x10'", "'1e999999999'", "'NaN'")) {
            assertThatThrownBy(() -> read(PeerProfile.PHP, json, int.class))
                    .as(json)
                    .isInstanceOf(JacksonException.class);
        }
        for (String json : List.of("2", "'yes'", "1.0")) {
            assertThatThrownBy(() -> read(PeerProfile.PHP, json, boolean.class))
                    .as(json)
                    .isInstanceOf(JacksonException.class);
        }
        assertThatThrownBy(() -> read(PeerProfile.PHP, "[1]", Host.class)).isInstanceOf(JacksonException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'name':false}", "{'name':1}", "{'port':'1'}", "{'up':1}", "{'load':[]}", "{'tags':''}"})
    void nothingIsConvertedByDefault(String json) {
        assertThatThrownBy(() -> read(PeerProfile.STRICT, json, Host.class)).isInstanceOf(JacksonException.class);
        assertThat(read(PeerProfile.LENIENT, json, Host.class)).isNotNull();
    }

    @Test
    void decimalsWithoutATypeKeepTheirDigits() {
        List<?> amounts = read(
                PeerProfile.STRICT,
                "[0.00000001,20999999.97690000,12345678901.123456789,1e400,0.1,1.7976931348623157E308,1e-400,5e-324]",
                List.class);
        assertThat(amounts)
                .isEqualTo(List.of(
                        1e-8,
                        20999999.9769,
                        new BigDecimal("12345678901.123456789"),
                        new BigDecimal("1e400"),
                        0.1,
                        Double.MAX_VALUE,
                        new BigDecimal("1e-400"),
                        Double.MIN_VALUE));
        assertThat(read(PeerProfile.STRICT, "{'a':[12345678901.123456789]}", JsonNode.class)
                        .at("/a/0")
                        .decimalValue())
                .isEqualTo("12345678901.123456789");
        assertThat((Object) read(PeerProfile.STRICT, "{'a':{'b':0.123456789012345678}}", Map.class))
                .isEqualTo(Map.of("a", Map.of("b", new BigDecimal("0.123456789012345678"))));
        assertThat(read(PeerProfile.STRICT, "12345678901.123456789", double.class))
                .isEqualTo(12345678901.123457);
        assertThat((Object) read(PeerProfile.BITCOIN, "[0.5,1]", List.class))
                .isEqualTo(List.of(new BigDecimal("0.5"), 1));
        assertThat(read(PeerProfile.STRICT, "123456789012345678901", Object.class))
                .isEqualTo(new BigInteger("123456789012345678901"));
    }
}
