package dev.parley.net.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.OverloadedException;
import dev.parley.spi.Decoding;
import dev.parley.spi.MemoryBudget;
import dev.parley.spi.MessageCharge;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentCodingTest {
    private static final int MAX = 1 << 20;
    private static final byte[] TEXT = "hello ".repeat(1000).getBytes(StandardCharsets.UTF_8);

    private final MemoryBudget budget = new MemoryBudget(100 << 20);

    private byte[] decode(String coding, byte[]... parts) throws IOException {
        try (MessageCharge charge = MessageCharge.of(budget);
                Decoding decoding = Decoding.of(charge)) {
            byte[] decoded = ContentCoding.decode(coding, join(parts), MAX, decoding);
            assertThat(charge.bytes()).as("charged").isEqualTo(decoded.length);
            return decoded;
        } finally {
            assertThat(budget.used()).isZero();
        }
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] repeat(byte[] part, int times) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] deflate(byte[] data, boolean raw, byte... dictionary) {
        Deflater deflater = new Deflater(6, raw);
        if (dictionary.length > 0) {
            deflater.setDictionary(dictionary);
        }
        deflater.setInput(data);
        deflater.finish();
        byte[] out = new byte[data.length + 100];
        int length = deflater.deflate(out);
        deflater.end();
        return Arrays.copyOf(out, length);
    }

    @Test
    void membersAreOneContent() throws IOException {
        byte[] member = ContentCoding.gzip(TEXT);
        byte[] empty = ContentCoding.gzip(new byte[0]);
        assertThat(decode("gzip", member, empty, member)).isEqualTo(join(TEXT, TEXT));
        assertThat(decode("gzip", repeat(empty, 5_000), member)).isEqualTo(TEXT);
        assertThat(decode("x-gzip", empty)).isEmpty();
    }

    @Test
    void manyEmptyMembersAreRefused() {
        byte[] members = repeat(ContentCoding.gzip(new byte[0]), 100_000);
        assertThatThrownBy(() -> decode("gzip", members))
                .isInstanceOf(IOException.class)
                .hasMessage("there are more than the 10000 gzip members allowed");
    }

    @Test
    void nothingButZerosMayFollow() throws IOException {
        byte[] zeros = new byte[100];
        byte[] garbage = {1, 2, 3};
        assertThat(decode("gzip", ContentCoding.gzip(TEXT), zeros)).isEqualTo(TEXT);
        assertThat(decode("deflate", deflate(TEXT, false), zeros)).isEqualTo(TEXT);
        assertThat(decode("deflate", deflate(TEXT, true), zeros)).isEqualTo(TEXT);
        for (byte[] padding : new byte[][] {{}, zeros}) {
            assertThatThrownBy(() -> decode("gzip", ContentCoding.gzip(TEXT), padding, garbage))
                    .hasMessage("something follows the end of the gzip data");
            assertThatThrownBy(() -> decode("deflate", deflate(TEXT, false), padding, garbage))
                    .hasMessage("something follows the end of the deflate data");
        }
        assertThatThrownBy(() -> decode("deflate", deflate(TEXT, true), garbage))
                .hasMessage("something follows the end of the deflate data");
    }

    @Test
    void presetDictionariesAreRefused() {
        assertThatThrownBy(() -> decode("deflate", deflate(TEXT, false, (byte) 'h', (byte) 'e')))
                .isInstanceOf(IOException.class)
                .hasMessage("it needs a preset dictionary, which HTTP does not have");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "raw"})
    void truncatedDataIsRefusedAtEachByte(String coding) {
        byte[] whole = coding.equals("gzip") ? ContentCoding.gzip(TEXT) : deflate(TEXT, coding.equals("raw"));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> decode(coding.equals("raw") ? "deflate" : coding, cut))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void headersOfMembersMayHaveAllFields() throws IOException {
        byte[] plain = ContentCoding.gzip(TEXT);
        byte[] fields = {0x1f, (byte) 0x8b, 8, 0x1f, 0, 0, 0, 0, 0, 3, 2, 0, 'x', 'y', 'n', 0, 'c', 0};
        CRC32 crc = new CRC32();
        crc.update(fields);
        byte[] sum = {(byte) crc.getValue(), (byte) (crc.getValue() >> 8)};
        byte[] rest = Arrays.copyOfRange(plain, 10, plain.length);
        assertThat(decode("gzip", fields, sum, rest)).isEqualTo(TEXT);
        sum[0]++;
        assertThatThrownBy(() -> decode("gzip", fields, sum, rest))
                .hasMessage("the checksum of a gzip header is wrong");
    }

    @Test
    void checksumsAreChecked() {
        byte[] gzip = ContentCoding.gzip(TEXT);
        gzip[gzip.length - 5]++;
        assertThatThrownBy(() -> decode("gzip", gzip)).hasMessage("the checksum or length of the gzip data is wrong");
        byte[] zlib = deflate(TEXT, false);
        zlib[zlib.length - 1]++;
        assertThatThrownBy(() -> decode("deflate", zlib)).isInstanceOf(IOException.class);
    }

    @Test
    void contentUpToTheLimitIsTaken() throws IOException {
        assertThat(decode("gzip", ContentCoding.gzip(new byte[MAX]))).hasSize(MAX);
        assertThatThrownBy(() -> decode("gzip", ContentCoding.gzip(new byte[MAX + 1])))
                .isInstanceOf(ContentCoding.TooLargeException.class)
                .hasMessageContaining(MAX + " bytes");
    }

    @Test
    void inflatingEndsWhereTheBudgetDoes() {
        MemoryBudget small = new MemoryBudget(300_000);
        try (MessageCharge charge = MessageCharge.of(small);
                Decoding decoding = Decoding.of(charge)) {
            assertThatThrownBy(() -> ContentCoding.decode("gzip", ContentCoding.gzip(new byte[MAX]), MAX, decoding))
                    .isInstanceOf(OverloadedException.class)
                    .hasMessage(MessageCharge.REFUSAL);
            assertThat(small.used()).isPositive();
        }
        assertThat(small.used()).isZero();
    }

    @Test
    void inflatingEndsWhenNobodyWantsTheContent() {
        try (MessageCharge charge = MessageCharge.of(budget);
                Decoding decoding = Decoding.of(charge)) {
            charge.abandon();
            assertThatThrownBy(() -> ContentCoding.decode("gzip", ContentCoding.gzip(TEXT), MAX, decoding))
                    .isInstanceOf(CancellationException.class);
        }
    }
}
