package dev.parley.oslo.notify.send;

import dev.parley.oslo.notify.NotificationDriver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A driver of the user's. Thread-safe. */
record OwnDriver(String name, NotificationDriver driver) implements SendDriver {
    private static final Logger log = LoggerFactory.getLogger(OwnDriver.class);

    @Override
    public void send(Outgoing notification) {
        try {
            driver.notify(notification.notification());
        } catch (RuntimeException e) {
            log.warn(
                    "driver {} failed on notification {}",
                    name,
                    notification.content().eventType(),
                    e);
        }
    }
}
