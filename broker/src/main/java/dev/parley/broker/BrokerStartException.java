package dev.parley.broker;

import dev.parley.RpcException;

/** The broker could not start; the message says why. */
public final class BrokerStartException extends RpcException {
    BrokerStartException(String message, Throwable cause) {
        super(message);
        initCause(cause);
    }
}
