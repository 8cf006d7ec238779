package dev.parley.cli;

import dev.parley.Args;
import dev.parley.spi.Connection.ArgumentStyle;
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
    @Mixin
    private PeerOptions peer = new PeerOptions();

    @Parameters(index = "1", paramLabel = "METHOD", description = "The method's name.")
    private String method = "";

    @Parameters(
            index = "2..*",
            paramLabel = "ARG",
            description = "An argument: JSON where it is JSON, else text. NAME=VALUE with --named.")
    private List<String> arguments = List.of();

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

    PeerOptions peer() {
        return peer;
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
        String scheme = peer.address().scheme();
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

    /** Refuses mistyped options, which the parser leaves among the ARGs for the sake of negative numbers. Call first. */
    void check() {
        assert command != null;
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
