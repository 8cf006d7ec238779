package dev.parley.broker;

import dev.parley.broker.connection.BrokerCore;
import dev.parley.broker.connection.Connection;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;

/** Applies {@link Faults} to the connections of a broker. Thread-safe. */
final class FaultSwitches implements Faults {
    private final BrokerCore broker;

    FaultSwitches(BrokerCore broker) {
        this.broker = broker;
    }

    @Override
    public int dropConnections() {
        return dropConnections(connection -> true);
    }

    @Override
    public int dropConnections(Predicate<ConnectionInfo> which) {
        Objects.requireNonNull(which, "which");
        int dropped = 0;
        for (Connection connection : broker.connections()) {
            if (which.test(Views.connection(connection))) {
                connection.drop();
                dropped++;
            }
        }
        return dropped;
    }

    @Override
    public int stallChannels() {
        return broker.connections().stream().mapToInt(Connection::stallChannels).sum();
    }

    @Override
    public void refuseConnections(boolean refuse) {
        broker.faults().refuse(refuse);
    }

    @Override
    public void stopReading(boolean stop) {
        broker.faults().stopReading(stop);
        broker.connections().forEach(connection -> connection.stopReading(stop));
    }

    @Override
    public void delay(Duration delay) {
        if (Objects.requireNonNull(delay, "delay").isNegative()) {
            throw new IllegalArgumentException("delay must not be negative, was " + delay);
        }
        broker.faults().delay(delay);
    }

    @Override
    public void cutAfterReceiving(long octets) {
        broker.faults().cutReceiving(notNegative("octets", octets));
    }

    @Override
    public void cutAfterSending(long octets) {
        broker.faults().cutSending(notNegative("octets", octets));
    }

    @Override
    public void loseConfirms(int messages) {
        broker.faults().confirms().lose((int) notNegative("messages", messages));
    }

    @Override
    public void duplicateConfirms(int messages) {
        broker.faults().confirms().duplicate((int) notNegative("messages", messages));
    }

    private static long notNegative(String name, long number) {
        if (number < 0) {
            throw new IllegalArgumentException(name + " must not be negative, was " + number);
        }
        return number;
    }

    @Override
    public void memoryAlarm(boolean alarm) {
        broker.memory().force(alarm);
    }

    @Override
    public void clear() {
        refuseConnections(false);
        stopReading(false);
        delay(Duration.ZERO);
        memoryAlarm(false);
        cutAfterReceiving(0);
        cutAfterSending(0);
        loseConfirms(0);
        duplicateConfirms(0);
    }
}
