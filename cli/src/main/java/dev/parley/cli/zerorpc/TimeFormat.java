package dev.parley.cli.zerorpc;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.time.temporal.IsoFields;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;

/** Formats broken-down times as C's strftime does in the C locale, on which Python's relies. */
final class TimeFormat {
    private static final List<String> DAYS =
            List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");
    private static final int SHORT = 3;
    private static final int NOON = 12;
    private static final int CENTURY = 100;
    private static final int WEEK = 7;

    private final List<Integer> time;

    private TimeFormat(List<Integer> time) {
        this.time = time;
    }

    /** The text of a time in a format. */
    static String format(String format, List<Integer> time) {
        return new TimeFormat(time).format(format);
    }

    private String format(String format) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < format.length()) {
            char c = format.charAt(at++);
            if (c != '%' || at == format.length()) {
                out.append(c);
                continue;
            }
            boolean bare = format.charAt(at) == '-' && at + 1 < format.length();
            char directive = format.charAt(bare ? at + 1 : at);
            at += bare ? 2 : 1;
            String text = directive(directive);
            out.append(bare ? text.replaceFirst("^[0 ]+(?=\\d)", "") : text);
        }
        return out.toString();
    }

    private String directive(char directive) {
        return switch (directive) {
            case 'a' -> day().substring(0, SHORT);
            case 'A' -> day();
            case 'b', 'h' -> month().substring(0, SHORT);
            case 'B' -> month();
            case 'c' -> format("%a %b %e %H:%M:%S %Y");
            case 'C' -> two(Math.floorDiv(year(), CENTURY));
            case 'd' -> two(time.get(2));
            case 'D', 'x' -> format("%m/%d/%y");
            case 'e' -> "%2d".formatted(time.get(2));
            case 'F' -> format("%Y-%m-%d");
            case 'g' -> two(Math.floorMod(date().get(IsoFields.WEEK_BASED_YEAR), CENTURY));
            case 'G' -> String.valueOf(date().get(IsoFields.WEEK_BASED_YEAR));
            case 'H' -> two(hour());
            case 'I' -> two((hour() + NOON - 1) % NOON + 1);
            case 'j' -> "%03d".formatted(TimeModule.yearDay(time));
            case 'k' -> "%2d".formatted(hour());
            case 'l' -> "%2d".formatted((hour() + NOON - 1) % NOON + 1);
            case 'm' -> two(time.get(1));
            case 'M' -> two(time.get(4));
            case 'n' -> "\n";
            case 'p' -> hour() < NOON ? "AM" : "PM";
            case 'P' -> hour() < NOON ? "am" : "pm";
            case 'r' -> format("%I:%M:%S %p");
            case 'R' -> format("%H:%M");
            case 's' -> String.valueOf(TimeModule.seconds(time));
            case 'S' -> two(time.get(5));
            case 't' -> "\t";
            case 'T', 'X' -> format("%H:%M:%S");
            case 'u' -> String.valueOf(time.get(6) + 1);
            case 'U' -> two((TimeModule.yearDay(time) - 1 + WEEK - sundayBased()) / WEEK);
            case 'V' -> two(date().get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'w' -> String.valueOf(sundayBased());
            case 'W' -> two((TimeModule.yearDay(time) - 1 + WEEK - time.get(6)) / WEEK);
            case 'y' -> two(Math.floorMod(year(), CENTURY));
            case 'Y' -> String.valueOf(year());
            case 'z' -> DateTimeFormatter.ofPattern("xx", Locale.ROOT).format(zoned());
            case 'Z' -> zone();
            case '%' -> "%";
            default -> "%" + directive;
        };
    }

    private static String two(int number) {
        return "%02d".formatted(number);
    }

    private int year() {
        return time.get(0);
    }

    private int hour() {
        return time.get(3);
    }

    private String day() {
        return DAYS.get(Math.floorMod(time.get(6), WEEK));
    }

    private int sundayBased() {
        return (time.get(6) + 1) % WEEK;
    }

    private String month() {
        return date().getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
    }

    private LocalDate date() {
        return LocalDate.of(year(), time.get(1), time.get(2));
    }

    private ZonedDateTime zoned() {
        return Instant.ofEpochSecond(TimeModule.seconds(time)).atZone(ZoneId.systemDefault());
    }

    private String zone() {
        return TimeZone.getDefault().getDisplayName(time.get(8) > 0, TimeZone.SHORT, Locale.ENGLISH);
    }
}
