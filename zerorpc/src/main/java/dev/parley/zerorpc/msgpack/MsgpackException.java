package dev.parley.zerorpc.msgpack;

/** Malformed MessagePack, or a value of an unexpected type. The message says what is wrong and at which offset. */
public final class MsgpackException extends RuntimeException {
    /** An error at an offset in the array that was read. */
    public MsgpackException(String message, int offset) {
        super(message + " at byte " + offset);
    }
}
