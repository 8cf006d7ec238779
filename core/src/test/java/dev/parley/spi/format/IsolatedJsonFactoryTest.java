package dev.parley.spi.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Limits;
import dev.parley.spi.ValueMapping;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.sym.ByteQuadsCanonicalizer;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

class IsolatedJsonFactoryTest {
    /** Names of eight characters that have the same place in every table of Jackson's, whatever its seed. */
    private static List<String> colliding(int count) {
        List<String> names = new ArrayList<>();
        ByteQuadsCanonicalizer table = ByteQuadsCanonicalizer.createRoot();
        int inverse = 1;
        for (int i = 0; i < 5; i++) {
            inverse *= 2 - 33 * inverse;
        }
        int target = 0x12345678;
        for (int i = 0; names.size() < count; i++) {
            byte[] begin = {
                (byte) ('A' + i / 17_576 % 26),
                (byte) ('A' + i / 676 % 26),
                (byte) ('A' + i / 26 % 26),
                (byte) ('A' + i % 26)
            };
            int first = ByteBuffer.wrap(begin).getInt();
            int mixed = first + (first >>> 15);
            mixed ^= mixed >>> 9;
            int second = (target - mixed) * inverse;
            byte[] end = ByteBuffer.allocate(4).putInt(second).array();
            boolean printable = true;
            for (byte b : end) {
                printable &= b >= '0' && b <= 'z' && b != '\\';
            }
            if (printable) {
                names.add(new String(begin, StandardCharsets.US_ASCII) + new String(end, StandardCharsets.US_ASCII));
            }
            if (i > 456_976) {
                throw new IllegalStateException("only " + names.size() + " names found");
            }
        }
        assertThat(names.stream()
                        .map(name -> {
                            ByteBuffer quads = ByteBuffer.wrap(name.getBytes(StandardCharsets.US_ASCII));
                            return table.calcHash(quads.getInt(), quads.getInt());
                        })
                        .distinct())
                .as("the hashes of Jackson's table; if it has changed, so must this test")
                .hasSize(1);
        return names;
    }

    private static byte[] document(List<String> names, int padding) {
        StringBuilder json = new StringBuilder("{");
        for (String name : names) {
            json.append('"').append(name).append("\":1,");
        }
        return json.append("\"last\":\"")
                .append("x".repeat(padding))
                .append("\"}")
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void readInParts(ObjectMapper mapper, List<String> names, int padding) {
        for (int i = 0; i < names.size(); i += 30) {
            List<String> part = names.subList(i, i + 30);
            Map<?, ?> read = mapper.readValue(document(part, padding), Map.class);
            assertThat(read).hasSize(31);
            assertThat(read.keySet().containsAll(part)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10_000})
    void namesOfOneDocumentDoNotAffectOthers(int padding) {
        List<String> names = colliding(1_500);
        readInParts(new ValueMapping(Limits.defaults(), List.of()).json(), names, padding);
    }

    @Test
    void withJacksonsOwnFactoryTheyDo() {
        List<String> names = colliding(1_500);
        assertThatThrownBy(() -> readInParts(new JsonMapper(), names, 0)).isInstanceOf(JacksonException.class);
    }
}
