package dev.parley.cli;

import dev.parley.Address;
import dev.parley.Args;
import dev.parley.ArgumentStyle;
import dev.parley.Functions;
import dev.parley.InvalidTargetException;
import dev.parley.RpcClient;
import dev.parley.spi.Wires;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;

/** Whom to call, and what with what: ADDRESS, METHOD and its ARGs. */
final class RequestOptions {
    @Parameters(index = "0", arity = "0..1", paramLabel = "ADDRESS", description = "The peer. Not with --config-file.")
    private @Nullable String first;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "METHOD",
            hideParamSyntax = true,
            description = "The method's name.")
    private @Nullable String second;

    @Parameters(
            index = "2..*",
            paramLabel = "ARG",
            description = "An argument: JSON where it is JSON, else text. NAME=VALUE with --named.")
    private List<String> others = List.of();

    @Mixin
    private ConfigFile config = new ConfigFile();

    @Mixin
    private PeerOptions peer = new PeerOptions();

    @Option(
            names = "--named",
            description = "ARGs are NAME=VALUE. Needless where the wire carries named arguments only (rabbit, memory).")
    private boolean named;

    @Option(
            names = {"-j", "--json"},
            description = "Each ARG, or VALUE, must be JSON.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    private @Nullable Address address;
    private String method = "";
    private List<String> arguments = List.of();

    Address address() {
        assert address != null;
        return address;
    }

    RpcClient connect() {
        return peer.connect(address());
    }

    /** A client that passes what the peer calls to a function, where the wire can carry that. */
    RpcClient connect(Functions.Fallback fallback) {
        return peer.connect(address(), fallback);
    }

    String method() {
        return method;
    }

    /**
     * The arguments as a wire of this style carries them.
     *
     * @throws CommandException if it cannot
     */
    Args arguments(ArgumentStyle style) {
        String scheme = address().scheme();
        if (named && style == ArgumentStyle.POSITIONAL) {
            throw CommandException.usage(
                    scheme + " carries no named arguments: give them by position, without --named");
        }
        boolean byName = named || style == ArgumentStyle.NAMED;
        Map<String, @Nullable Object> byNames = new LinkedHashMap<>();
        List<@Nullable Object> byPosition = new ArrayList<>();
        for (String argument : arguments) {
            if (!byName) {
                byPosition.add(value(argument));
                continue;
            }
            int equals = argument.indexOf('=');
            if (equals <= 0) {
                throw CommandException.usage((named ? "with --named" : scheme + " carries named arguments only:")
                        + " write each ARG as NAME=VALUE, not '" + argument + "'");
            }
            String name = argument.substring(0, equals);
            if (byNames.containsKey(name)) {
                throw CommandException.usage("argument '" + name + "' is given twice");
            }
            byNames.put(name, value(argument.substring(equals + 1)));
        }
        return byName ? Args.named(byNames) : Args.of(byPosition.toArray());
    }

    private @Nullable Object value(String text) {
        try {
            return Json.read(text);
        } catch (JacksonException e) {
            if (json) {
                throw CommandException.usage(
                        "'" + text + "' is not JSON, which -j asks for; text needs quotes: '\"" + text + "\"'");
            }
            return text;
        }
    }

    /**
     * Tells ADDRESS, METHOD and ARGs apart, and refuses mistyped options, which the parser leaves among them for the
     * sake of negative numbers. Call first.
     *
     * @throws ParameterException if something is missing or mistyped
     */
    void check() {
        assert command != null;
        List<String> words = new ArrayList<>(others);
        if (second != null) {
            words.addFirst(second);
        }
        if (config.isGiven() && first != null) {
            // No ADDRESS stands before it.
            words.addFirst(first);
        }
        if (words.isEmpty()) {
            throw new ParameterException(
                    command.commandLine(),
                    config.isGiven() || first != null
                            ? "Missing required parameter: 'METHOD'"
                            : "Missing required parameters: 'ADDRESS', 'METHOD'");
        }
        try {
            address = config.isGiven() ? config.address(first) : Wires.expand(Address.parse(String.valueOf(first)));
        } catch (InvalidTargetException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
        method = words.getFirst();
        arguments = words.subList(1, words.size());
        List<String> given = command.commandLine().getParseResult().originalArgs();
        int end = given.indexOf("--");
        for (String argument : given.subList(0, end < 0 ? given.size() : end)) {
            if (argument.matches("-[^\\d.].*") && (arguments.contains(argument) || method.equals(argument))) {
                throw new ParameterException(
                        command.commandLine(),
                        "Unknown option: '" + argument + "'; write -- before an ARG that starts with a dash");
            }
        }
    }
}
