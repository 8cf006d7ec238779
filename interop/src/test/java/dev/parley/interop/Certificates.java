package dev.parley.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate authority of the tests, made by the JDK's keytool and OpenSSL, and what it issues: in a folder, as PEM
 * for other languages and as PKCS #12.
 */
public final class Certificates {
    public static final String PASSWORD = "changeit";

    private final Path folder;

    /** Makes the authority, whose certificate is {@link #authority}. */
    public Certificates(Path folder) {
        this.folder = folder;
        keytool("-genkeypair", "-alias", "ca", "-dname", "CN=ca", "-keyalg", "EC", "-ext", "bc:c", "-validity", "30");
        Path exported = authority();
        keytool("-exportcert", "-rfc", "-alias", "ca", "-file", exported.toString());
    }

    /** The authority's certificate in PEM. */
    public Path authority() {
        return folder.resolve("ca.pem");
    }

    /**
     * A certificate of the authority, with a new key: {@code NAME.pem}, {@code NAME.key}, {@code NAME-secret.key}
     * encrypted by the password, {@code NAME.p12}.
     *
     * @param host the host that it is for
     * @param start as keytool's {@code -startdate}, such as {@code -1d}; it is valid for two days
     */
    public Issued issue(String name, String host, String start) {
        String san = "san=dns:" + host;
        keytool("-genkeypair", "-alias", name, "-dname", "CN=" + name, "-keyalg", "EC");
        Path request = folder.resolve(name + ".csr");
        Path signed = folder.resolve(name + ".pem");
        keytool("-certreq", "-alias", name, "-file", request.toString());
        keytool(
                "-gencert",
                "-rfc",
                "-alias",
                "ca",
                "-infile",
                request.toString(),
                "-outfile",
                signed.toString(),
                "-ext",
                san,
                "-startdate",
                start,
                "-validity",
                "2");
        keytool("-importcert", "-noprompt", "-alias", name, "-file", signed.toString());
        try {
            KeyStore all = store();
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            own.setKeyEntry(name, all.getKey(name, password()), password(), all.getCertificateChain(name));
            try (var out = Files.newOutputStream(folder.resolve(name + ".p12"))) {
                own.store(out, password());
            }
            Path key = folder.resolve(name + ".key");
            pem(key, "PRIVATE KEY", all.getKey(name, password()).getEncoded());
            // The JDK cannot write the ciphers that OpenSSL uses.
            Path secret = folder.resolve(name + "-secret.key");
            run(List.of(
                    "openssl",
                    "pkcs8",
                    "-topk8",
                    "-v2",
                    "aes-256-cbc",
                    "-in",
                    key.toString(),
                    "-out",
                    secret.toString(),
                    "-passout",
                    "pass:" + PASSWORD));
            return new Issued(folder, name, own);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A key and its certificate, in files. */
    public record Issued(Path folder, String name, KeyStore store) {
        public Path file(String ending) {
            return folder.resolve(name + ending);
        }

        /** A TLS context of a server with it. */
        public SSLContext context() {
            try {
                KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                keys.init(store, password());
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(keys.getKeyManagers(), null, null);
                return context;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static char[] password() {
        return PASSWORD.toCharArray();
    }

    private static void pem(Path file, String kind, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(file, "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }

    private KeyStore store() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("all.p12"))) {
            store.load(in, password());
        }
        return store;
    }

    private void keytool(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of("-keystore", folder.resolve("all.p12").toString()));
        run(command);
    }

    private static void run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(command + ": " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
