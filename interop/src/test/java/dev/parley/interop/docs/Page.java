package dev.parley.interop.docs;

import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation as Java: its type declarations become members of one class, and the statements of each
 * section ({@code ##}) one method. Ports are replaced by free ones, those of RabbitMQ by the given broker's.
 */
record Page(String name, List<String> members, List<String> sections) {
    private static final Pattern TYPE = Pattern.compile(
            "^((public|final|sealed|abstract|static) )*(class|interface|record|enum|@interface) ", Pattern.MULTILINE);
    private static final Pattern LOCAL_PORT = Pattern.compile("(127\\.0\\.0\\.1|localhost):(\\d+)");

    static Page read(Path file, EmbeddedBroker broker) {
        Map<String, String> ports = new HashMap<>(Map.of(
                "5672", Integer.toString(broker.port()), "15672", Integer.toString(broker.managementPort()), "0", "0"));
        List<String> members = new ArrayList<>();
        List<String> sections = new ArrayList<>();
        StringBuilder section = new StringBuilder();
        StringBuilder block = null;
        for (String line : lines(file)) {
            if (line.startsWith("## ") && block == null) {
                flush(section, sections);
            } else if (block == null && line.equals("```java")) {
                block = new StringBuilder();
            } else if (block != null && line.equals("```")) {
                String code = freePorts(block.toString(), ports);
                if (isDeclaration(code)) {
                    members.add(code);
                } else {
                    section.append(code);
                }
                block = null;
            } else if (block != null) {
                block.append(line).append('\n');
            }
        }
        flush(section, sections);
        return new Page(file.getFileName().toString(), members, sections);
    }

    private static boolean isDeclaration(String code) {
        Matcher type = TYPE.matcher(code);
        // Only annotations and comments may stand before it: a local record in a method body is no member.
        return type.find()
                && code.substring(0, type.start())
                        .lines()
                        .allMatch(line -> line.isBlank() || line.matches("\\s*(@|//|/\\*|\\*).*"));
    }

    private static void flush(StringBuilder section, List<String> sections) {
        if (!section.isEmpty()) {
            sections.add(section.toString());
            section.setLength(0);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String freePorts(String code, Map<String, String> ports) {
        return LOCAL_PORT
                .matcher(code)
                .replaceAll(match -> "127.0.0.1:"
                        + ports.computeIfAbsent(match.group(2), port -> Integer.toString(FreePorts.take())));
    }

    private boolean declares(String member) {
        return members.stream().map(Page::typeName).anyMatch(typeName(member)::equals);
    }

    private static String typeName(String member) {
        Matcher type = TYPE.matcher(member);
        return type.find() ? member.substring(type.end()).split("\\W", 2)[0] : "";
    }

    boolean hasCode() {
        return !members.isEmpty() || !sections.isEmpty();
    }

    /**
     * The page as the source of class {@code Sample}, with methods {@code section0}, {@code section1}…; it may use the
     * types that the README shows.
     */
    String source(Page readme) {
        StringBuilder source = new StringBuilder("""
                import dev.parley.*;
                import dev.parley.broker.*;
                import dev.parley.broker.junit.*;
                import dev.parley.http.*;
                import dev.parley.interop.examples.*;
                import dev.parley.oslo.*;
                import dev.parley.oslo.admin.*;
                import dev.parley.oslo.notify.*;
                import dev.parley.oslo.notify.bridge.*;
                import dev.parley.jwt.JwtAuthenticator;
                import dev.parley.security.*;
                import dev.parley.security.Authenticator;
                import dev.parley.xmlrpc.*;
                import dev.parley.zmtp.security.CurveKeyPair;
                import java.math.*;
                import java.net.*;
                import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
                import org.springframework.context.annotation.Bean;
                import org.springframework.context.annotation.Configuration;
                import java.nio.file.*;
                import java.time.*;
                import java.util.*;
                import java.util.concurrent.*;
                import java.util.stream.*;
                import org.junit.jupiter.api.Assertions;
                import org.junit.jupiter.api.Test;
                import org.junit.jupiter.api.extension.*;

                public class Sample {
                """);
        Stream.concat(members.stream(), readme.members().stream().filter(member -> !declares(member)))
                .forEach(member -> source.append(TYPE.matcher(member)
                        .replaceAll(type -> "public static " + type.group().replaceAll("\\b(public|static) ", ""))));
        for (int i = 0; i < sections.size(); i++) {
            source.append("public static void section").append(i).append("() throws Exception {\n");
            source.append(sections.get(i)).append("}\n");
        }
        return source.append("}\n").toString();
    }

    @Override
    public String toString() {
        return name;
    }
}
