package dev.parley.cli.zerorpc;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a command line by the rules of Python's argparse, of version 3.9: names may be abbreviated, flags of one letter
 * may be joined, and the first run of words that are no options takes all positional parameters, so that words after a
 * later option are refused. The positional parameters are some that may be missing, and one list of the rest.
 * Immutable.
 */
final class OptionReader {
    /** A word of the command line that may be a negative number, which is never an option. */
    private static final Pattern NEGATIVE_NUMBER = Pattern.compile("-\\d+|-\\d*\\.\\d+");

    private static final Pattern WHOLE_NUMBER = Pattern.compile("[+-]?\\d+(_\\d+)*");

    /** Where in the kinds of words one optional positional parameter, and the list of the rest, stand. */
    private static final String ONE = "(-*A?-*)";

    private static final String REST = "(-*[A-]*)";

    private final Map<String, Option> byName = new LinkedHashMap<>();
    private final String help;
    private final List<String> positionals;
    private final Pattern positionalWords;

    /**
     * A reader.
     *
     * @param options in their order
     * @param help the first name of the flag that ends reading
     * @param positionals the names of the parameters before the list of the rest, and of that list
     */
    OptionReader(List<Option> options, String help, List<String> positionals) {
        for (Option option : options) {
            option.names().forEach(name -> byName.put(name, option));
        }
        this.help = help;
        this.positionals = List.copyOf(positionals);
        this.positionalWords = Pattern.compile(ONE.repeat(positionals.size() - 1) + REST);
    }

    /**
     * What was read.
     *
     * @param help whether the help was asked for; the rest does not count then
     * @param values of the options given, by first name; of a flag an empty list for each time
     * @param words of the positional parameters, by name
     */
    record Result(boolean help, Map<String, List<String>> values, Map<String, List<String>> words) {
        boolean has(String option) {
            return values.containsKey(option);
        }

        List<String> all(String option) {
            return values.getOrDefault(option, List.of());
        }

        /** The option's last value. */
        @Nullable
        String last(String option) {
            List<String> all = all(option);
            return all.isEmpty() ? null : all.getLast();
        }

        List<String> words(String name) {
            return words.getOrDefault(name, List.of());
        }
    }

    /** A word that is an option, known or not, with the value that is joined to it. */
    private record Given(
            @Nullable Option option, String name, @Nullable String joined) {}

    /**
     * Reads.
     *
     * @throws UsageException if it cannot be read
     */
    Result read(List<String> arguments) {
        return new Reading(arguments).read();
    }

    /** What a word is, {@code null} if it is no option. */
    private @Nullable Given given(String word) {
        if (!word.startsWith("-")) {
            return null;
        }
        Option exact = byName.get(word);
        if (exact != null) {
            return new Given(exact, word, null);
        }
        if (word.length() == 1) {
            return null;
        }
        int equals = word.indexOf('=');
        if (equals >= 0 && byName.containsKey(word.substring(0, equals))) {
            String name = word.substring(0, equals);
            return new Given(byName.get(name), name, word.substring(equals + 1));
        }
        List<Given> meanings = meanings(word);
        if (meanings.size() > 1) {
            throw new UsageException("ambiguous option: " + word + " could match "
                    + String.join(", ", meanings.stream().map(Given::name).toList()));
        } else if (meanings.size() == 1) {
            return meanings.getFirst();
        }
        return NEGATIVE_NUMBER.matcher(word).matches() || word.contains(" ") ? null : new Given(null, word, null);
    }

    /** The options that an abbreviation, or joined letters, can mean. */
    private List<Given> meanings(String word) {
        List<Given> found = new ArrayList<>();
        boolean isLong = word.startsWith("--");
        int equals = isLong ? word.indexOf('=') : -1;
        String start = equals < 0 ? word : word.substring(0, equals);
        String joined = equals < 0 ? null : word.substring(equals + 1);
        byName.forEach((name, option) -> {
            if (!isLong && name.equals(word.substring(0, 2))) {
                found.add(new Given(option, name, word.substring(2)));
            } else if (name.startsWith(start)) {
                found.add(new Given(option, name, joined));
            }
        });
        return found;
    }

    /** One command line. Not thread-safe. */
    private final class Reading {
        private final List<String> arguments;
        private final Map<Integer, Given> options = new LinkedHashMap<>();
        /** One letter for each argument: O for an option, A for a word, - for the first double dash. */
        private final String kinds;

