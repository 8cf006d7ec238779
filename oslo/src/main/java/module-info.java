/** oslo.messaging over AMQP, both sides, on RabbitMQ or within one JVM. */
@SuppressWarnings("module") // Exports to a module that is built later.
module dev.parley.oslo {
    requires transitive dev.parley.core;
    requires com.h2database.mvstore;
    requires com.rabbitmq.client;
    requires java.net.http;
    requires static org.apache.commons.compress; // For messages compressed by other methods than zlib.
    requires org.slf4j;
    // For dev.parley.oslo.notify.bridge; whoever uses that has them.
    requires static ch.qos.logback.classic;
    requires static ch.qos.logback.core;
    requires static jakarta.servlet;
    requires org.snakeyaml.engine;

    exports dev.parley.oslo;
    exports dev.parley.oslo.admin;
    exports dev.parley.oslo.notify;
    exports dev.parley.oslo.notify.bridge;
    exports dev.parley.oslo.notify.bridge.log to
            dev.parley.systemlogger;
    exports dev.parley.oslo.notify.spi to
            dev.parley.kafka;
    exports dev.parley.oslo.message to
            dev.parley.kafka;

    uses dev.parley.oslo.notify.spi.NotificationWire;

    provides dev.parley.spi.Wire with
            dev.parley.oslo.OsloWire;
    provides dev.parley.oslo.notify.spi.NotificationWire with
            dev.parley.oslo.notify.amqp.AmqpNotifications;
}
