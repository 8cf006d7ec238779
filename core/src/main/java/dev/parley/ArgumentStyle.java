package dev.parley;

/** Which arguments a wire can carry. */
public enum ArgumentStyle {
    /** By position only: XML-RPC, zerorpc, JSON-RPC 1.0. */
    POSITIONAL,
    /** By name only: oslo.messaging. */
    NAMED,
    /** By position or by name: JSON-RPC 2.0. */
    EITHER
}
