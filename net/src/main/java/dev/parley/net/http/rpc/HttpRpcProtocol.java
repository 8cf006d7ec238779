package dev.parley.net.http.rpc;

import dev.parley.ArgumentStyle;
import dev.parley.RpcException;
import dev.parley.ServiceDescription;
import dev.parley.net.http.HttpResponse;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientTransport.PeerCaller;
import dev.parley.spi.EncodedResult;
import dev.parley.spi.ResponseListener;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/**
 * What is particular to one protocol over HTTP, for an {@link HttpRpcTransport}: how a call becomes a request body, and
 * a response body a result. Thread-safe.
 */
public interface HttpRpcProtocol {
    /** The protocol's name for error messages, such as {@code XML-RPC}. */
    String name();

    /** The characters that its messages start with, after white space. */
    String messageStarts();

    /** Which arguments it carries. */
    ArgumentStyle argumentStyle();

    /** The mapper of its format. */
    ObjectMapper mapper();

    /** Whether it has a message without a response. */
    boolean hasOneWay();

    /**
     * Encodes a call.
     *
     * @throws dev.parley.SerializationException if an argument cannot be encoded
     */
    Exchange encode(ClientCall call);

    /** Whether several calls fit into one message. By default {@code false}. */
    default boolean batches() {
        return false;
    }

    /**
     * Encodes several calls as one message. A call that cannot be encoded is reported to its listener and left out.
     *
     * @param items at least two
     */
    default BatchExchange encodeBatch(List<BatchItem> items) {
        throw new UnsupportedOperationException(name() + " has no batches");
    }

    /**
     * Whether an error for a batch tells that the peer has no batches and so has run none of its calls. By default
     * {@code false}.
     */
    default boolean isWithoutBatches(RpcException error, HttpResponse response) {
        return false;
    }

    /**
     * The error in the body of a response whose status is not 2xx; {@code null} if the body is not of this protocol.
     */
    @Nullable
    RpcException error(HttpResponse response);

    /** Asks the peer what it offers. */
    ServiceDescription describe(PeerCaller caller);

    /** A call of a batch, and what is told of it. */
    record BatchItem(ClientCall call, ResponseListener listener) {}

    /** A batch: its request, and how to read the response to it. For one thread. */
    interface BatchExchange {
        /** Whether the client's credentials or token are sent. */
        boolean isAuthorized();

        /** The request's body; empty if no call could be encoded. */
        byte[] body();

        /**
         * Reads the body of a response with status 2xx, which may be empty, and reports each call to its listener.
         *
         * @throws RpcException the error for all calls that the response holds, or that it is malformed
         */
        void results(HttpResponse response);
    }

    /** One call: its request, and how to read the response to it. For one thread. */
    interface Exchange {
        /** Whether the client's credentials or token are sent. By default they are. */
        default boolean isAuthorized() {
            return true;
        }

        /** The request's body. */
        byte[] body();

        /**
         * Reads the body of a response with status 2xx. Not called for casts of a protocol that
         * {@linkplain #hasOneWay has them}.
         *
         * @throws RpcException the error that it holds, or that it is malformed
         */
        EncodedResult result(HttpResponse response);
    }
}
