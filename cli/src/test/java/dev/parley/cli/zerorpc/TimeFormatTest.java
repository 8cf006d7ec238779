package dev.parley.cli.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The texts are Python's. */
class TimeFormatTest {
    private static final String EVERYTHING = "%a %A %b %B %c %C %d %D %e %F %g %G %h %H %I %j %k %l %m %M %p %P %r %R"
            + " %S %T %u %U %V %w %W %x %X %y %Y %% %-d %Q %";

    @ParameterizedTest
    @CsvSource({
        "0, Thu Thursday Jan January Thu Jan  1 00:00:00 1970 19 01 01/01/70  1 1970-01-01 70 1970 Jan 00 12 001"
                + "  0 12 01 00 AM am 12:00:00 AM 00:00 00 00:00:00 4 00 01 4 00 01/01/70 00:00:00 70 1970 % 1 %Q %",
        "951782400, Tue Tuesday Feb February Tue Feb 29 00:00:00 2000 20 29 02/29/00 29 2000-02-29 00 2000 Feb 00 12"
                + " 060  0 12 02 00 AM am 12:00:00 AM 00:00 00 00:00:00 2 09 09 2 09 02/29/00 00:00:00 00 2000 % 29 %Q %",
        "1234567890, Fri Friday Feb February Fri Feb 13 23:31:30 2009 20 13 02/13/09 13 2009-02-13 09 2009 Feb 23 11"
                + " 044 23 11 02 31 PM pm 11:31:30 PM 23:31 30 23:31:30 5 06 07 5 06 02/13/09 23:31:30 09 2009 % 13 %Q %",
        "1609459199, Thu Thursday Dec December Thu Dec 31 23:59:59 2020 20 31 12/31/20 31 2020-12-31 20 2020 Dec 23 11"
                + " 366 23 11 12 59 PM pm 11:59:59 PM 23:59 59 23:59:59 4 52 53 4 52 12/31/20 23:59:59 20 2020 % 31 %Q %"
    })
    void formatsAsPython(long seconds, String expected) {
        assertThat(new TimeModule().strftime(EVERYTHING, new TimeModule().gmtime((double) seconds)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0", "951782400", "1234567890.75", "-86400.5"})
    void localTimesComeBack(double seconds) {
        TimeModule time = new TimeModule();

        List<Integer> local = time.localtime(seconds);

        assertThat(time.mktime(local)).isEqualTo(Math.floor(seconds));
        assertThat(time.gmtime(seconds).subList(0, 3))
                .isEqualTo(List.of(
                        Instant.ofEpochSecond((long) Math.floor(seconds))
                                .atOffset(ZoneOffset.UTC)
                                .getYear(),
                        Instant.ofEpochSecond((long) Math.floor(seconds))
                                .atOffset(ZoneOffset.UTC)
                                .getMonthValue(),
                        Instant.ofEpochSecond((long) Math.floor(seconds))
                                .atOffset(ZoneOffset.UTC)
                                .getDayOfMonth()));
    }
}
