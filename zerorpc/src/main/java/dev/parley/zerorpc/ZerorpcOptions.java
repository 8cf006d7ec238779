package dev.parley.zerorpc;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.ValueMapping;
import dev.parley.zerorpc.msgpack.MsgpackFactory;
import dev.parley.zerorpc.msgpack.MsgpackMapper;
import dev.parley.zerorpc.zmtp.ZmtpEndpoint;
import dev.parley.zerorpc.zmtp.ZmtpLimits;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * The options of a zerorpc address, the same on both sides. Immutable.
 *
 * @param heartbeat {@code heartbeat}: seconds between heartbeats on a channel, 5 by default; 0 sends none but answers the peer's
 * @param passive {@code passive}: whether a client waits for the server's first heartbeat before it sends any
 * @param window {@code window}: how many items of a stream the peer may send ahead, 100 by default, 2 to 1,000,000
 * @param backlog {@code backlog}: how many calls of one connection wait in memory when the server is at its bound, 1,000 by default
 * @param strictKeys {@code strictKeys}: whether a map with numbers for keys is an error, rather than written with the numbers as text
 */
record ZerorpcOptions(Duration heartbeat, boolean passive, int window, int backlog, boolean strictKeys) {
    static final String TCP = "zerorpc+tcp";
    static final String IPC = "zerorpc+ipc";

    static ZerorpcOptions of(Address address) {
        AddressOptions options = new AddressOptions(address);
        ZerorpcOptions result = new ZerorpcOptions(
                options.seconds("heartbeat", Duration.ofSeconds(5)),
                options.flag("passive", false),
                options.integer("window", 100, 2, 1_000_000),
                options.integer("backlog", 1_000, 1, 1_000_000),
                options.flag("strictKeys", false));
        options.refuseOthers();
        if (address.user() != null) {
            throw new InvalidTargetException("zerorpc knows no users; leave out what stands before the @");
        }
        return result;
    }

    static ZmtpEndpoint endpoint(Address address) {
        if (address.scheme().equals(IPC)) {
            return ZmtpEndpoint.ipc(address.path());
        }
        int port = address.port(-1);
        if (port < 0) {
            throw new InvalidTargetException(address + " needs a port, such as zerorpc+tcp://127.0.0.1:4242");
        }
        if (!address.path().isEmpty() && !address.path().equals("/")) {
            throw new InvalidTargetException(address + " has a path, which zerorpc over TCP has no use for");
        }
        return ZmtpEndpoint.tcp(address.host(), port);
    }

    static ZmtpLimits zmtpLimits(Limits limits) {
        return ZmtpLimits.defaults().withMaxMessageBytes(limits.messageBytes());
    }

    MsgpackMapper mapper(ValueMapping values) {
        return values.mapper(MsgpackMapper.builder(MsgpackFactory.builder()
                .streamReadConstraints(values.readConstraints())
                .streamWriteConstraints(values.writeConstraints())
                .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
                .refuseNumberKeys(strictKeys)
                .build()));
    }

    boolean beats() {
        return !heartbeat.isZero();
    }

    long heartbeatNanos() {
        return heartbeat.toNanos();
    }

    /** How often the channels are looked at. */
    long tickNanos() {
        return Math.clamp(
                heartbeat.toNanos() / 10, TimeUnit.MILLISECONDS.toNanos(5), TimeUnit.MILLISECONDS.toNanos(500));
    }
}
