package dev.parley.broker.amqp;

/** The classes into which AMQP 0-9-1 groups its methods, with their ids on the wire. Immutable. */
public enum AmqpClass {
    CONNECTION(10),
    CHANNEL(20),
    EXCHANGE(40),
    QUEUE(50),
    BASIC(60),
    CONFIRM(85),
    TX(90);

    private final int id;

    AmqpClass(int id) {
        this.id = id;
    }

    /** The class id on the wire. */
    public int id() {
        return id;
    }
}
