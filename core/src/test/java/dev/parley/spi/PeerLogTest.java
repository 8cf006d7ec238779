package dev.parley.spi;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PeerLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(PeerLogTest.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final PeerLog log = new PeerLog(logger, 3);

    @BeforeEach
    void listen() {
        logger.setAdditive(false);
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(logged);
        logger.setAdditive(true);
    }

    private List<String> lines() {
        return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void namesThePeerAndPrintsWhatItSentSafely() {
        log.warn("10.0.0.1:5000", "refused {} of {} bytes", "a\033[2Jb\nWARN forged", 7);
        log.error(null, "failed", new IllegalStateException("\033c"));

        assertThat(lines()).containsExactly("10.0.0.1:5000: refused a?[2Jb WARN forged of 7 bytes", "failed");
        assertThat(logged.list.getLast().getThrowableProxy().getMessage()).isEqualTo("?c");
    }

    @Test
    void countsWhatAPeerSaysBeyondItsLines() {
        for (int port = 1; port <= 100; port++) {
            log.warn("10.0.0.1:" + port, "bad");
            log.warn("[::1]:" + port, "bad");
        }
        log.warn("10.0.0.2:1", "bad");

        assertThat(lines())
                .containsExactly(
                        "10.0.0.1:1: bad",
                        "[::1]:1: bad",
                        "10.0.0.1:2: bad",
                        "[::1]:2: bad",
                        "10.0.0.1:3: bad",
                        "[::1]:3: bad",
                        "10.0.0.2:1: bad");
        assertThat(log.faults()).isEqualTo(201);
        assertThat(log.suppressed()).isEqualTo(194);
    }

    @Test
    void hostsWithoutEndShareTheLinesOfOne() {
        for (int host = 0; host < 5_000; host++) {
            log.warn("host" + host, "bad");
        }
        assertThat(lines()).hasSizeLessThanOrEqualTo(1_000 + 3);
        assertThat(log.suppressed()).isGreaterThanOrEqualTo(5_000 - 1_003);
    }

    @Test
    void tellsTheNumberWhenTheMinuteEnds() {
        for (int i = 0; i < 5; i++) {
            log.warn("10.0.0.1:1", "bad");
        }
        log.endMinute("10.0.0.1");
        log.warn("10.0.0.1:1", "bad again");

        assertThat(lines().subList(3, 5))
                .containsExactly("10.0.0.1: 2 more lines within a minute were not logged", "10.0.0.1:1: bad again");
    }
}
