package dev.parley.xmlrpc.format;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.Temporal;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Parses the text of scalar values, as leniently as peers write them. Text that is malformed throws
 * {@link IllegalArgumentException}. Thread-safe.
 */
final class Scalars {
    /** So many digits tell every double from every other. */
    private static final int DOUBLE_DIGITS = 17;

    /** What servers send for a date that they do not have: zeros, or what PHP makes of them. */
    private static final Pattern NO_DATE =
            Pattern.compile("|0000-?00-?00.*|-0001-?11-?30T00:?00:?00.*", Pattern.DOTALL);

    private Scalars() {}

    /** Whether the text of a date and time stands for none, as WordPress and MySQL write it. */
    static boolean isNoDate(String text) {
        return NO_DATE.matcher(text.strip()).matches();
    }

    /** The digits of a whole number: without white space and plus sign, and checked. */
    static String integerDigits(String text) {
        String digits = text.strip();
        if (digits.length() > 1 && digits.charAt(0) == '+' && digits.charAt(1) != '-') {
            digits = digits.substring(1);
        }
        int start = digits.startsWith("-") ? 1 : 0;
        if (digits.length() == start) {
            throw new IllegalArgumentException(quote(text) + " is not a whole number");
        }
        for (int i = start; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                throw new IllegalArgumentException(quote(text) + " is not a whole number");
            }
        }
        return digits;
    }

    /** Parses a double; also {@code inf}, {@code nan} and {@code 1e+16}, as Python writes them. */
    static double parseDouble(String text) {
        String number = text.strip();
        return switch (number.toLowerCase(Locale.ROOT)) {
            case "nan", "+nan", "-nan" -> Double.NaN;
            case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            default -> {
                checkDecimal(number, text);
                yield Double.parseDouble(number);
            }
        };
    }

    /** Parses a decimal. It may have an exponent, but must be finite. */
    static BigDecimal parseDecimal(String text) {
        String number = text.strip();
        checkDecimal(number, text);
        try {
            return new BigDecimal(number);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(quote(text) + " is not a number", e);
        }
    }

    /** Double.parseDouble accepts more than decimal numbers: hexadecimal ones and a trailing d. */
    private static void checkDecimal(String number, String text) {
        boolean digits = false;
        boolean point = false;
        boolean exponent = false;
        for (int i = 0; i < number.length(); i++) {
            char c = number.charAt(i);
            if (c >= '0' && c <= '9') {
                digits = true;
            } else if (c == '.' && !point && !exponent) {
                point = true;
            } else if ((c == 'e' || c == 'E') && digits && !exponent) {
                exponent = true;
                digits = false;
            } else if (!((c == '-' || c == '+')
                    && (i == 0 || number.charAt(i - 1) == 'e' || number.charAt(i - 1) == 'E'))) {
                throw new IllegalArgumentException(quote(text) + " is not a number");
            }
        }
        if (!digits) {
            throw new IllegalArgumentException(quote(text) + " is not a number");
        }
    }

    /** Parses a boolean: 0 or 1, as the specification has it, or a word, as several servers write it. */
    static boolean parseBoolean(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "1", "true" -> true;
            case "0", "false" -> false;
            default -> throw new IllegalArgumentException(quote(text) + " is not 0 or 1");
        };
    }

    /**
     * Whether a decimal number can be given as this double without a change that anybody sees: the double's shortest
     * text is that number, or the number is the double printed with as many digits.
     */
    static boolean isExact(double value, BigDecimal sent) {
        if (!Double.isFinite(value)) {
            return false;
        }
        if (sent.signum() == 0 || sent.compareTo(BigDecimal.valueOf(value)) == 0) {
            return true;
        }
        BigDecimal digits = sent.stripTrailingZeros();
        return digits.precision() >= DOUBLE_DIGITS
                && new BigDecimal(value)
                                .round(new MathContext(digits.precision(), RoundingMode.HALF_EVEN))
                                .compareTo(digits)
                        == 0;
    }

    /** Decodes base64 as Python does: characters outside its alphabet are skipped, and padding may be missing. */
    static byte[] decodeBase64(String text) {
        try {
            return Base64.getMimeDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the text is not valid base64: " + e.getMessage(), e);
        }
    }

    /**
     * Parses a date and time: {@code YYYYMMDDThh:mm:ss} as the specification has it, and the variants that peers send:
     * dashes in the date, no colons in the time, no seconds, no time, a fraction, an offset ({@code Z}, {@code +hh},
     * {@code +hhmm}, {@code +hh:mm}).
     *
     * @return a {@link LocalDateTime}, or an {@link OffsetDateTime} if the text has an offset
     */
    static Temporal parseDateTime(String text) {
        try {
            return new DateTimeText(text.strip()).read();
        } catch (DateTimeException | IndexOutOfBoundsException | NumberFormatException e) {
            throw new IllegalArgumentException(quote(text) + " is not a date and time such as 20261122T20:15:00", e);
        }
    }

    /** A text and a position in it. Used by one thread. */
    private static final class DateTimeText {
        private final String text;
        private int pos;

        DateTimeText(String text) {
            this.text = text;
        }

        Temporal read() {
            int year = digits(4);
            skip('-');
            int month = digits(2);
            skip('-');
            int day = digits(2);
            int hour = 0;
            int minute = 0;
            int second = 0;
            int nanos = 0;
            if (skip('T') || skip(' ')) {
                hour = digits(2);
                skip(':');
                minute = digits(2);
                if (skip(':') || pos < text.length() && Character.isDigit(text.charAt(pos))) {
                    second = digits(2);
                }
                if (skip('.') || skip(',')) {
                    nanos = fraction();
                }
            }
            LocalDateTime local = LocalDateTime.of(year, month, day, hour, minute, second, nanos);
            if (pos == text.length()) {
                return local;
            }
            ZoneOffset offset = offset();
            if (pos != text.length()) {
                throw new DateTimeException("unexpected text after the offset");
            }
            return local.atOffset(offset);
        }

        private ZoneOffset offset() {
            if (skip('Z')) {
                return ZoneOffset.UTC;
            }
            int sign = skip('-') ? -1 : 1;
            if (sign > 0 && !skip('+')) {
                throw new DateTimeException("expected an offset");
            }
            int hours = digits(2);
            int minutes = 0;
            if (skip(':') || pos < text.length()) {
                minutes = digits(2);
            }
            return ZoneOffset.ofHoursMinutes(sign * hours, sign * minutes);
        }

        private int fraction() {
            int nanos = 0;
            int scale = 100_000_000;
            int from = pos;
            while (pos < text.length() && text.charAt(pos) >= '0' && text.charAt(pos) <= '9') {
                nanos += (text.charAt(pos++) - '0') * scale;
                scale /= 10;
            }
            if (pos == from) {
                throw new DateTimeException("expected a fraction");
            }
            return nanos;
        }

        private int digits(int count) {
            int value = 0;
            for (int i = 0; i < count; i++) {
                char c = text.charAt(pos++);
                if (c < '0' || c > '9') {
                    throw new DateTimeException("expected a digit");
                }
                value = value * 10 + c - '0';
            }
            return value;
        }

        private boolean skip(char c) {
            if (pos < text.length() && text.charAt(pos) == c) {
                pos++;
                return true;
            }
            return false;
        }
    }

    /** A text for an error message: quoted, and cut off after 40 characters. */
    static String quote(String text) {
        return "'" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "'";
    }
}
