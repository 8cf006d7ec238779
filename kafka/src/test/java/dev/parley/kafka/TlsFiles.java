package dev.parley.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** A certificate authority, and certificates of it for the broker and a client, in PEM files of the JDK's keytool. */
public record TlsFiles(Path folder) {
    private static final String STORE_PASSWORD = "changeit";

    static TlsFiles create(Path folder) throws IOException {
        TlsFiles files = new TlsFiles(folder);
        files.keytool("-genkeypair -alias ca -keyalg EC -dname CN=ca -ext bc:c -validity 30");
        files.keytool("-exportcert -rfc -alias ca -file ca.crt");
        files.keytool("-genkeypair -alias other -keyalg EC -dname CN=other -ext bc:c -validity 30");
        files.keytool("-exportcert -rfc -alias other -file other.crt");
        files.pair("server", "san=dns:localhost");
        files.pair("client", "eku=clientAuth");
        Files.writeString(
                folder.resolve("server.pem"),
                Files.readString(folder.resolve("server.key")) + Files.readString(folder.resolve("server.crt")));
        return files;
    }

    /** A file: {@code ca.crt}, {@code other.crt} of another authority, {@code client.crt}, {@code client.key}. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    private void pair(String name, String extension) throws IOException {
        keytool("-genkeypair -alias " + name + " -keyalg EC -dname CN=" + name + " -validity 30");
        keytool("-certreq -alias " + name + " -file " + name + ".csr");
        keytool("-gencert -rfc -alias ca -ext " + extension + " -infile " + name + ".csr -outfile " + name
                + ".crt -validity 30");
        try (InputStream in = Files.newInputStream(folder.resolve("store.p12"))) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, STORE_PASSWORD.toCharArray());
            Files.writeString(
                    folder.resolve(name + ".key"),
                    "-----BEGIN PRIVATE KEY-----\n"
                            + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                    .encodeToString(store.getKey(name, STORE_PASSWORD.toCharArray())
                                            .getEncoded())
                            + "\n-----END PRIVATE KEY-----\n");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void keytool(String arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(Arrays.asList(arguments.split(" ")));
        command.addAll(List.of("-keystore", "store.p12", "-storetype", "PKCS12", "-storepass", STORE_PASSWORD));
        Process tool = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (tool.onExit().join().exitValue() != 0) {
            throw new IllegalStateException(arguments + ": " + said);
        }
    }
}
