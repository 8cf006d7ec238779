package dev.parley.broker.queue;

/** What happens to messages and is counted, as the management API names it. */
public enum MessageEvent {
    /** A publisher sent it, or a queue got it. */
    PUBLISH,
    /** It was confirmed to its publisher. */
    CONFIRM,
    /** It was returned to its publisher, since no queue got it. */
    RETURN_UNROUTABLE,
    /** It was dropped, since no queue got it. */
    DROP_UNROUTABLE,
    /** It was fetched, to be acknowledged. */
    GET,
    /** It was fetched, and counts as acknowledged. */
    GET_NO_ACK,
    /** There was none to fetch. */
    GET_EMPTY,
    /** It was sent to a consumer, to be acknowledged. */
    DELIVER,
    /** It was sent to a consumer, and counts as acknowledged. */
    DELIVER_NO_ACK,
    /** It was handed out again. */
    REDELIVER,
    /** It was acknowledged. */
    ACK
}
