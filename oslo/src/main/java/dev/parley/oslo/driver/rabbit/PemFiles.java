package dev.parley.oslo.driver.rabbit;

import dev.parley.InvalidTargetException;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.spi.TlsFiles;
import javax.net.ssl.SSLContext;

/** Makes a TLS context from the PEM files that the {@code ssl_…_file} options name. Safe for use by any thread. */
final class PemFiles {
    private PemFiles() {}

    /**
     * Reads the files.
     *
     * @throws InvalidTargetException if a file cannot be used; the message names it
     */
    static SSLContext context(OsloOptions.Tls files) {
        if ((files.certFile() == null) != (files.keyFile() == null)) {
            throw new InvalidTargetException("options ssl_cert_file and ssl_key_file must be set together");
        }
        return new TlsFiles(files.caFile(), files.certFile(), files.keyFile(), null).context();
    }
}
