package dev.parley.net.socket;

import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a listening Unix-domain socket, which stays behind when its process dies. Immutable and thread-safe.
 */
public final class UnixSocketFile {
    private static final Logger log = LoggerFactory.getLogger(UnixSocketFile.class);

    private final Path path;

    private UnixSocketFile(Path path) {
        this.path = path;
    }

    /**
     * Prepares for binding: removes a socket file that no process listens on.
     *
     * @throws ConnectionLostException if a process listens on it, or the file cannot be read or removed
     * @throws InvalidTargetException if it is another kind of file
     */
    public static UnixSocketFile prepare(Path path) {
        Objects.requireNonNull(path, "path");
        try {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                BasicFileAttributes attributes =
                        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (!attributes.isOther()) {
                    throw new InvalidTargetException("cannot listen on " + path + ": it exists and is not a socket");
                }
                try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                    probe.connect(UnixDomainSocketAddress.of(path));
                    throw new ConnectionLostException("cannot listen on " + path + ": another process listens on it");
                } catch (ConnectException refused) {
                    Files.delete(path);
                }
            }
            return new UnixSocketFile(path);
        } catch (IOException e) {
            throw new ConnectionLostException("cannot listen on " + path + ": " + e, e);
        }
    }

    /** Removes the file. A failure is logged. */
    public void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            log.debug("could not remove the socket file {}", path, e);
        }
    }
}
