package dev.parley.broker;

import dev.parley.broker.connection.BrokerFaults;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;

/** The {@link Faults} of a broker, as its users see them. Thread-safe. */
final class FaultSwitches implements Faults {
    private final BrokerFaults faults;

    FaultSwitches(BrokerFaults faults) {
        this.faults = faults;
    }

    @Override
    public int dropConnections() {
        return dropConnections(connection -> true);
    }

    @Override
    public int dropConnections(Predicate<ConnectionInfo> which) {
        Objects.requireNonNull(which, "which");
        return faults.dropConnections(connection -> which.test(Views.connection(connection)));
    }

    @Override
    public int stallChannels() {
        return faults.stallChannels();
    }

    @Override
    public void refuseConnections(boolean refuse) {
        faults.refuseConnections(refuse);
    }

    @Override
    public void stopReading(boolean stop) {
        faults.stopReading(stop);
    }

    @Override
    public void delay(Duration delay) {
        if (Objects.requireNonNull(delay, "delay").isNegative()) {
            throw new IllegalArgumentException("delay must not be negative, was " + delay);
        }
        faults.delay(delay);
    }

    @Override
    public void memoryAlarm(boolean alarm) {
        faults.memoryAlarm(alarm);
    }

    @Override
    public void cutAfterReceiving(long octets) {
        faults.cutAfterReceiving(notNegative("octets", octets));
    }

    @Override
    public void cutAfterSending(long octets) {
        faults.cutAfterSending(notNegative("octets", octets));
    }

    @Override
    public void loseConfirms(int messages) {
        faults.confirms().lose((int) notNegative("messages", messages));
    }

    @Override
    public void duplicateConfirms(int messages) {
        faults.confirms().duplicate((int) notNegative("messages", messages));
    }

    private static long notNegative(String name, long number) {
        if (number < 0) {
            throw new IllegalArgumentException(name + " must not be negative, was " + number);
        }
        return number;
    }

    @Override
    public void clear() {
        faults.clear();
    }
}
