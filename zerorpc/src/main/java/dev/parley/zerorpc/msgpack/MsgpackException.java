package dev.parley.zerorpc.msgpack;

/** Bytes that are no MessagePack. The message tells what was wrong and at which byte. */
public final class MsgpackException extends RuntimeException {
    /** An error at a byte of the message. */
    public MsgpackException(String message, int offset) {
        super(message + " at byte " + offset);
    }
}
