package dev.parley.broker.queue;

/** Why a message that was handed out returns to its queue. Immutable. */
public enum Return {
    /** Its consumer does not want it now: basic.nack, basic.recover, or it took too long. */
    NACKED,
    /** Its consumer rejects it: basic.reject. */
    REJECTED,
    /** Its channel has ended. */
    CHANNEL_ENDED
}
