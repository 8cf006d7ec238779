package dev.parley.net.http.server;

import dev.parley.net.http.HttpResponse;
import dev.parley.spi.LargeMessages;
import dev.parley.spi.MessageCharge;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends the responses of one connection: charges them until they have left, and watches whether the peer reads large
 * ones. Confined to the event loop.
 */
final class ResponseSender {
    /**
     * How long a connection stays half open after its last response, so that the peer can read it before its own
     * sending fails.
     */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final HttpServer server;
    private final Channel channel;
    private final ResponseWriter writer;
    private final ConnectionTimer timer;
    private final RequestMemory memory;

    /** Large responses that have not left. */
    private int large;

    ResponseSender(
            HttpServer server, Channel channel, ResponseWriter writer, ConnectionTimer timer, RequestMemory memory) {
        this.server = server;
        this.channel = channel;
        this.writer = writer;
        this.timer = timer;
        this.memory = memory;
    }

    /** The response as it is sent: another one if there is no memory for it; open to pages that are allowed to call. */
    HttpResponse fitting(HttpResponse given, @Nullable IncomingRequest finished) {
        if (finished == null) {
            return given;
        }
        finished.dropBody();
        return RequestCheck.shared(server, RequestMemory.fitting(given, finished.charge()), finished);
    }

    /**
     * Sends a response, after which the peer has the time to read it, and to send the next request or to close.
     *
     * @param finished the request; {@code null} if its head could not be read
     * @param last whether the connection ends after it
     * @param halfCloses whether this side can end alone
     * @param ended whether the peer has ended its side
     */
    void send(
            HttpResponse response,
            @Nullable IncomingRequest finished,
            boolean last,
            boolean halfCloses,
            BooleanSupplier ended) {
        MessageCharge charge = finished == null ? null : finished.charge();
        boolean slow = response.body().length > LargeMessages.LARGE;
        if (slow) {
            large++;
            timer.sending(response.body().length);
        } else {
            timer.sent(last);
        }
        writer.write(response, finished, last).addListener((ChannelFutureListener) left -> {
            if (slow) {
                large--;
                timer.sent(last);
            }
            if (charge != null) {
                memory.over(charge);
            }
            if (last && (!left.isSuccess() || ended.getAsBoolean())) {
                channel.close();
            } else if (last) {
                linger(halfCloses);
            }
        });
    }

    /** Ends this side and waits for the peer's end: closing at once may reset the connection before the peer reads. */
    private void linger(boolean halfCloses) {
        if (halfCloses && channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
        channel.eventLoop().schedule(() -> channel.close(), LINGER_NANOS, TimeUnit.NANOSECONDS);
    }

    /** Gives the peer more time if it is reading a large response. */
    boolean isBeingRead() {
        return large > 0 && timer.extendSending();
    }
}
