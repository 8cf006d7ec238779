package dev.parley.zerorpc;

import static dev.parley.zmtp.RawPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Limits;
import dev.parley.RpcServer;
import dev.parley.zerorpc.msgpack.MsgpackCursor;
import dev.parley.zmtp.RawPeer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Malformed calls: the server sends an error wherever an id can be read, and the next call on the connection is served.
 */
@Timeout(60)
class MalformedInputTest {
    public static class Service {
        public int add(int a, int b) {
            return a + b;
        }
    }

    private static final String HEADER = "82 aa6d6573736167655f6964 07 a17603";
    private static final String ADD = "a3616464";
    private static final byte[] GOOD = hex("93" + HEADER + ADD + "920203");

    private RpcServer server;
    private RawPeer peer;

    @BeforeEach
    void start() throws Exception {
        server = RpcServer.builder()
                .endpoint(new Service())
                .limits(Limits.defaults().withMessageBytes(10_000))
                .listen("zerorpc+tcp://127.0.0.1:0")
                .build()
                .start();
        peer = RawPeer.connect(server.addresses().getFirst().port(-1)).handshake("DEALER");
    }

    @AfterEach
    void stop() throws Exception {
        peer.close();
        server.close();
    }

    private String answerName(List<byte[]> message) {
        MsgpackCursor event = event(message);
        return event.readString();
    }

    private static MsgpackCursor event(List<byte[]> message) {
        byte[] payload = message.getLast();
        MsgpackCursor event = new MsgpackCursor(payload, 0, payload.length);
        assertThat(event.readArrayHeader()).isEqualTo(3);
        event.skipValue();
        return event;
    }

