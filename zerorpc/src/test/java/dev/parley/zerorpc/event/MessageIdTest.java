package dev.parley.zerorpc.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which implementation made an id. */
class MessageIdTest {
    @ParameterizedTest
    @CsvSource({
        "c420, 3434386134323431396132643430383939313163393531326131616134643138, true", // Python 3
        "d920, 3434386134323431396132643430383939313163393531326131616134643138, true", // Python 2
        "da0020, 3434386134323431396132643430383939313163393531326131616134643138, true", // Python 2, old msgpack
        "c420, 3434386134323431504132643430383939313163393531326131616134643138, false", // upper case
        "c41f, 34343861343234313961326434303839393131633935313261316161346431, false", // 31 digits
        "d924, 30623938633139372d623830302d346136312d613038372d303030303030303030303030, false", // Node
        "07, '', false",
        "c400, '', false"
    })
    void idsOfPython(String head, String digits, boolean ofPython) {
        MessageId id = new MessageId(HexFormat.of().parseHex(head + digits));
        assertThat(id.isOfPython()).isEqualTo(ofPython);
    }

    @Test
    void ownIdsAreNotOfPython() {
        assertThat(new MessageIds().next().isOfPython()).isFalse();
    }
}
