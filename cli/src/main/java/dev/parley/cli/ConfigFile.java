package dev.parley.cli;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.oslo.Transport;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** An OpenStack service's configuration, which stands in for an address. */
final class ConfigFile {
    private static final String FILE = "--config-file";
    private static final String DIRECTORY = "--config-dir";

    @Option(
            names = FILE,
            paramLabel = "FILE",
            description =
                    "An OpenStack service's configuration, such as /etc/nova/nova.conf: its transport_url, with the options beside it, in place of an ADDRESS."
                            + " May be repeated; later files take precedence.")
    private List<Path> files = List.of();

    @Option(
            names = DIRECTORY,
            paramLabel = "DIR",
            description = "Also reads the *.conf files of a folder, in the order of their names. May be repeated.")
    private List<Path> directories = List.of();

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    boolean isGiven() {
        return !files.isEmpty() || !directories.isEmpty();
    }

    /**
     * The address that the configuration tells.
     *
     * @param other the word that stands where an address would
     * @throws CommandException if the configuration cannot be used, or that word is an address too
     */
    Address address(@Nullable String other) {
        refuse(other);
        return Address.parse(transport().address());
    }

    /** The address of its notifications, as {@link #address} in all else. */
    Address notifications(@Nullable String other) {
        refuse(other);
        return Address.parse(transport().notifications().address());
    }

    /**
     * The broker that the command line names, where no configuration stands in for it.
     *
     * @throws CommandException if it names none
     */
    static <T> T requireBroker(@Nullable T given) {
        if (given == null) {
            throw CommandException.usage("no broker given: an ADDRESS or a --config-file is needed");
        }
        return given;
    }

    private static void refuse(@Nullable String other) {
        if (other != null && other.contains("://")) {
            throw CommandException.usage("give either an ADDRESS or a --config-file, not both");
        }
    }

    /**
     * The transport that the configuration tells.
     *
     * @throws CommandException if the configuration cannot be used
     */
    Transport transport() {
        assert command != null;
        Transport.Builder builder = Transport.builder();
        Iterator<Path> file = files.iterator();
        Iterator<Path> directory = directories.iterator();
        String option = FILE;
        try {
            // In the order of the command line.
            for (OptionSpec given : command.commandLine().getParseResult().matchedOptions()) {
                option = given.longestName();
                if (option.equals(FILE) && file.hasNext()) {
                    builder.file(file.next());
                } else if (option.equals(DIRECTORY) && directory.hasNext()) {
                    builder.directory(directory.next());
                }
            }
            option = FILE;
            return builder.build();
        } catch (InvalidTargetException e) {
            throw CommandException.usage(option + ": " + e.getMessage());
        }
    }
}
