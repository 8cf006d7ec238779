package dev.parley.oslo.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.InvalidTargetException;
import dev.parley.ProtocolException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading and writing compressed bodies. */
class CompressionTest {
    private static final int LIMIT = 1 << 20;

    /** Brotli data that are 300 MB of spaces when decompressed, as kombu writes them. */
    private static final String BOMB =
            "y///P/glQOKxQCD3/o///3/wSwDEYRGA7v0f////4JcAiMMCAN37P/7//8EvARCHBQC693/8//+DXwIgDgsAdO//+P"
                    + "//B78EQBwWAOje//H//w9+CYA4LADQvf/j//8f/BIAcVgAoHv/x///P/glAOKwAED3/o///3/wSwDEYQGA7v0f////"
                    + "4JcAiMMCAN37P/7//8EvARCHBQC693/8//+DXwIgDgsAdO//+P//B78EQBwWAOje//H//w9+CYA4LADQvf/j//8f/B"
                    + "IAcVgAoHv/x///P/glAOKwAED3/o///3/wSwDEYQGA7v0f////4JcAiMMCAN37P/7//8EvARCHBQC693/8//+DXwIg"
                    + "DgsAdO//+P//B78EQBwWAOje//H//w9+CYA4LADQvf/j//8f/BIAcVgAoHv/x///P/glAOKwAED3/o///3/wSwDEYQ"
                    + "GA7v0f////4JcAiMMCAN37P/7//8EvARCHBQC693/8//+DXwIgDgsAdO//+P//B78EQBwWAOje//H//w9+CYA4LADQ"
                    + "vf/j//8f/BIAcVgAoHv/x///P/glAOKwAED3/o///3/wSwDEYQGA7v0f////4JcAiMMCAN37v/wXDcMvARCHBQC6mm"
                    + "E=";

    /** Requests as kombu compresses them; "alone" is what lzma wrote before xz. */
    @ParameterizedTest
    @CsvSource({
        "bzip2, application/x-bz2, QlpoOTFBWSZTWXm+nDQAABSZgFAEEBA+4twaIAAhpAGgGmQUaMgaNMjR8S1eyNQnGaOBaN6dHFaShlCXbnhX4u5Ipw"
                + "oSDzfThoA=",
        "lzma, application/x-lzma, /Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AAqACldAD2IiaaUZNXErJ726RuuzkEMuAejdPPmZwPUR5sGSspSTlRzFK"
                + "D3OsAkAAAAAIZCroe8roVOAAFFKyv3NAEftvN9AQAAAAAEWVo=",
        "zstd, application/zstd, KLUv/SArWQEAeyJtZXRob2QiOiAiZWNobyIsICJhcmdzIjogeyJhcmciOiAienN0ZCJ9fQ==",
        "brotli, application/x-brotli, CxaAeyJtZXRob2QiOiAiZWNobyIsICJhcmdzIjogeyJhcmciOiAiYnJvdGxpIn19Aw==",
        "alone, application/x-lzma, XQAAgAD//////////wA9iImmlGTVxKye9ukbrs5BDLgHo3Tz5mcD1EebBp/t3G26KmGx/Ktt+i/++d51gA=="
    })
    void readsWhatKombuWrites(String name, String header, String body) {
        byte[] json =
                Compression.ofHeader(header).decompress(Base64.getDecoder().decode(body), LIMIT);
        assertThat(new String(json, StandardCharsets.UTF_8))
                .isEqualTo("{\"method\": \"echo\", \"args\": {\"arg\": \"" + name + "\"}}");
    }

