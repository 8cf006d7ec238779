package dev.parley.jsonrpc;

import dev.parley.InvalidArgumentsException;
import dev.parley.OverloadedException;
import dev.parley.RpcException;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.ErrorTable;
import dev.parley.spi.ServerCall;
import dev.parley.spi.ServerContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/**
 * The server side of JSON-RPC, the same under every transport: a message in, at most one message out. Thread-safe.
 *
 * <p>A message with nothing to answer, notifications only, is answered with no bytes once its calls are taken; transports with a response for each request send
 * that on, others drop it.
 */
final class MessageHandler {
    static final byte[] NOTHING = {};

    private static final Logger log = LoggerFactory.getLogger(MessageHandler.class);

    private final Dispatcher dispatcher;
    private final ObjectMapper mapper;
    private final AnswerWriter writer;
    private final String scheme;
    private final int maxBatch;
    private final long maxAnswer;

    MessageHandler(ServerContext context, String scheme, int maxBatch) {
        this.dispatcher = context.dispatcher();
        this.mapper = context.values().json();
        this.writer = new AnswerWriter(mapper);
        this.scheme = scheme;
        this.maxBatch = maxBatch;
        this.maxAnswer = context.values().limits().messageBytes();
    }

    /** A message under way. */
    static final class Running {
        private final List<ServedCall> calls = new ArrayList<>(1);
        private boolean accepted = true;

        /** Whether there is room for more; if not, the source must not be read until {@code resume} is run. */
        boolean accepted() {
            return accepted;
        }

        /** The peer is gone: interrupts what runs. */
        void cancel() {
            calls.forEach(ServerCall::cancel);
        }

        /** The peer gives up one call: interrupts it, if it is among these. */
        void cancel(String id) {
            calls.stream().filter(call -> call.hasId(id)).forEach(ServerCall::cancel);
        }
    }

    /**
     * Takes a message.
     *
     * @param answer takes the one answer, now or later, on any thread; empty if there is none to send
     * @param resume see {@link Dispatcher#dispatch}
     */
    Running handle(byte[] message, Peer peer, Consumer<byte[]> answer, Runnable resume) {
        Running running = new Running();
        Envelope.Message scanned;
        try {
            scanned = Envelope.scan(mapper, message, maxBatch);
        } catch (Envelope.UnreadableException e) {
            log.debug("{} from {}: {}", scheme, peer.remoteAddress(), e.getMessage());
            int code = e.invalid ? ErrorTable.PROTOCOL.code() : ErrorTable.PARSE_ERROR;
            String problem = (e.invalid ? "invalid request: " : "parse error: ") + e.getMessage();
            answer.accept(writer.error(Request.invalid(problem), code, problem, null));
            return running;
        }
        List<Request> requests = new ArrayList<>(scanned.elements().size());
        for (Envelope element : scanned.elements()) {
            requests.add(Request.of(element));
        }
        if (requests.isEmpty()) {
            refuse(Request.invalid("a batch must not be empty"), answer);
        } else if (requests.stream().allMatch(request -> request.answerId() == null)) {
            notifyAll(requests, peer, answer, resume, running);
        } else if (!scanned.batch()) {
            run(requests.getFirst(), peer, answer, resume, running);
        } else {
            BatchAnswer collected = new BatchAnswer(
                    (int) requests.stream()
                            .filter(request -> request.answerId() != null)
                            .count(),
                    maxAnswer,
                    answer);
            int slot = 0;
            for (Request request : requests) {
                int place = slot;
                run(request, peer, bytes -> collected.put(place, bytes, () -> tooLarge(request)), resume, running);
                slot += request.answerId() == null ? 0 : 1;
            }
        }
        return running;
    }

    /** The answer to what a transport could not cut into messages. */
    byte[] refusal(String problem) {
        Request.Invalid invalid = Request.invalid(problem);
        return writer.error(invalid, invalid.code(), "invalid request: " + problem, null);
    }

    private void notifyAll(
            List<Request> requests, Peer peer, Consumer<byte[]> answer, Runnable resume, Running running) {
        Once done = new Once(() -> {
            answer.accept(NOTHING);
            resume.run();
        });
        for (Request request : requests) {
            run(request, peer, nothing -> {}, done, running);
        }
        if (running.accepted) {
            done.run();
        }
    }

    private void run(Request request, Peer peer, Consumer<byte[]> answer, Runnable resume, Running running) {
        switch (request) {
            case Request.Invalid invalid -> refuse(invalid, answer);
            case Request.Call call -> {
                if (Introspection.has(call.method()) && !dispatcher.has(call.method())) {
                    answer.accept(introspect(call));
                } else if (call.method().equals(Cancellation.METHOD) && call.answerId() == null) {
                    peer.cancelled(Cancellation.id(call, mapper));
                } else {
                    ServedCall served = new ServedCall(call, peer, scheme, mapper, writer, dispatcher, answer);
                    running.calls.add(served);
                    running.accepted &= dispatcher.dispatch(served, resume);
                }
            }
        }
    }

    private byte[] introspect(Request.Call call) {
        try {
            Envelope envelope = call.envelope();
            Object arguments = null;
            if (envelope.paramsToken != null) {
                int length = envelope.paramsEnd - envelope.paramsStart;
                arguments = mapper.readerFor(Object.class).readValue(envelope.bytes, envelope.paramsStart, length);
            }
            Object result = Introspection.call(call.method(), dispatcher.describe(), arguments, mapper);
            return writer.result(call, result, Object.class);
        } catch (RpcException e) {
            return writer.error(call, e);
        } catch (JacksonException e) {
            return writer.error(call, new InvalidArgumentsException(e.getOriginalMessage()));
        }
    }

    private void refuse(Request.Invalid invalid, Consumer<byte[]> answer) {
        answer.accept(writer.error(invalid, invalid.code(), "invalid request: " + invalid.problem(), null));
    }

    private byte[] tooLarge(Request request) {
        return writer.error(
                request,
                new OverloadedException("the answers of this batch are larger than " + maxAnswer + " bytes in all"));
    }
}
