package dev.parley.oslo.config;

import dev.parley.InvalidTargetException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration of a service: several files, of which later ones take precedence, and environment variables
 * {@code OS_GROUP__OPTION}, which take precedence over all files. Values may refer to other options, as {@code $name},
 * {@code ${name}} or {@code $group.name}; {@code $$} and {@code \$} are a dollar sign. As oslo.config reads it.
 * Immutable.
 */
public final class ServiceConfig {
    private static final Logger log = LoggerFactory.getLogger(ServiceConfig.class);
    private static final int MAX_REFERENCES = 100;
    private static final Pattern REFERENCE =
            Pattern.compile("\\\\\\$|\\$(?:\\$|\\{([A-Za-z_][A-Za-z0-9_.]*)}|([A-Za-z_][A-Za-z0-9_.]*))");

    private final List<Path> paths;
    private final List<IniFile> files;
    private final Map<String, String> environment;

    private ServiceConfig(List<Path> paths, Map<String, String> environment) {
        this.paths = List.copyOf(paths);
        this.files = paths.stream().map(IniFile::read).toList();
        this.environment = Map.copyOf(environment);
    }

    /**
     * Reads the files, and names in the log what they set in vain.
     *
     * @param paths in the order of precedence, the last one first
     * @param environment the environment variables
     * @throws InvalidTargetException if a file cannot be read, or is malformed
     */
    public static ServiceConfig read(List<Path> paths, Map<String, String> environment) {
        ServiceConfig config = new ServiceConfig(paths, environment);
        UnusedOptions.log(config);
        return config;
    }

    /**
     * The files of a folder whose names end with {@code .conf}, in the order of their names, without hidden ones.
     *
     * @throws InvalidTargetException if the folder cannot be read
     */
    public static List<Path> filesIn(Path directory) {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file ->
                            fileName(file).endsWith(".conf") && !fileName(file).startsWith("."))
                    .sorted((a, b) -> fileName(a).compareTo(fileName(b)))
                    .toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw new InvalidTargetException("no such folder: " + directory, e);
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidTargetException("failed to read folder " + directory + ": " + e, e);
        }
    }

    static String fileName(Path file) {
        Path name = file.getFileName();
        return name == null ? "" : name.toString();
    }

    /** The files. */
    public List<Path> paths() {
        return paths;
    }

    /** The names of the options that the files set, by group. */
    public Map<String, Set<String>> names() {
        Map<String, Set<String>> names = new LinkedHashMap<>();
        for (IniFile file : files) {
            file.groups()
                    .forEach((group, options) -> names.computeIfAbsent(group, name -> new LinkedHashSet<>())
                            .addAll(options.keySet()));
        }
        return names;
    }

    /** The value of an option, {@code null} if it is not set. */
    public @Nullable String value(ConfigOption option) {
        String raw = raw(option);
        return raw == null ? null : resolve(raw, option.group(), new References(option));
    }

    /**
     * The values of an option that may be set several times, those of earlier files first; none if it is not set. An
     * environment variable holds them separated by commas.
     */
    public List<String> values(ConfigOption option) {
        String variable = environment.get(variable(option));
        List<String> all = new ArrayList<>();
        if (variable != null) {
            all.addAll(list(variable));
        } else {
            for (IniFile file : files) {
                all.addAll(file.values(option.group(), option.name()));
                option.former().forEach(place -> all.addAll(file.values(place.group(), place.name())));
            }
        }
        return all.stream()
                .map(value -> resolve(value, option.group(), new References(option)))
                .toList();
    }

    /** The elements of a value that is a list. */
    public static List<String> list(String value) {
        return Stream.of(value.split(","))
                .map(String::strip)
                .filter(element -> !element.isEmpty())
                .toList();
    }

    /** The environment variable of an option. */
    static String variable(ConfigOption option) {
        return ("OS_" + option.group() + "__" + option.name()).toUpperCase(Locale.ROOT);
    }

    private @Nullable String raw(ConfigOption option) {
        String variable = environment.get(variable(option));
        if (variable != null) {
            return variable;
        }
        // A former name in a later file takes precedence over the present one in an earlier file.
        for (IniFile file : files.reversed()) {
            String value = last(file, option);
            for (ConfigOption former : option.former()) {
                value = value == null ? last(file, former) : value;
            }
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private static @Nullable String last(IniFile file, ConfigOption option) {
        List<String> values = file.values(option.group(), option.name());
        return values.isEmpty() ? null : values.getLast();
    }

    /** Counts the references of one value, so that options that refer to each other in a circle are refused. */
    private static final class References {
        private final ConfigOption option;
        private int left = MAX_REFERENCES;

        References(ConfigOption option) {
            this.option = option;
        }

        void take() {
            if (--left < 0) {
                throw new InvalidTargetException(
                        "option " + option + " of the configuration refers to itself, or to more than " + MAX_REFERENCES
                                + " other options");
            }
        }
    }

    private String resolve(String value, String group, References references) {
        Matcher matcher = REFERENCE.matcher(value);
        return matcher.replaceAll(found -> {
            String name = found.group(1) == null ? found.group(2) : found.group(1);
            return Matcher.quoteReplacement(name == null ? "$" : lookUp(name, group, found.group(), references));
        });
    }

    /** A name without a group is looked up in the group of the value that refers to it, then in {@code DEFAULT}. */
    private String lookUp(String name, String group, String otherwise, References references) {
        references.take();
        int dot = name.indexOf('.');
        List<String> groups = dot < 0 ? List.of(group, ConfigOption.DEFAULT) : List.of(name.substring(0, dot));
        for (String place : groups) {
            String raw = raw(new ConfigOption(place, name.substring(dot + 1)));
            if (raw != null) {
                return resolve(raw, place, references);
            }
        }
        log.warn("the configuration refers to an option {} that it does not set: {} stays as it is", name, otherwise);
        return otherwise;
    }
}
