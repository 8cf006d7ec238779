package dev.parley.oslo.config;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * An option: its group and name, and those that it had in former releases. Immutable.
 *
 * @param group the group, in lower case unless it is {@link #DEFAULT}
 * @param name the name
 * @param former its former groups and names, which count where the present name is not set
 */
public record ConfigOption(String group, String name, List<ConfigOption> former) {
    /** The group of options without a group. */
    public static final String DEFAULT = "DEFAULT";

    public ConfigOption {
        former = List.copyOf(former);
    }

    /** An option that never had another name. */
    public ConfigOption(String group, String name) {
        this(group, name, List.of());
    }

    /** This option with one more former place. */
    public ConfigOption formerly(String formerGroup, String formerName) {
        return new ConfigOption(
                group,
                name,
                Stream.concat(former.stream(), Stream.of(new ConfigOption(formerGroup, formerName)))
                        .toList());
    }

    /** Whether one of these is the present group and name, or a former one. */
    boolean isNamed(String someGroup, String someName) {
        return Stream.concat(Stream.of(this), former.stream())
                .anyMatch(place -> place.group.equals(someGroup) && place.name.equals(someName));
    }

    /** The options of a group that never had other names. */
    static List<ConfigOption> ofGroup(String group, String... names) {
        return Arrays.stream(names).map(name -> new ConfigOption(group, name)).toList();
    }

    /** The group and name, for messages. */
    @Override
    public String toString() {
        return "[" + group + "] " + name;
    }
}
