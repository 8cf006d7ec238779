package dev.parley.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command itself, which does nothing without a subcommand. */
@Command(
        name = "parley",
        description = "One plain Java object, every RPC wire: XML-RPC, JSON-RPC, zerorpc and oslo.messaging.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = ParleyCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false,
        footer = {
            "",
            "The scheme of an ADDRESS selects the protocol, such as xmlrpc+http://127.0.0.1:8088/RPC2.",
            "Exit status: 0 ok, 1 the remote method failed, 2 usage, 3 no connection, 4 timeout.",
            "See 'parley COMMAND --help' for the options of a command; 'parley demo' shows every protocol in use."
        })
final class ParleyCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Log more to standard error, and show tracebacks; -vv and -vvv log still more.")
    void verbose(boolean[] given) {
        Logging.verbosity(given.length);
    }

    @Override
    public void run() {
        assert spec != null;
        throw new ParameterException(spec.commandLine(), "Missing COMMAND");
    }

    /** The version that the build wrote into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"parley " + (version == null ? "(unpackaged)" : version), "Java " + Runtime.version()};
        }
    }
}
