package dev.parley.interop.attack;

import dev.parley.Address;
import dev.parley.broker.conformance.RawClient;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** What is known to hurt a server, each with the number of connections that do it. */
final class Attacks {
    /** An attack; returns when it is over. */
    interface Attack {
        void run() throws InterruptedException;
    }

    private static final int MB = 1 << 20;
    /** Text in JSON and XML that is as long as a message may be. */
    private static final int LARGE = 16 * MB - 1_000;

    private static final byte[] CALL = bytes("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"add\",\"params\":[1,2]}");

    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final int management;
    private final double scale;
    private final long holdMillis;
    private final Random random;

    /**
     * Attacks.
     *
     * @param addresses of the server
     * @param management port of the broker's management API
     * @param scale the share of the connections; 1 for all
     * @param holdMillis how long silent connections stay
     */
    Attacks(Iterable<String> addresses, int management, double scale, long holdMillis, long seed) {
        for (String address : addresses) {
            Address parsed = Address.parse(address);
            ports.put(parsed.scheme(), parsed.port(0));
        }
        this.management = management;
        this.scale = scale;
        this.holdMillis = holdMillis;
        this.random = new Random(seed);
    }

    /** All of them, by name. */
    Map<String, Attack> all() {
        Map<String, Attack> attacks = new LinkedHashMap<>();
        attacks.put("no attack", () -> Thread.sleep(holdMillis));
        byte[] bomb = gzip(echo("x".repeat(LARGE)));
        attacks.put("gzip bombs, JSON-RPC", () -> post("jsonrpc+http", 900, 300, "/rpc", GZIP, bomb));
        byte[] xmlBomb = gzip(xml("x".repeat(LARGE)));
        attacks.put("gzip bombs, XML-RPC", () -> post("xmlrpc+http", 900, 300, "/RPC2", GZIP, xmlBomb));
        byte[] members = emptyMembers(100_000);
        attacks.put("100,000 empty gzip members", () -> post("jsonrpc+http", 20, 20, "/rpc", GZIP, members));
        attacks.put("bodies less their last byte", () -> {
            byte[] body = echo("x".repeat(15 * MB));
            attack("jsonrpc+http", 40, 40, attacker -> {
                attacker.post("/rpc", "", body, body.length - 1);
                Thread.sleep(holdMillis);
            });
        });
        attacks.put("messages less their last byte, TCP", () -> {
            byte[] body = echo("x".repeat(15 * MB));
            attack("jsonrpc+tcp", 40, 40, attacker -> {
                attacker.send(Arrays.copyOf(body, body.length - 1));
                Thread.sleep(holdMillis);
            });
        });
        byte[] objects = bytes(echoStart() + "[" + "{},".repeat(2_400_000) + "{}]]}");
        attacks.put("documents of 2,400,000 objects, HTTP", () -> post("jsonrpc+http", 40, 40, "/rpc", "", objects));
        attacks.put(
                "documents of 2,400,000 objects, TCP",
                () -> attack("jsonrpc+tcp", 20, 20, attacker -> {
                    attacker.send(objects);
                    attacker.send("\n");
                    attacker.receiveLine();
                }));
        byte[] names = echoMembers(100_000);
        attacks.put("100,000 colliding member names", () -> post("jsonrpc+http", 20, 4, "/rpc", "", names));
        byte[] deep = bytes(echoStart() + "[".repeat(4 * MB));
        attacks.put("nested 4,000,000 deep", () -> post("jsonrpc+http", 20, 20, "/rpc", "", deep));
        attacks.put(
                "slow calls on one connection, TCP",
                () -> attack("jsonrpc+tcp", 1, 1, attacker -> {
                    attacker.send(slowCalls(2_000));
                    Thread.sleep(holdMillis);
                }));
        attacks.put(
                "slow calls on one connection, WebSocket",
                () -> attack("jsonrpc+ws", 1, 1, attacker -> {
                    attacker.upgrade("/ws", "");
                    for (int i = 0; i < 2_000; i++) {
                        byte[] call = slowCalls(1);
                        attacker.frameHeader(0x81, call.length);
                        attacker.send(call);
                    }
                    Thread.sleep(holdMillis);
                }));
        attacks.put("deflate bombs, WebSocket", () -> {
            byte[] deflated = deflate(echo("x".repeat(LARGE)));
            attack("jsonrpc+ws", 200, 100, attacker -> {
                attacker.upgrade("/ws", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
                attacker.frameHeader(0xc1, deflated.length);
                attacker.send(deflated);
                attacker.receive();
            });
        });
        attacks.put(
                "fragments without end, WebSocket",
                () -> attack("jsonrpc+ws", 40, 40, attacker -> {
                    attacker.upgrade("/ws", "");
                    byte[] part = new byte[64 << 10];
                    Arrays.fill(part, (byte) ' ');
                    for (int i = 0; i < 240; i++) {
                        attacker.frameHeader(i == 0 ? 0x01 : 0x00, part.length);
                        attacker.send(part);
                    }
                    Thread.sleep(holdMillis);
                }));
        attacks.put(
                "responses that nobody reads",
                () -> attack("jsonrpc+tcp", 50, 50, attacker -> {
                    for (int i = 0; i < 20; i++) {
                        attacker.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"text\",\"params\":[4000000]}\n");
                    }
                    Thread.sleep(holdMillis);
                }));
        attacks.put(
                "responses that nobody reads, HTTP",
                () -> attack("jsonrpc+http", 50, 50, attacker -> {
                    byte[] call = bytes("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"text\",\"params\":[4000000]}");
                    for (int i = 0; i < 20; i++) {
                        attacker.post("/rpc", "", call, call.length);
                    }
                    Thread.sleep(holdMillis);
                }));
        attacks.put(
                "partial ZMTP messages",
                () -> attack("zerorpc+tcp", 40, 40, attacker -> {
                    zmtp(attacker);
                    attacker.send(
                            (byte) 2, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) (15 * MB >>> 16), (byte)
                                    0);
                    attacker.send((byte) 0);
                    attacker.send(new byte[15 * MB - 1]);
                    Thread.sleep(holdMillis);
                }));
        attacks.put("contents less their last byte, AMQP", () -> {
            int port = port("rabbit");
            Attacker.attack(port, scaled(40), 40, unused -> partialContent(port));
        });
        attacks.put("half requests on all ports", this::halfRequests);
        attacks.put("other protocols on all ports", () -> {
            for (int port : allPorts()) {
                Attacker.attack(port, scaled(200), 50, attacker -> {
                    attacker.send(random.nextBoolean() ? TLS_HELLO : CROSS_SITE_POST);
                    attacker.receiveAll(holdMillis);
                });
            }
        });
        attacks.put("mutated requests on all ports", () -> {
            for (int port : allPorts()) {
                Attacker.attack(port, scaled(2_000), 50, attacker -> {
                    attacker.send(mutated());
                    attacker.close();
                });
            }
        });
        return attacks;
    }

    private static final String GZIP = "Content-Encoding: gzip\r\n";
    private static final byte[] TLS_HELLO = {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0};
    private static final byte[] CROSS_SITE_POST =
            bytes("POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nConnection: close\r\n"
                    + "Content-Type: text/plain\r\nContent-Length: 58\r\n\r\n"
                    + new String(CALL, StandardCharsets.US_ASCII));

    private int port(String scheme) {
        Integer port = ports.get(scheme);
        if (port == null) {
            throw new IllegalArgumentException("no " + scheme + " among " + ports);
        }
        return port;
    }

    private int[] allPorts() {
        return java.util.stream.IntStream.concat(
                        ports.values().stream().mapToInt(Integer::intValue), java.util.stream.IntStream.of(management))
                .toArray();
    }

    private int scaled(int connections) {
        return Math.max(1, (int) (connections * scale));
    }

    private void attack(String scheme, int connections, int atOnce, Attacker.Script script)
            throws InterruptedException {
        Attacker.attack(port(scheme), scaled(connections), atOnce, script);
    }

    /** Posts a body on each of many connections, and waits for each response. */
    private void post(String scheme, int connections, int atOnce, String path, String headers, byte[] body)
            throws InterruptedException {
        attack(scheme, connections, atOnce, attacker -> {
            attacker.post(path, headers, body, body.length);
            attacker.receive();
        });
    }

    private void halfRequests() throws InterruptedException {
        int[] all = allPorts();
        Thread[] threads = new Thread[all.length];
        for (int i = 0; i < all.length; i++) {
            int port = all[i];
            threads[i] = Thread.startVirtualThread(() -> {
                try {
                    Attacker.attack(port, scaled(1_000), 1_000, attacker -> {
                        attacker.send(
                                port == port("jsonrpc+tcp")
                                        ? "{\"jsonrpc\":\"2.0\","
                                        : port == port("rabbit")
                                                ? "AMQP"
                                                : port == port("zerorpc+tcp") ? "\377\0\0" : "POST / HTTP/1.1\r\nHo");
                        Thread.sleep(holdMillis);
                    });
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void partialContent(int port) throws IOException, InterruptedException {
        try (RawClient client = new RawClient("127.0.0.1", port).login(0)) {
            client.send(RawClient.openChannel(1));
            client.expect("20.11");
            ByteBuf publish = Unpooled.buffer().writeShort(60).writeShort(40).writeShort(0);
            client.send(RawClient.frame(
                    1, 1, publish.writeByte(0).writeByte(1).writeByte('q').writeByte(0)));
            client.send(RawClient.frame(
                    2,
                    1,
                    Unpooled.buffer()
                            .writeShort(60)
                            .writeShort(0)
                            .writeLong(15 * MB)
                            .writeShort(0)));
            int part = 128_000;
            for (int sent = 0; sent + part < 15 * MB; sent += part) {
                client.send(RawClient.frame(3, 1, Unpooled.wrappedBuffer(new byte[part])));
            }
            Thread.sleep(holdMillis);
        }
    }

    /** Completes the handshake of ZMTP 3.0 as a DEALER. */
    private static void zmtp(Attacker attacker) throws IOException {
        byte[] greeting = new byte[64];
        greeting[0] = (byte) 0xff;
        greeting[9] = 0x7f;
        greeting[10] = 3;
        System.arraycopy(bytes("NULL"), 0, greeting, 12, 4);
        attacker.send(greeting);
        byte[] ready = bytes("\5READY\13Socket-Type\0\0\0\6DEALER");
        attacker.send((byte) 4, (byte) ready.length);
        attacker.send(ready);
        attacker.receive();
    }

    private byte[] mutated() {
        byte[] request =
                bytes("POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                        + CALL.length + "\r\n\r\n" + new String(CALL, StandardCharsets.US_ASCII));
        byte[] chosen = random.nextBoolean() ? request : CALL.clone();
        synchronized (random) {
            for (int i = 0; i < 1 + random.nextInt(8); i++) {
                chosen[random.nextInt(chosen.length)] = (byte) random.nextInt(256);
            }
            return Arrays.copyOf(chosen, 1 + random.nextInt(chosen.length));
        }
    }

    private static byte[] slowCalls(int count) {
        return bytes("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sleep\",\"params\":[60000]}\n".repeat(count));
    }

    private static String echoStart() {
        return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"params\":[";
    }

    private static byte[] echo(String text) {
        return bytes(echoStart() + "\"" + text + "\"]}");
    }

    /** An object with members whose names have one hash code. */
    private static byte[] echoMembers(int count) {
        StringBuilder json = new StringBuilder(echoStart()).append('{');
        for (int n = 0; n < count; n++) {
            json.append(n == 0 ? "\"" : ",\"");
            for (int bit = 0; bit < 17; bit++) {
                json.append((n >>> bit & 1) == 0 ? "Aa" : "BB");
            }
            json.append("\":1");
        }
        return bytes(json.append("}]}").toString());
    }

    private static byte[] xml(String text) {
        return bytes("<?xml version='1.0'?><methodCall><methodName>echo</methodName><params><param><value><string>"
                + text + "</string></value></param></params></methodCall>");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] gzip(byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] emptyMembers(int count) {
        byte[] member = gzip(new byte[0]);
        byte[] members = new byte[count * member.length];
        for (int i = 0; i < count; i++) {
            System.arraycopy(member, 0, members, i * member.length, member.length);
        }
        return members;
    }

    /** As a message of permessage-deflate. */
    private static byte[] deflate(byte[] data) {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        deflater.setInput(data);
        byte[] out = new byte[1 << 20];
        int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        deflater.end();
        return Arrays.copyOf(out, length - 4);
    }
}
