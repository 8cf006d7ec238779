package dev.parley;

/** The root of every error Parley throws. */
public class RpcException extends RuntimeException {
    /** An error with a message that names what was wrong and what would be right. */
    public RpcException(String message) {
        super(message);
    }
}
