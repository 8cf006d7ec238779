package dev.parley.cli;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.oslo.Transport;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** An OpenStack service's configuration, which stands in for an address. */
final class ConfigFile {
    @Option(
            names = "--config-file",
            paramLabel = "FILE",
            description =
                    "An OpenStack service's configuration, such as /etc/nova/nova.conf: its transport_url, with the options beside it, in place of an ADDRESS.")
    private @Nullable Path file;

    boolean isGiven() {
        return file != null;
    }

    /**
     * The address that the file tells.
     *
     * @param other the word that stands where an address would
     * @throws CommandException if the file cannot be used, or that word is an address too
     */
    Address address(@Nullable String other) {
        assert file != null;
        if (other != null && other.contains("://")) {
            throw CommandException.usage("give either an ADDRESS or a --config-file, not both");
        }
        try {
            return Address.parse(Transport.fromConfig(file).address());
        } catch (InvalidTargetException e) {
            throw CommandException.usage("--config-file: " + e.getMessage());
        }
    }
}
