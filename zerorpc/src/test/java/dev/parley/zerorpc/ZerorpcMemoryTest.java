package dev.parley.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.OverloadedException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.spi.MemoryBudget;
import dev.parley.spi.MessageCharge;
import dev.parley.zmtp.RawPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What connections hold of the memory budget, and how long they may hold it. */
@Timeout(120)
class ZerorpcMemoryTest {
    private static final int MIB = 1 << 20;
    private static final String TEXT = "x".repeat(MIB);

    private final MemoryBudget budget = MemoryBudget.process();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void close() throws Exception {
        release.countDown();
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        await(() -> budget.used() == 0);
    }

    private RpcServer serve(String options) {
        RpcServer server = RpcServer.builder()
                .method("echo", String.class, text -> text)
                .method("large", Integer.class, TEXT::repeat)
                .method(
                        "items",
                        Integer.class,
                        (Integer count) ->
                                Stream.generate(() -> TEXT).limit(count).iterator())
                .method("size", Object[].class, items -> items.length)
                .method("held", Object[].class, items -> (int) budget.used())
                .method("join", String[].class, texts -> String.join(",", texts).length())
                .method("hold", String.class, text -> {
                    entered.countDown();
                    release.await();
                    return "";
                })
                .listen("zerorpc+tcp://127.0.0.1:0" + options)
                .build()
                .start();
        open.add(server);
        return server;
    }

    private RawPeer connect(RpcServer server) throws IOException {
        RawPeer peer = RawPeer.connect(server.addresses().getFirst().port(-1));
        open.add(peer);
        return peer.handshake("DEALER");
    }

