package dev.parley.jsonrpc.session;

/**
 * What has arrived and is not a message.
 *
 * @param code the code of the error that its sender gets
 * @param text what was wrong
 * @param fatal whether it is unknown where the next message starts
 */
public record Problem(int code, String text, boolean fatal) {}
