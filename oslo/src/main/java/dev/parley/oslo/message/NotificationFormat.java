package dev.parley.oslo.message;

/** The shape of a notification on the wire. */
public enum NotificationFormat {
    /** The bare message, as oslo.messaging's driver {@code messaging} sends it. */
    BARE,
    /** The message in the envelope, as {@code messagingv2} sends it. */
    ENVELOPED,
    /** In the envelope, with the context as one object {@code _context}, as oslo.messaging sends it to Kafka. */
    KAFKA
}