    @ParameterizedTest
    @EnumSource(names = {"ZLIB", "BZIP2"})
    void readsWhatItWrites(Compression method) {
        byte[] body = new byte[LIMIT];
        new Random(7).nextBytes(body);
        assertThat(method.decompress(method.compress(body), LIMIT)).isEqualTo(body);
        assertThat(method.decompress(method.compress(new byte[0]), LIMIT)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "gzip, ZLIB",
        "zlib, ZLIB",
        "bz2, BZIP2",
        "bzip2, BZIP2",
        "bzip, BZIP2",
    })
    void knowsTheNamesOfTheOption(String name, Compression expected) {
        assertThat(Compression.ofOption(name)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lzma", "zstd", "brotli", "snappy"})
    void refusesToWriteTheOthers(String name) {
        assertThatThrownBy(() -> Compression.ofOption(name))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("gzip or bz2");
    }

    @Test
    void namesAMethodThatItDoesNotKnow() {
        assertThatThrownBy(() -> Compression.ofHeader("application/x-snappy"))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("application/x-snappy")
                .hasMessageContaining("application/zstd");
        assertThat(Compression.ofHeader("zstandard")).isEqualTo(Compression.ZSTD);
    }

    @Test
    void stopsDecompressingAtTheLimit() {
        byte[] zlib = Compression.ZLIB.compress(new byte[100 << 20]);
        byte[] bzip2 = Compression.BZIP2.compress(new byte[100 << 20]);
        assertTooLarge(Compression.ZLIB, zlib);
        assertTooLarge(Compression.BZIP2, bzip2);
        assertTooLarge(Compression.BROTLI, Base64.getDecoder().decode(BOMB));
        assertThat(Compression.ZLIB.decompress(Compression.ZLIB.compress(new byte[LIMIT]), LIMIT))
                .hasSize(LIMIT);
    }

    private static void assertTooLarge(Compression method, byte[] body) {
        assertThatThrownBy(() -> method.decompress(body, LIMIT))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("exceeds the limit of " + LIMIT);
    }

    @ParameterizedTest
    @EnumSource
    void reportsDataThatAreNotCompressed(Compression method) {
        for (String body : new String[] {"no such data", "BZh9", "\u00fd7zXZ\u0000"}) {
            assertThatThrownBy(() -> method.decompress(body.getBytes(StandardCharsets.ISO_8859_1), LIMIT))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining(method.header());
        }
    }

    /** Damaged data are an error, or other data; nothing else. */
    @ParameterizedTest
    @CsvSource({
        "bzip2, application/x-bz2, QlpoOTFBWSZTWXm+nDQAABSZgFAEEBA+4twaIAAhpAGgGmQUaMgaNMjR8S1eyNQnGaOBaN6dHFaShlCXbnhX4u5Ipw"
                + "oSDzfThoA=",
        "lzma, application/x-lzma, /Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AAqACldAD2IiaaUZNXErJ726RuuzkEMuAejdPPmZwPUR5sGSspSTlRzFK"
                + "D3OsAkAAAAAIZCroe8roVOAAFFKyv3NAEftvN9AQAAAAAEWVo=",
        "zstd, application/zstd, KLUv/SArWQEAeyJtZXRob2QiOiAiZWNobyIsICJhcmdzIjogeyJhcmciOiAienN0ZCJ9fQ==",
        "brotli, application/x-brotli, CxaAeyJtZXRob2QiOiAiZWNobyIsICJhcmdzIjogeyJhcmciOiAiYnJvdGxpIn19Aw==",
        "alone, application/x-lzma, XQAAgAD//////////wA9iImmlGTVxKye9ukbrs5BDLgHo3Tz5mcD1EebBp/t3G26KmGx/Ktt+i/++d51gA=="
    })
    void survivesDamagedData(String name, String header, String body) {
        byte[] good = Base64.getDecoder().decode(body);
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            byte[] bad = Arrays.copyOf(good, 1 + random.nextInt(good.length));
            bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            try {
                assertThat(Compression.ofHeader(header).decompress(bad, LIMIT)).hasSizeLessThanOrEqualTo(LIMIT);
            } catch (ProtocolException e) {
                assertThat(e).as(name).hasMessageContaining(header);
            }
        }
    }

    @Test
    void namesTheLibraryThatIsMissing() throws Exception {
        try (Without loader = new Without("org.apache.commons.compress")) {
            Class<?> type = loader.loadClass(Compression.class.getName());
            assertThatThrownBy(() -> type.getMethod("ofOption", String.class).invoke(null, "bz2"))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("org.apache.commons:commons-compress");
            assertThat(type.getMethod("ofOption", String.class).invoke(null, "gzip"))
                    .hasToString("ZLIB");
        }
        try (Without loader = new Without("org.tukaani")) {
            Class<?> type = loader.loadClass(Compression.class.getName());
            var decompress = type.getDeclaredMethod("decompress", byte[].class, int.class);
            decompress.setAccessible(true);
            byte[] xz = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
            assertThatThrownBy(() -> decompress.invoke(type.getField("LZMA").get(null), xz, LIMIT))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("org.tukaani:xz");
        }
    }

    /** Loads the classes of this package, and of the library that uses the others, anew, without one library. */
    private static final class Without extends ClassLoader implements AutoCloseable {
        private final String missing;

        Without(String missing) {
            super(CompressionTest.class.getClassLoader());
            this.missing = missing;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                } else if (name.startsWith(missing + ".")) {
                    throw new ClassNotFoundException(name);
                } else if (!name.startsWith("dev.parley.oslo.message.")
                        && !name.startsWith("org.apache.commons.compress.")) {
                    return super.loadClass(name, resolve);
                }
                try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                    if (in == null) {
                        throw new ClassNotFoundException(name);
                    }
                    byte[] bytes = in.readAllBytes();
                    return defineClass(name, bytes, 0, bytes.length);
                } catch (java.io.IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
        }

        @Override
        public void close() {}
    }
}