    private void assertNextCallIsAnswered() throws Exception {
        peer.send(new byte[0], GOOD);
        assertThat(answerName(peer.readMessage())).isEqualTo("OK");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "93 HEADER c40161 90                    | NameError | an unknown method whose name is binary data",
                "93 HEADER 05 90                        | ValueError | a name that is a number",
                "93 HEADER ADD c0                       | TypeError | arguments nil",
                "93 HEADER ADD 05                       | TypeError | arguments scalar",
                "93 HEADER ADD 81a16101                 | TypeError | arguments a map",
                "93 HEADER ADD a3616263                 | TypeError | arguments a string",
                "93 HEADER ADD 9102                     | TypeError | too few arguments",
                "93 HEADER ADD 93020304                 | TypeError | too many arguments",
                "93 HEADER ADD 9202a1ff                 | ValueError | text that is not UTF-8",
                "93 HEADER ADD 920281c001               | TypeError | a map in place of a number",
                "93 HEADER ADD 9202cf8000000000000000   | TypeError | a number out of range",
                "94 HEADER ADD 920203 c0                | ValueError | four elements",
                "92 HEADER ADD                          | ValueError | two elements",
                "93 HEADER ADD 920203 c0                | ValueError | bytes after the event",
                "93 HEADER ADD 92 02                    | ValueError | cut in the arguments",
                "93 HEADER ADD dd7fffffff               | ValueError | two billion arguments declared",
                "93 HEADER ADD 92 02 c6 7fffffff        | ValueError | two gigabytes declared",
                "93 HEADER ADD 92 02 c1                 | ValueError | the byte that MessagePack never uses",
                "93 HEADER a2fffe 90                    | ValueError | a name that is not UTF-8"
            })
    void answeredWithAnError(String payload, String name, String what) throws Exception {
        peer.send(new byte[0], hex(payload.replace("HEADER", HEADER).replace("ADD", ADD)));
        MsgpackCursor event = event(peer.readMessage());
        assertThat(event.readString()).as(what).isEqualTo("ERR");
        assertThat(event.readArrayHeader()).isEqualTo(3);
        assertThat(event.readString()).as(what).isEqualTo(name);
        assertThat(event.readString()).as("message of " + what).isNotEmpty();
        assertThat(event.readString()).endsWith("\n");
        assertNextCallIsAnswered();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // nothing
                "c1", // the byte that MessagePack never uses
                "05", // a number
                "90", // an empty list
                "93 c0 a3616464 920203", // no header
                "93 80 a3616464 920203", // an empty header
                "93 81 aa6d6573736167655f6964 c0 a3616464 920203", // nil as id
                "93 81 aa6d6573736167655f6964 90 a3616464 920203", // a list as id
                "93 df ffffffff", // four billion header keys declared
                "93 82 aa6d6573736167655f6964 07 a17603 a7 5f7a70635f6862 9100", // a heartbeat without a channel
                "93 82 aa6d6573736167655f6964 07 a17603 a9 5f7a70635f6d6f7265 9164", // a grant without a channel
                "93 83 aa6d6573736167655f6964 07 a17603 ab726573706f6e73655f746f 01 a3616464 920203" // no channel
            })
    void droppedWithoutAUsableId(String payload) throws Exception {
        peer.send(new byte[0], hex(payload));
        assertNextCallIsAnswered();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "93 81 aa6d6573736167655f6964 07 a3616464 920203", // no version
                "93 82 aa6d6573736167655f6964 07 a17602 a3616464 920203", // version 2
                "93 82 aa6d6573736167655f6964 07 a17663 a3616464 920203", // version 99
                "93 82 aa6d6573736167655f6964 07 a176c0 a3616464 920203", // a version that is not a number
                "93 82 c40a6d6573736167655f6964 07 a17603 a3616464 920203", // binary header keys
                "93 83 aa6d6573736167655f6964 07 a17603 05 06 a3616464 920203", // a header key that is not text
                "93 82 aa6d6573736167655f6964 07 a17603 c403616464 920203", // a name of binary data
                "93 82 aa6d6573736167655f6964 07 a17603 a3616464 92 cb4000000000000000 cd0003" // an integral float
            })
    void accepted(String payload) throws Exception {
        peer.send(new byte[0], hex(payload));
        MsgpackCursor event = event(peer.readMessage());
        assertThat(event.readString()).isEqualTo("OK");
        assertThat(event.readArrayHeader()).isEqualTo(1);
        assertThat(event.readLong()).isEqualTo(5);
    }

    @Test
    void withoutADelimiterOrWithAnotherFrameInItsPlace() throws Exception {
        peer.send(GOOD);
        assertThat(answerName(peer.readMessage())).isEqualTo("OK");
        peer.send(hex("ffff"), GOOD);
        List<byte[]> answer = peer.readMessage();
        assertThat(answer).hasSize(2);
        assertThat(answer.getFirst()).isEmpty();
    }

    @Test
    void anErrorForACallerOfVersion1IsOneText() throws Exception {
        peer.send(new byte[0], hex("93 82 aa6d6573736167655f6964 07 a17601 a3616464 90"));
        MsgpackCursor event = event(peer.readMessage());
        assertThat(event.readString()).isEqualTo("ERR");
        assertThat(event.readArrayHeader()).isEqualTo(1);
        assertThat(event.readString()).startsWith("TypeError('").endsWith("')");
    }

    @Test
    void aMessageThatIsTooLargeGetsAnError() throws Exception {
        byte[] large = Arrays.copyOf(hex("93" + HEADER + ADD + "92 02 da 4e20"), 20_010);
        peer.send(new byte[0], large);
        MsgpackCursor event = event(peer.readMessage());
        assertThat(event.readString()).isEqualTo("ERR");
        event.readArrayHeader();
        assertThat(event.readString()).isEqualTo("ValueError");
        assertThat(event.readString()).contains("20010").contains("10000");
        assertNextCallIsAnswered();
    }

    @Test
    void argumentsNestedTooDeeply() throws Exception {
        byte[] head = hex("93" + HEADER + ADD + "92 02");
        byte[] deep = Arrays.copyOf(head, head.length + 5001);
        Arrays.fill(deep, head.length, deep.length - 1, (byte) 0x91);
        deep[deep.length - 1] = 1;
        peer.send(new byte[0], deep);
        assertThat(answerName(peer.readMessage())).isEqualTo("ERR");
        assertNextCallIsAnswered();
    }

    @Test
    void aCallCutAtEveryByteAndChangedAtEveryByte() throws Exception {
        Random random = new Random(17);
        byte[] last = "last".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < GOOD.length; i++) {
            peer.send(new byte[0], Arrays.copyOf(GOOD, i));
            byte[] changed = GOOD.clone();
            changed[i] = (byte) random.nextInt();
            peer.send(new byte[0], changed);
        }
        byte[] end =
                hex("93 82 aa6d6573736167655f6964 c404" + HexFormat.of().formatHex(last) + "a17603" + ADD + "920203");
        peer.send(new byte[0], end);
        while (!new String(peer.readMessage().getLast(), StandardCharsets.ISO_8859_1).contains("last")) {
            // Responses to those that could be read.
        }
    }
}
