package dev.parley.security;

import java.nio.file.Path;
import java.security.Principal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Permits what a file says: lines {@code NAME: METHOD METHOD…}. The name is that of a principal, {@code *} for all
 * callers, or {@code anonymous} for those that are not authenticated; a method is a name with its namespace, in which
 * {@code *} stands for any characters. The last colon separates them. What no line permits is refused. Blank lines and
 * those that begin with {@code #} are left out. {@link #reload} reads the file anew. Thread-safe.
 *
 * <pre>
 * # everybody may look, alice may do everything
 * *: get.* ping
 * CN=backup,O=Example: store.save
 * alice: *
 * </pre>
 */
public final class AllowFile implements Authorizer {
    private static final String EVERYBODY = "*";

    private final Path file;
    private volatile Map<String, List<MethodPattern>> rules;

    private AllowFile(Path file) {
        this.file = file;
        this.rules = read(file);
    }

    /**
     * Reads a file.
     *
     * @throws dev.parley.InvalidTargetException if it cannot be read, or a line is malformed; the message names the line
     */
    public static AllowFile of(Path file) {
        return new AllowFile(Objects.requireNonNull(file, "file"));
    }

    private static Map<String, List<MethodPattern>> read(Path file) {
        Map<String, List<MethodPattern>> rules = new HashMap<>();
        Lines.read(file, true, (name, methods) -> {
            if (methods.isEmpty()) {
                throw new IllegalArgumentException("the line permits nothing; a line is NAME: METHOD METHOD…");
            }
            List<MethodPattern> patterns = rules.computeIfAbsent(name, any -> new ArrayList<>());
            for (String method : methods.split("[\\s,]+")) {
                patterns.add(new MethodPattern(method));
            }
        });
        return rules;
    }

    @Override
    public boolean permits(@Nullable Principal caller, String method) {
        Map<String, List<MethodPattern>> current = rules;
        String name = caller == null ? User.ANONYMOUS.name() : caller.getName();
        return matches(current.get(name), method) || matches(current.get(EVERYBODY), method);
    }

    private static boolean matches(@Nullable List<MethodPattern> patterns, String method) {
        return patterns != null && patterns.stream().anyMatch(each -> each.matches(method));
    }

    @Override
    public void reload() {
        rules = read(file);
    }

    @Override
    public String toString() {
        return "AllowFile[" + file + "]";
    }
}
