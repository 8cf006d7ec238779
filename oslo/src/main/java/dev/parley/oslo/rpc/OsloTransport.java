package dev.parley.oslo.rpc;

import dev.parley.AccessDeniedException;
import dev.parley.Address;
import dev.parley.ArgumentStyle;
import dev.parley.CallOption;
import dev.parley.CallOptions;
import dev.parley.ConnectionLostException;
import dev.parley.DeliveryException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcException;
import dev.parley.Target;
import dev.parley.UnsupportedVersionException;
import dev.parley.oslo.OsloCallOptions;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.topology.Exchange;
import dev.parley.oslo.topology.ShortString;
import dev.parley.oslo.topology.Topology;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import dev.parley.spi.Versions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/** The client side of oslo.messaging RPC on one driver. Thread-safe. */
public final class OsloTransport implements ClientTransport {
    private final String scheme;
    private final Address address;
    private final OsloOptions options;
    private final Driver driver;
    private final Codec codec;
    private final ReplyQueue replies;
    private final QueueProbe probe;
    private volatile Duration responseTimeout;

    /** A transport, not started yet. */
    public OsloTransport(Address address, OsloOptions options, Driver driver, ClientContext context) {
        this.scheme = address.scheme();
        this.address = address;
        this.options = options;
        this.responseTimeout = options.responseTimeout();
        this.driver = driver;
        this.codec = new Codec(context.values());
        this.replies = new ReplyQueue(driver, codec, options);
        this.probe = new QueueProbe(driver);
    }

    @Override
    public boolean isReady() {
        return driver.isReady();
    }

    /**
     * Connects. Blocks, unless the driver waits for its broker in the background.
     *
     * @throws RpcException if no host accepts the connection
     */
    public void start() {
        driver.start();
    }

    @Override
    public ArgumentStyle argumentStyle() {
        return ArgumentStyle.NAMED;
    }

    @Override
    public ObjectMapper mapper() {
        return codec.mapper();
    }

    @Override
    public Duration defaultTimeout() {
        return responseTimeout;
    }

    @Override
    public Set<CallOption<?>> callOptions() {
        return Set.of(OsloCallOptions.VERSION_CAP, OsloCallOptions.MONITOR_TIMEOUT, OsloCallOptions.MUST_ROUTE);
    }

    @Override
    public boolean canSendVersion(CallOptions callOptions, @Nullable String version) {
        String cap = callOptions.get(OsloCallOptions.VERSION_CAP);
        return cap == null || version != null && Versions.compatible(cap, version);
    }

    @Override
    public boolean streams() {
        return true;
    }

    @Override
    public StartedCall start(ClientCall call, ResponseListener listener) {
        String version = call.target().version();
        if (!canSendVersion(call.options(), version)) {
            String cap = call.options().get(OsloCallOptions.VERSION_CAP);
            throw new UnsupportedVersionException(
                    version == null
                            ? call.method() + " has no version, and the version cap is " + cap
                            : "version " + version + " of " + call.method() + " is above the version cap " + cap);
        }
        return switch (call.kind()) {
            case CAST -> cast(call, listener);
            case CALL -> request(call, new PendingCall(call, listener, replies, trace(call)), 0);
            case STREAM ->
                request(
                        call,
                        new PendingStream(call, listener, replies, this::grant, trace(call)),
                        PendingStream.WINDOW);
        };
    }

    private StartedCall cast(ClientCall call, ResponseListener listener) {
        RequestTrace trace = trace(call);
        OutboundMessage message =
                message(call, trace, codec.request(call, null, null, 0)).build();
        message.confirmed().whenComplete((nothing, error) -> {
            if (error == null) {
                listener.onSent();
            } else {
                listener.onFailure(error);
            }
        });
        driver.publish(message);
        return new StartedCast(trace);
    }

    /** A cast that the broker has not confirmed yet. */
    private record StartedCast(RequestTrace trace) implements StartedCall {
        @Override
        public String explanation() {
            return trace.explanation();
        }

        @Override
        public void cancel() {
            // Its deadline is that of the message.
        }
    }

    private <P extends PendingReply & StartedCall> StartedCall request(ClientCall call, P pending, int window) {
        OutboundMessage message = message(
                        call, pending.trace(), codec.request(call, pending.id(), replies.queueName(), window))
                .watched()
                .expirationMillis(Math.max(1, call.timeout().toMillis()))
                .build();
        if (replies.isReady()) {
            send(message, pending);
        } else {
            replies.whenReady((queue, error) -> {
                if (error == null) {
                    send(message, pending);
                } else {
                    fail(pending, error, call.options().retry());
                }
            });
        }
        return pending;
    }

    private void send(OutboundMessage message, PendingReply pending) {
        if (!replies.expect(pending)) {
            return;
        }
        pending.sending();
        // The confirm is not waited for, since the reply follows; a refusal by the broker fails the call.
        message.confirmed().whenComplete((nothing, error) -> {
            if (error == null) {
                pending.trace().confirmed(message);
            } else {
                pending.fail(error);
            }
        });
        driver.publish(message);
    }

    /**
     * Fails one call with the reply queue's failure: at once if the broker has refused the queue, otherwise when no
     * time or retries are left. The error is a new one, since an exception has one stack trace.
     */
    private static void fail(PendingReply pending, Throwable shared, int retries) {
        Throwable cause =
                shared instanceof CompletionException && shared.getCause() != null ? shared.getCause() : shared;
        String message = String.valueOf(cause.getMessage());
        switch (cause) {
            case AccessDeniedException e -> pending.fail(new AccessDeniedException(message, e));
            case InvalidTargetException e -> pending.fail(new InvalidTargetException(message, e));
            case DeliveryException e -> pending.fail(new DeliveryException(message, e));
            default ->
                pending.notSent(
                        retries < 0
                                ? new ConnectionLostException(message, cause)
                                : new DeliveryException(
                                        "the call was not sent, and no retries are left: " + message, cause));
        }
    }

    /** Lets the server of a stream send more items, or with 0 gives the stream up. */
    private void grant(String queue, String msgId, int items) {
        long deadline = System.nanoTime() + options.responseTimeout().toNanos();
        driver.publish(OutboundMessage.builder(Exchange.DEFAULT, queue, codec.credit(msgId, items), deadline)
                .build());
    }

    /** Where a call goes. */
    private RequestTrace trace(ClientCall call) {
        Target target = call.target();
        String topic = target.topic();
        if (topic == null || topic.isEmpty()) {
            throw new InvalidTargetException("a call over " + scheme + " needs a topic: " + target);
        }
        Topology topology = options.topology();
        if (target.fanout()) {
            // A fanout has neither server nor exchange.
            return new RequestTrace(topology.fanoutExchange(topic), "", driver, probe);
        }
        String exchange = target.exchange() == null ? options.controlExchange() : target.exchange();
        String key = ShortString.check("topic", target.server() == null ? topic : topic + "." + target.server());
        return new RequestTrace(topology.topicExchange(exchange), key, driver, probe);
    }

    private static OutboundMessage.Builder message(ClientCall call, RequestTrace trace, byte[] body) {
        // A fanout may reach no server.
        boolean mandatory = Boolean.TRUE.equals(call.options().get(OsloCallOptions.MUST_ROUTE));
        return OutboundMessage.builder(trace.exchange(), trace.key(), body, call.deadlineNanos())
                .mandatory(mandatory && !call.target().fanout())
                .retries(call.options().retry());
    }

    @Override
    public void reset(Address current) {
        responseTimeout = Reset.of(current, address, options, driver).responseTimeout();
    }

    @Override
    public void close() {
        replies.close();
        driver.close();
    }
}
