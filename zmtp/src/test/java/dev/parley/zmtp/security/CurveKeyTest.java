package dev.parley.zmtp.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.InvalidTargetException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys as text and in files. */
class CurveKeyTest {
    /** The keys in libzmq's manual, zmq_curve(7). */
    private static final String SECRET = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6";

    private static final String PUBLIC = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";

    @TempDir
    private Path directory;

    @Test
    void z85IsThatOfItsSpecification() {
        byte[] bytes = HexFormat.of().parseHex("864fd26fb559f75b");
        assertThat(Z85.encode(bytes)).isEqualTo("HelloWorld");
        assertThat(Z85.decode("HelloWorld")).isEqualTo(bytes);
        assertThat(Z85.decode("%nSc0")).isEqualTo(new byte[] {-1, -1, -1, -1});
        assertThat(Z85.decode("%nSc1")).as("more than 32 bits").isNull();
        assertThat(Z85.decode("#####")).isNull();
        assertThat(Z85.decode("1234")).isNull();
        assertThat(Z85.decode("12\"45")).isNull();
    }

    @Test
    void readsBothForms() {
        CurveKeyPair pair = CurveKeyPair.ofSecretKey(SECRET);
        assertThat(pair.publicKey()).isEqualTo(CurveKey.parse(PUBLIC)).hasToString(PUBLIC);
        assertThat(CurveKey.parse(pair.publicKey().hex())).isEqualTo(pair.publicKey());
        assertThat(CurveKeyPair.ofSecretKey(HexFormat.of().formatHex(pair.secretKey()))
                        .publicKey())
                .isEqualTo(pair.publicKey());
        assertThat(pair.secretKeyText()).isEqualTo(SECRET);
    }

    @Test
    void newPairsDiffer() {
        assertThat(CurveKeyPair.generate().publicKey())
                .isNotEqualTo(CurveKeyPair.generate().publicKey());
    }

    @Test
    void noTextShowsASecret() {
        CurveKeyPair pair = CurveKeyPair.ofSecretKey(SECRET);
        assertThat(pair.toString()).contains(PUBLIC).doesNotContain(SECRET);
        assertThat(ZmtpSecurity.curveClient(pair.publicKey(), pair).toString()).doesNotContain(SECRET);
        assertThat(ZmtpSecurity.plainClient("ann", "s3cret").toString())
                .contains("ann")
                .doesNotContain("s3cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "short",
                "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh",
                "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6x",
                "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{L\"6",
                "zz076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
            })
    void malformedKeysAreRefusedAndNotShown(String text) {
        assertThatThrownBy(() -> CurveKeyPair.ofSecretKey(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("40 characters of Z85 or 64 hexadecimal digits")
                .satisfies(error -> assertThat(
                                text.length() < 10 || !error.getMessage().contains(text))
                        .isTrue());
    }

    @Test
    void certificatesAreWrittenAndReadBack() throws IOException {
        CurveKeyPair pair = CurveKeyPair.generate();
        Path secret = pair.write(directory, "server");
        assertThat(secret).isEqualTo(directory.resolve("server.key_secret"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(directory.resolve("server.key"))).doesNotContain(pair.secretKeyText());
        assertThat(CurveKey.read(directory.resolve("server.key"))).isEqualTo(pair.publicKey());
        assertThat(CurveKeyPair.read(secret).secretKey()).isEqualTo(pair.secretKey());
        assertThatThrownBy(() -> pair.write(directory, "server")).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> pair.write(directory, "../server")).isInstanceOf(IOException.class);
    }

    @Test
    void unusableCertificatesAreRefused() throws IOException {
        Path file = directory.resolve("x.key_secret");
        refused(file, "cannot be read");
        Files.writeString(file, "metadata\ncurve\n    public-key = \"" + PUBLIC + "\"\n");
        refused(file, "has no secret-key");
        Files.writeString(file, "curve\n    secret-key = \"abc\"\n");
        refused(file, "malformed secret-key");
        Files.writeString(
                file,
                "curve\n    public-key = \"" + CurveKeyPair.generate().publicKey() + "\"\n    secret-key = \"" + SECRET
                        + "\"\n");
        refused(file, "does not belong");
        Files.write(file, new byte[70_000]);
        refused(file, "too large");
    }

    private static void refused(Path file, String problem) {
        assertThatThrownBy(() -> CurveKeyPair.read(file))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining(problem)
                .hasMessageContaining(file.toString())
                .satisfies(error -> assertThat(error.getMessage()).doesNotContain(SECRET));
    }
}
