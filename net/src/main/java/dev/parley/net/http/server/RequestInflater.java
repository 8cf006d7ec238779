package dev.parley.net.http.server;

import dev.parley.OverloadedException;
import dev.parley.net.http.ContentCoding;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.socket.ChannelTasks;
import dev.parley.spi.Decoding;
import dev.parley.spi.Guard;
import dev.parley.spi.MessageCharge;
import dev.parley.spi.PeerLog;
import io.netty.channel.Channel;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * Inflates the body of a request away from the event loop, since that may take long, and stops when the request is
 * abandoned. Immutable and thread-safe.
 */
final class RequestInflater {
    private static final PeerLog faults = new PeerLog(LoggerFactory.getLogger(HttpConnection.class));

    private final String coding;
    private final byte[] body;
    private final int limit;
    private final MessageCharge charge;
    private final String remoteAddress;
    private final Channel channel;

    /**
     * An inflater.
     *
     * @param body as it was received; charged already
     * @param limit the largest size of the inflated body in bytes
     */
    RequestInflater(
            String coding, byte[] body, int limit, MessageCharge charge, String remoteAddress, Channel channel) {
        this.coding = coding;
        this.body = body;
        this.limit = limit;
        this.charge = charge;
        this.remoteAddress = remoteAddress;
        this.channel = channel;
    }

    /**
     * Starts to inflate. One of the consumers takes the outcome, on the event loop.
     *
     * @param to takes the inflated body
     * @param refused takes the response if the request is refused
     */
    void start(Consumer<byte[]> to, Consumer<HttpResponse> refused) {
        Consumer<HttpResponse> refuse = response -> ChannelTasks.execute(channel, () -> refused.accept(response));
        Guard.start("parley-http-inflate", () -> inflate(to, refuse), e -> refuse.accept(HttpConnection.FAILURE));
    }

    private void inflate(Consumer<byte[]> to, Consumer<HttpResponse> refuse) {
        byte[] inflated;
        try (Decoding decoding = Decoding.of(charge)) {
            inflated = ContentCoding.decode(coding, body, limit, decoding);
            decoding.give(body.length);
        } catch (ContentCoding.TooLargeException e) {
            refuse.accept(RequestCheck.tooLarge(limit));
            return;
        } catch (IOException e) {
            refuse.accept(HttpResponse.text(400, "the body is not valid " + coding + ": " + e.getMessage()));
            return;
        } catch (OverloadedException e) {
            refuse.accept(RequestMemory.refusal());
            return;
        } catch (CancellationException e) {
            refuse.accept(HttpResponse.text(503, "the request was canceled"));
            return;
        } catch (RuntimeException | Error e) {
            faults.error(remoteAddress, "the body of a request could not be inflated", e);
            refuse.accept(HttpConnection.FAILURE);
            return;
        }
        ChannelTasks.execute(channel, () -> to.accept(inflated));
    }
}