        private final Map<String, List<String>> values = new LinkedHashMap<>();
        private final Map<String, List<String>> words = new LinkedHashMap<>();
        private final Set<String> seen = new HashSet<>();
        private final List<String> extras = new ArrayList<>();
        private boolean helped;

        Reading(List<String> arguments) {
            this.arguments = arguments;
            StringBuilder letters = new StringBuilder();
            for (int i = 0; i < arguments.size(); i++) {
                String argument = arguments.get(i);
                if (letters.indexOf("-") >= 0) {
                    letters.append('A');
                } else if (argument.equals("--")) {
                    letters.append('-');
                } else {
                    Given given = given(argument);
                    letters.append(given == null ? 'A' : 'O');
                    if (given != null) {
                        options.put(i, given);
                    }
                }
            }
            kinds = letters.toString();
        }

        Result read() {
            int at = 0;
            int last = options.isEmpty() ? -1 : Collections.max(options.keySet());
            while (at <= last && !helped) {
                int next = kinds.indexOf('O', at);
                if (at < next) {
                    int end = takeWords(at);
                    if (end > at) {
                        at = end;
                        continue;
                    }
                    extras.addAll(arguments.subList(at, next));
                }
                at = takeOption(next);
            }
            if (helped) {
                return new Result(true, values, words);
            }
            at = takeWords(at);
            extras.addAll(arguments.subList(at, arguments.size()));
            if (!extras.isEmpty()) {
                throw new UsageException("unrecognized arguments: " + String.join(" ", extras));
            }
            return new Result(false, values, words);
        }

        /** Gives the positional parameters what stands here, all of them at the first time; returns where it ends. */
        private int takeWords(int at) {
            if (!words.isEmpty()) {
                return at;
            }
            Matcher matcher = positionalWords.matcher(kinds).region(at, kinds.length());
            if (!matcher.lookingAt()) {
                return at;
            }
            for (int i = 0; i < positionals.size(); i++) {
                List<String> taken = new ArrayList<>(arguments.subList(matcher.start(i + 1), matcher.end(i + 1)));
                // The dashes that end the options are no value; each parameter leaves out one.
                taken.remove("--");
                words.put(positionals.get(i), taken);
            }
            return matcher.end();
        }

        private int takeOption(int at) {
            Given given = options.get(at);
            if (given == null || given.option() == null) {
                extras.add(arguments.get(at));
                return at + 1;
            }
            Option option = given.option();
            if (!option.takesValue()) {
                takeFlags(option, given.name(), given.joined());
                return at + 1;
            }
            if (given.joined() != null) {
                take(option, given.joined());
                return at + 1;
            }
            if (at + 1 >= kinds.length() || kinds.charAt(at + 1) != 'A') {
                throw UsageException.of(option, "expected one argument");
            }
            take(option, arguments.get(at + 1));
            return at + 2;
        }

        /** A flag, and those whose letters are joined to it. */
        private void takeFlags(Option first, String firstName, @Nullable String joined) {
            Option option = first;
            String name = firstName;
            String rest = joined;
            List<Option> flags = new ArrayList<>();
            // Nothing counts before all is understood.
            while (rest != null) {
                Option next = name.startsWith("--") || rest.isEmpty() ? null : byName.get("-" + rest.charAt(0));
                if (next == null) {
                    throw UsageException.of(option, "ignored explicit argument " + PythonText.repr(rest));
                }
                flags.add(option);
                option = next;
                name = "-" + rest.charAt(0);
                rest = rest.length() == 1 ? null : rest.substring(1);
            }
            flags.add(option);
            for (Option flag : flags) {
                if (!helped) {
                    take(flag, null);
                }
            }
        }

        private void take(Option option, @Nullable String value) {
            if (value != null
                    && option.whole()
                    && !WHOLE_NUMBER.matcher(value.strip()).matches()) {
                throw UsageException.of(option, "invalid int value: " + PythonText.repr(value));
            }
            for (Option other : byName.values()) {
                boolean conflict =
                        option.name().equals(other.excludes()) || other.name().equals(option.excludes());
                if (conflict && other.isIn(seen)) {
                    throw UsageException.of(option, "not allowed with argument " + other.label());
                }
            }
            seen.add(option.name());
            List<String> all = values.computeIfAbsent(option.name(), name -> new ArrayList<>());
            if (value != null) {
                all.add(option.whole() ? new BigInteger(value.strip().replace("_", "")).toString() : value);
            }
            helped |= option.name().equals(help);
        }
    }
}
