package dev.parley.cli;

import dev.parley.Address;
import dev.parley.RpcClient;
import dev.parley.ServiceDescription;
import dev.parley.ServiceDescription.Method;
import dev.parley.ServiceDescription.Parameter;
import dev.parley.spi.PrintableText;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code parley inspect}. */
@Command(
        name = "inspect",
        description = "Lists the methods of a peer with signatures and docs, as its introspection reports them.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  parley inspect tcp://127.0.0.1:4242",
            "  parley inspect http://127.0.0.1:8088/RPC2 add"
        })
final class InspectCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "ADDRESS", converter = Converters.OfAddress.class, description = "The peer.")
    private @Nullable Address address;

    @Parameters(index = "1", arity = "0..1", paramLabel = "METHOD", description = "Show only this method.")
    private @Nullable String method;

    @Mixin
    private PeerOptions peer = new PeerOptions();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    InspectCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        ServiceDescription service;
        assert address != null;
        try (RpcClient client = peer.connect(address)) {
            service = client.describe();
        }
        if (method == null) {
            print(service);
        } else {
            List<Method> found = service.methods().stream()
                    .filter(one ->
                            one.qualifiedName().equals(method) || one.name().equals(method))
                    .toList();
            if (found.isEmpty()) {
                throw CommandException.failed(service.name() + " has no method '" + method + "'; it has "
                        + service.methods().stream().map(Method::qualifiedName).collect(Collectors.joining(", ")));
            }
            print(new ServiceDescription(service.name(), found));
        }
        return ExitCode.OK;
    }

    private void print(ServiceDescription service) {
        if (json) {
            terminal.result(Json.mapper().writeValueAsString(service));
            return;
        }
        if (method == null) {
            terminal.result(terminal.styled(Style.BOLD, service.name()));
        }
        for (Method each : service.methods()) {
            terminal.result((method == null ? "  " : "") + signature(each));
            String indent = method == null ? "      " : "    ";
            doc(indent, each.doc());
            if (method != null) {
                for (Parameter parameter : Objects.requireNonNullElse(each.parameters(), List.<Parameter>of())) {
                    doc(indent, parameter.doc() == null ? null : parameter.name() + ": " + parameter.doc());
                }
                doc(indent, each.resultDoc() == null ? null : "result: " + each.resultDoc());
            }
        }
    }

    private void doc(String indent, @Nullable String text) {
        if (text != null && !text.isBlank()) {
            text.strip().lines().forEach(line -> terminal.result(indent + terminal.styled(Style.DIM, line.strip())));
        }
    }

    private String signature(Method each) {
        String parameters = each.parameters() == null
                ? "…"
                : each.parameters().stream().map(this::parameter).collect(Collectors.joining(", "));
        String result = each.result() == null
                ? ""
                : " -> " + terminal.styled(Style.CYAN, each.result().toString());
        return terminal.styled(Style.BOLD, each.qualifiedName()) + "(" + parameters + ")" + result
                + (each.version() == null ? "" : terminal.styled(Style.DIM, "  version " + each.version()))
                + (each.deprecated() ? terminal.styled(Style.DIM, "  deprecated") : "");
    }

    private String parameter(Parameter parameter) {
        String type = parameter.type() == null
                ? ""
                : ": " + terminal.styled(Style.CYAN, parameter.type().toString());
        String rest = parameter.defaultValue() != null
                ? " = " + terminal.styled(Style.GREEN, parameter.defaultValue())
                : parameter.required() || parameter.variable() || parameter.remaining() ? "" : "?";
        return (parameter.remaining() ? "**" : parameter.variable() ? "*" : "")
                + PrintableText.line(parameter.name())
                + type
                + rest;
    }
}
