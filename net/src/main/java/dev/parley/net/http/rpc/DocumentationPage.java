package dev.parley.net.http.rpc;

import dev.parley.ServiceDescription;
import dev.parley.ServiceDescription.Method;
import dev.parley.ServiceDescription.Parameter;
import dev.parley.ServiceDescription.ValueType;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.spi.Dispatcher;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The page that a browser gets at the path of a service: its methods with signatures and descriptions, and a form to
 * call each of them. The page loads nothing, and its policy allows its own script and style only, and requests to its
 * own origin. It is rendered anew for each request, since methods may be added and removed. Thread-safe.
 */
public final class DocumentationPage {
    /** Whose messages the form writes. */
    public enum Protocol {
        /** XML-RPC. */
        XML_RPC("XML-RPC", "text/xml"),
        /** JSON-RPC. */
        JSON_RPC("JSON-RPC", "application/json");

        private final String title;
        private final String contentType;

        Protocol(String title, String contentType) {
            this.title = title;
            this.contentType = contentType;
        }

        /** The media type of its messages. */
        public String contentType() {
            return contentType;
        }
    }

    private static final String STYLE = resource("page.css");
    private static final String SCRIPT = resource("page.js");
    private static final Headers HEADERS = Headers.of(
            "Content-Type",
            "text/html; charset=utf-8",
            "Content-Security-Policy",
            "default-src 'none'; style-src " + source(STYLE) + "; script-src " + source(SCRIPT)
                    + "; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cache-Control",
            "no-store");

    private final Protocol protocol;
    private final Dispatcher dispatcher;

    DocumentationPage(Protocol protocol, Dispatcher dispatcher) {
        this.protocol = protocol;
        this.dispatcher = dispatcher;
    }

    private static String resource(String name) {
        try (InputStream in = DocumentationPage.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The source expression of an inline script or style, by its hash. */
    private static String source(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    HttpResponse response(@Nullable Principal caller) {
        return new HttpResponse(
                200, HEADERS, render(dispatcher.visibleTo(caller).describe()).getBytes(StandardCharsets.UTF_8));
    }

    private String render(ServiceDescription service) {
        StringBuilder html = new StringBuilder(16 << 10);
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
        text(html, service.name());
        html.append(" (")
                .append(protocol.title)
                .append(")</title>\n<style>")
                .append(STYLE)
                .append("</style>\n")
                .append("</head>\n<body data-protocol=\"")
                .append(protocol.name())
                .append("\">\n<header>\n<h1>");
        text(html, service.name());
        html.append("</h1>\n<p class=\"protocol\">").append(protocol.title).append("</p>\n");
        int count = service.methods().size();
        html.append("<p class=\"count\">")
                .append(count)
                .append(count == 1 ? " method" : " methods")
                .append("</p>\n");
        html.append("</header>\n");
        contents(html, service.methods());
        html.append("<main>\n");
        for (int i = 0; i < count; i++) {
            method(html, service.methods().get(i), "m" + i);
        }
        if (count == 0) {
            html.append("<p>This service has no methods now.</p>\n");
        }
        html.append("</main>\n<script>").append(SCRIPT).append("</script>\n</body>\n</html>\n");
        return html.toString();
    }

    private static void contents(StringBuilder html, List<Method> methods) {
        html.append("<nav aria-label=\"Methods\">\n<input type=\"search\" id=\"filter\" placeholder=\"Filter methods\"")
                .append(" aria-label=\"Filter methods\">\n<ul>\n");
        for (int i = 0; i < methods.size(); i++) {
            html.append("<li><a href=\"#m").append(i).append("\">");
            text(html, methods.get(i).qualifiedName());
            html.append("</a></li>\n");
        }
        html.append("</ul>\n</nav>\n");
    }

    private static void method(StringBuilder html, Method method, String id) {
        html.append("<section id=\"").append(id).append("\" data-method=\"");
        text(html, method.qualifiedName());
        html.append("\">\n<h2><span class=\"name\">");
        text(html, method.qualifiedName());
        html.append("</span><span class=\"signature\">(");
        List<Parameter> parameters = method.parameters();
        if (parameters == null) {
            html.append('…');
        } else {
            for (int i = 0; i < parameters.size(); i++) {
                html.append(i == 0 ? "" : ", ");
                text(html, parameters.get(i).toString());
            }
        }
        html.append(')');
        if (method.result() != null) {
            html.append(" → ").append(method.result());
        }
        html.append("</span></h2>\n");
        if (method.version() != null) {
            html.append("<p class=\"version\">version ");
            text(html, method.version());
            html.append("</p>\n");
        }
        if (method.doc() != null) {
            html.append("<p class=\"doc\">");
            text(html, method.doc());
            html.append("</p>\n");
        }
        form(html, parameters == null ? List.of(ANY_ARGUMENTS) : parameters, id);
        html.append("</section>\n");
    }

    /** Stands for the parameters of a method of which none are known. */
    private static final Parameter ANY_ARGUMENTS = new Parameter("arguments", ValueType.ANY, false, null, true);

    private static void form(StringBuilder html, List<Parameter> parameters, String id) {
        html.append("<details>\n<summary>Try it</summary>\n<form>\n");
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            String field = id + "p" + i;
            ValueType type = parameter.type() == null ? ValueType.ANY : parameter.type();
            html.append("<label for=\"").append(field).append("\"><span>");
            text(html, parameter.name());
            html.append("</span> <em>");
            html.append(parameter.variable() ? "array of " : parameter.remaining() ? "object of " : "")
                    .append(type);
            html.append(parameter.required() ? "" : ", optional").append("</em></label>\n");
            boolean wide = parameter.variable()
                    || parameter.remaining()
                    || type == ValueType.ARRAY
                    || type == ValueType.OBJECT
                    || type == ValueType.ANY;
            html.append(wide ? "<textarea rows=\"2\"" : "<input type=\"text\"");
            html.append(" id=\"").append(field).append("\" data-name=\"");
            text(html, parameter.name());
            html.append("\" data-type=\"").append(type).append('"');
            flag(html, "required", parameter.required());
            flag(html, "variable", parameter.variable());
            flag(html, "remaining", parameter.remaining());
            html.append(" placeholder=\"");
            text(html, parameter.defaultValue() != null ? parameter.defaultValue() : example(parameter, type));
            html.append("\" spellcheck=\"false\" autocomplete=\"off\">")
                    .append(wide ? "</textarea>" : "")
                    .append('\n');
        }
        html.append("<button type=\"submit\">Call</button>\n<output></output>\n</form>\n</details>\n");
    }

    private static void flag(StringBuilder html, String name, boolean set) {
        html.append(set ? " data-" + name : "");
    }

    private static String example(Parameter parameter, ValueType type) {
        if (parameter.variable()) {
            return "[…]";
        } else if (parameter.remaining()) {
            return "{\"name\": …}";
        }
        return switch (type) {
            case NULL -> "null";
            case BOOLEAN -> "true or false";
            case INTEGER -> "7";
            case NUMBER -> "1.5";
            case STRING -> "text";
            case BINARY -> "base64";
            case DATETIME -> "2026-01-31T12:00:00";
            case ARRAY -> "[…]";
            case OBJECT -> "{…}";
            case ANY -> "JSON";
        };
    }

    /** Appends text so that it is only text, in an element or a quoted attribute. */
    private static void text(StringBuilder html, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&quot;");
                case '\'' -> html.append("&#39;");
                // HTML has no control characters; a byte order mark and the like would be misread too.
                default -> html.append(c < ' ' && c != '\n' && c != '\t' || c == 0x7f ? '\ufffd' : c);
            }
        }
    }
}
