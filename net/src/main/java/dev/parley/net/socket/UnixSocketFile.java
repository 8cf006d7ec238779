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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of a listening Unix-domain socket, which the kernel leaves behind when its process dies. Thread-safe. */
public final class UnixSocketFile {
    private static final Logger log = LoggerFactory.getLogger(UnixSocketFile.class);

    private final Path path;

    private UnixSocketFile(Path path) {
        this.path = path;
    }

    /**
     * Makes way for a new socket: removes a socket file on which nobody listens.
     *
     * @throws ConnectionLostException if somebody listens there
     * @throws InvalidTargetException if it is another kind of file
     */
    public static UnixSocketFile prepare(Path path) {
        try {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                BasicFileAttributes attributes =
                        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (!attributes.isOther()) {
                    throw new InvalidTargetException("cannot listen on " + path + ": it exists and is no socket");
                }
                try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                    probe.connect(UnixDomainSocketAddress.of(path));
                    throw new ConnectionLostException("cannot listen on " + path + ": another process listens there");
                } catch (ConnectException refused) {
                    Files.delete(path);
                }
            }
            return new UnixSocketFile(path);
        } catch (IOException e) {
            throw new ConnectionLostException("cannot listen on " + path + ": " + e, e);
        }
    }

    /** Removes the file; to be called when nobody listens any more. */
    public void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            log.debug("could not remove the socket file {}", path, e);
        }
    }
}