    private RpcClient client(RpcServer server) {
        RpcClient client = RpcClient.connect(server.addresses().getFirst().toString());
        open.add(client);
        return client;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("waited 30 s").isNegative();
            Thread.sleep(10);
        }
    }

    /** Uses up the budget but for so many bytes, in pieces so small that none of them is shed. */
    private void fill(long rest) {
        long size = 32 << 10;
        for (long left = budget.limit() - rest; left >= size; left -= size) {
            MemoryBudget.Account account = budget.open(() -> {});
            open.addFirst(account);
            assertThat(account.charge(size)).isTrue();
        }
    }

    /** A call with one text. */
    private static byte[] event(String method, String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(RawPeer.hex("93 82"));
        string(out, "message_id");
        string(out, "m1");
        string(out, "v");
        out.write(3);
        string(out, method);
        out.write(0x91);
        string(out, text);
        return out.toByteArray();
    }

    private static void string(ByteArrayOutputStream out, String text) {
        if (text.length() < 32) {
            out.write(0xa0 | text.length());
        } else {
            out.write(0xdb);
            out.writeBytes(ByteBuffer.allocate(4).putInt(text.length()).array());
        }
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** A call with one list of equal values. */
    private static byte[] list(String method, int count, String value) {
        byte[] item = RawPeer.hex(value);
        byte[] begin = event(method, "");
        ByteBuffer out = ByteBuffer.allocate(begin.length + 4 + count * item.length);
        // In place of the empty text.
        out.put(begin, 0, begin.length - 1).put((byte) 0xdd).putInt(count);
        for (int i = 0; i < count; i++) {
            out.put(item);
        }
        return out.array();
    }

    /** The beginning of a frame, with its length. */
    private static byte[] frame(int flags, byte[] body, int length) {
        return ByteBuffer.allocate(9 + length)
                .put((byte) (flags | 2))
                .putLong(body.length)
                .put(body, 0, length)
                .array();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void anIncompleteFrameIsCharged() throws Exception {
        RawPeer peer = connect(serve(""));
        byte[] event = event("echo", TEXT.repeat(4));
        peer.writeHex("01 00").write(frame(0, event, 3 * MIB));
        await(() -> budget.used() > 3 * MIB - 16_384);
        peer.close();
        await(() -> budget.used() == 0);
    }

    @Test
    void theFramesOfAnIncompleteMessageAreCharged() throws Exception {
        RawPeer peer = connect(serve(""));
        for (int i = 0; i < 3; i++) {
            byte[] body = new byte[MIB];
            peer.write(frame(1, body, MIB));
        }
        await(() -> budget.used() > 3 * MIB - 16_384);
        peer.close();
        await(() -> budget.used() == 0);
    }

    @Test
    void aRequestIsChargedWhileItsCallRuns() throws Exception {
        RawPeer peer = connect(serve(""));
        peer.send(new byte[0], event("hold", TEXT));
        assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
        // The message, and what its arguments become.
        await(() -> budget.used() > 2 * MIB && budget.used() < 3 * MIB);
        // The method goes on after its caller is gone.
        peer.close();
        release.countDown();
        await(() -> budget.used() == 0);
    }

    @Test
    void aMessageBeyondTheBudgetIsRefusedByItsIdAndSkipped() throws Exception {
        RawPeer peer = connect(serve("?heartbeat=0"));
        fill(256 << 10);
        peer.send(new byte[0], event("echo", TEXT));
        byte[] refusal = peer.readMessage().getLast();
        assertThat(text(refusal)).contains("m1", "ERR", "too much memory");
        peer.send(new byte[0], event("echo", "small"));
        assertThat(text(peer.readMessage().getLast())).contains("m1", "OK", "small");
    }

    @Test
    void whatTheTokensOfALargeCallBecomeIsCharged() throws Exception {
        RawPeer peer = connect(serve("?heartbeat=0"));
        peer.send(new byte[0], list("held", 100_000, "90"));
        byte[] reply = peer.readMessage().getLast();
        assertThat(text(reply)).contains("m1", "OK");
        // Its message, its arguments and two tokens per empty list; the result is the last value of the message.
        assertThat(ByteBuffer.wrap(reply).getInt(reply.length - 4)).isGreaterThan(200_000 + 199_000 * 64);
        await(() -> budget.used() == 0);
    }

    @Test
    void aLargeCallWhoseTokensExceedTheBudgetIsRefusedAndSmallOnesGoOn() throws Exception {
        RawPeer peer = connect(serve("?heartbeat=0"));
        byte[] empties = list("size", 1_000_000, "90");
        peer.send(new byte[0], empties);
        assertThat(text(peer.readMessage().getLast())).contains("m1", "OK");
        await(() -> budget.used() < MIB);
        fill(16 << 20);
        for (int i = 0; i < 3; i++) {
            // What the call before has taken is given back after its response.
            await(() -> budget.used() < budget.limit() - 15 * MIB);
            peer.send(new byte[0], empties);
            assertThat(text(peer.readMessage().getLast()))
                    .contains("m1", "ERR", "OverloadedException", MessageCharge.REFUSAL);
            peer.send(new byte[0], event("echo", "small"));
            assertThat(text(peer.readMessage().getLast())).contains("m1", "OK", "small");
        }
    }

    @Test
    void binaryDataOfALargeCallIsReadAsText() throws Exception {
        RawPeer peer = connect(serve("?heartbeat=0"));
        peer.send(new byte[0], list("join", 50_000, "c4 03 61 62 63"));
        byte[] reply = peer.readMessage().getLast();
        assertThat(text(reply)).contains("m1", "OK");
        assertThat(ByteBuffer.wrap(reply).getInt(reply.length - 4)).isEqualTo(4 * 50_000 - 1);
    }

    @Test
    void manyFramesBeyondTheBudgetAreRefusedByTheId() throws Exception {
        RawPeer peer = connect(serve("?heartbeat=0"));
        fill(256 << 10);
        byte[][] frames = new byte[20][64 << 10];
        frames[18] = new byte[0];
        frames[19] = event("echo", "small");
        peer.send(frames);
        List<byte[]> refusal = peer.readMessage();
        assertThat(text(refusal.getLast())).contains("m1", "ERR", "too much memory");
        peer.send(new byte[0], event("echo", "small"));
        assertThat(text(peer.readMessage().getLast())).contains("m1", "OK", "small");
    }

    @Test
    void whatIsTooLargeOnEitherSideFailsItsCallAlone() {
        RpcClient client = client(serve(""));
        assertThat(client.call("echo", String.class, "small")).isEqualTo("small");
        fill(256 << 10);
        assertThatThrownBy(() -> client.call("echo", String.class, TEXT))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("too much memory");
        assertThatThrownBy(() -> client.call("large", String.class, 1)).hasMessageContaining("too much memory");
        assertThat(client.call("echo", String.class, "small")).isEqualTo("small");
    }

    @Test
    void itemsThatWaitForTheirReaderAreCharged() throws Exception {
        RpcClient client = client(serve("?window=8"));
        try (Stream<String> items = client.stream("items", String.class, 20)) {
            Iterator<String> reader = items.iterator();
            for (int i = 0; i < 3; i++) {
                assertThat(reader.next()).isEqualTo(TEXT);
            }
            await(() -> budget.used() > 3 * MIB);
        }
        await(() -> budget.used() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMessageThatTakesTooLongEndsTheConnection(boolean betweenFrames) throws Exception {
        RawPeer peer = connect(serve("?message_timeout=0.4"));
        byte[] event = event("echo", TEXT);
        byte[] begun = frame(1, event, betweenFrames ? event.length : 10);
        peer.write(betweenFrames ? begun : Arrays.copyOf(begun, 19));
        assertThat(peer.isClosedByPeer()).isTrue();
    }

    @Test
    void anIdleConnectionStays() throws Exception {
        RawPeer peer = connect(serve("?message_timeout=0.2&heartbeat=0"));
        Thread.sleep(1_000);
        peer.send(new byte[0], event("echo", "small"));
        assertThat(text(peer.readMessage().getLast())).contains("OK", "small");
    }

    @Test
    void aPeerThatDoesNotReadIsDisconnected() throws Exception {
        RawPeer peer = connect(serve("?write_timeout=0.5"));
        byte[] event = event("echo", TEXT);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 600; i++) {
                        peer.send(new byte[0], event);
                        Thread.sleep(50);
                    }
                })
                .isInstanceOf(IOException.class);
    }
}
