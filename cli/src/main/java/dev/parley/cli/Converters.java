package dev.parley.cli;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of options. */
final class Converters {
    private Converters() {}

    /** An {@link Address}. */
    static final class OfAddress implements ITypeConverter<Address> {
        @Override
        public Address convert(String text) {
            try {
                return Address.parse(text);
            } catch (InvalidTargetException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** A time greater than zero: a number of seconds, or with a unit {@code ms}, {@code s}, {@code m} or {@code h}. */
    static final class OfDuration implements ITypeConverter<Duration> {
        private static final Pattern TIME = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m|h|)");

        @Override
        public Duration convert(String text) {
            Matcher matcher = TIME.matcher(text);
            if (matcher.matches()) {
                long nanos = switch (matcher.group(2)) {
                    case "ms" -> 1_000_000L;
                    case "m" -> 60_000_000_000L;
                    case "h" -> 3_600_000_000_000L;
                    default -> 1_000_000_000L;
                };
                BigDecimal total = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(nanos));
                if (total.signum() > 0 && total.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) < 0) {
                    return Duration.ofNanos(total.longValue());
                }
            }
            throw new TypeConversionException(
                    "'" + text + "' is not a time greater than zero, such as 5, 0.5, 500ms, 2m or 1h");
        }
    }
}
