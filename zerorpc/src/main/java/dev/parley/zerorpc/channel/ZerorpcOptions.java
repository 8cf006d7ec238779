package dev.parley.zerorpc.channel;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.ValueMapping;
import dev.parley.zerorpc.msgpack.MsgpackFactory;
import dev.parley.zerorpc.msgpack.MsgpackMapper;
import dev.parley.zmtp.ZmtpEndpoint;
import dev.parley.zmtp.ZmtpLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.util.JsonRecyclerPools;

/** A zerorpc address: its endpoints and its options, which are the same on both sides. Immutable. */
public final class ZerorpcOptions {
    /** The scheme of TCP. */
    public static final String TCP = "zerorpc+tcp";
    /** The scheme of Unix-domain sockets. */
    public static final String IPC = "zerorpc+ipc";

    private final List<ZmtpEndpoint> endpoints;
    private final Pattern pattern;
    private final boolean clientBinds;
    private final boolean serverConnects;
    private final Duration heartbeat;
    private final boolean passive;
    private final Duration pace;
    private final int window;
    private final int backlog;
    private final boolean strictKeys;
    private final boolean timestamps;
    private final boolean floatDecimals;
    private final Duration messageTimeout;
    private final Duration writeTimeout;
    private final SecurityOptions security;

    private ZerorpcOptions(Address address, AddressOptions options) {
        endpoints = address.scheme().equals(IPC) ? List.of(ipc(address, options)) : tcp(address, options);
        pattern = options.choice("pattern", Pattern.CALL, Pattern.class);
        clientBinds = options.flag("bind", false);
        serverConnects = options.flag("connect", false);
        heartbeat = options.seconds("heartbeat", Duration.ofSeconds(5));
        passive = options.flag("passive", false);
        pace = options.seconds("pace", Duration.ofMillis(1));
        window = options.integer("window", 100, 2, 1_000_000);
        backlog = options.integer("backlog", 1_000, 1, 1_000_000);
        strictKeys = options.flag("strictKeys", false);
        timestamps = options.flag("timestamps", false);
        floatDecimals = options.choice("decimals", "text", "float").equals("float");
        messageTimeout = options.seconds("message_timeout", Duration.ofSeconds(60));
        writeTimeout = options.seconds("write_timeout", Duration.ofSeconds(60));
        security = new SecurityOptions(address, options);
    }

    /**
     * Reads an address.
     *
     * @throws InvalidTargetException if it lacks a port or a path, has an unknown option or one out of its range,
     *     credentials without PLAIN, or a path on TCP
     */
    public static ZerorpcOptions of(Address address) {
        AddressOptions options = new AddressOptions(address);
        ZerorpcOptions result = new ZerorpcOptions(address, options);
        options.refuseOthers();
        return result;
    }

    private static ZmtpEndpoint ipc(Address address, AddressOptions options) {
        if (!address.hosts().isEmpty()) {
            throw new InvalidTargetException(
                    address + " has a host: a Unix-domain socket has only a path, as in zerorpc+ipc:///tmp/service");
        }
        return ZmtpEndpoint.ipc(options.path());
    }

    private static List<ZmtpEndpoint> tcp(Address address, AddressOptions options) {
        List<ZmtpEndpoint> endpoints = new ArrayList<>();
        for (Address.Host host : options.severalHosts()) {
            if (host.port() < 0) {
                throw needsPort(address);
            }
            endpoints.add(ZmtpEndpoint.tcp(host.name().isEmpty() ? address.host() : host.name(), host.port()));
        }
        if (endpoints.isEmpty()) {
            throw needsPort(address);
        }
        return List.copyOf(endpoints);
    }

    private static InvalidTargetException needsPort(Address address) {
        return new InvalidTargetException(address + " needs a port, such as zerorpc+tcp://127.0.0.1:4242");
    }

    /** The limits of a socket for messages of these limits. */
    public ZmtpLimits zmtpLimits(Limits limits) {
        return ZmtpLimits.defaults()
                .withMaxMessageBytes(limits.messageBytes())
                .withTimeouts(messageTimeout, writeTimeout);
    }

    /** The security options. */
    public SecurityOptions security() {
        return security;
    }

    /** A mapper of MessagePack. */
    public MsgpackMapper mapper(ValueMapping values) {
        return values.mapper(MsgpackMapper.builder(MsgpackFactory.builder()
                .streamReadConstraints(values.readConstraints())
                .streamWriteConstraints(values.writeConstraints())
                .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
                .refuseNumberKeys(strictKeys)
                .timestamps(timestamps)
                .decimalsAsFloats(floatDecimals)
                .build()));
    }

    /** Where to bind or connect: one or more. */
    public List<ZmtpEndpoint> endpoints() {
        return endpoints;
    }

    /** Option {@code pattern}: what goes from clients to servers; by default calls. */
    public Pattern pattern() {
        return pattern;
    }

    /** Option {@code bind}: whether a client binds its socket, and servers connect to it; by default false. */
    public boolean clientBinds() {
        return clientBinds;
    }

    /** Option {@code connect}: whether a server connects its socket, such as to a proxy; by default false. */
    public boolean serverConnects() {
        return serverConnects;
    }

    /** Option {@code passive}: whether a client sends no heartbeat before the server's first one; by default false. */
    public boolean passive() {
        return passive;
    }

    /**
     * Option {@code pace}: how many nanoseconds a server leaves between the events that it sends to a client of zerorpc
     * for Python on one channel; by default a millisecond.
     */
    public long paceNanos() {
        return pace.toNanos();
    }

    /** Option {@code window}: how many items of a stream the peer may send ahead; by default 100, 2 to 1,000,000. */
    public int window() {
        return window;
    }

    /**
     * Option {@code backlog}: how many calls of one connection wait in memory while the server runs as many as it may;
     * by default 1,000, 1 to 1,000,000.
     */
    public int backlog() {
        return backlog;
    }

    /** Whether this side sends heartbeats of its own: not if option {@code heartbeat} is 0. */
    boolean sendsHeartbeats() {
        return !heartbeat.isZero();
    }

    /** Option {@code heartbeat}: the time between heartbeats on a channel in nanoseconds; by default 5 seconds. */
    long heartbeatNanos() {
        return heartbeat.toNanos();
    }

    /** How often a session checks its channels, in nanoseconds: 5 to 500 milliseconds. */
    long tickNanos() {
        return Math.clamp(
                heartbeat.toNanos() / 10, TimeUnit.MILLISECONDS.toNanos(5), TimeUnit.MILLISECONDS.toNanos(500));
    }
}
